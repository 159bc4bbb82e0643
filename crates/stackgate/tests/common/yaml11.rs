//! Whether YAML 1.1 and YAML 1.2 read the same in an artifact.
//!
//! What must hold: this knows the two specifications' types and nothing of how the product decides to quote. A plain scalar
//! that one of them takes for something else than the other is ambiguous; so is whatever is anchored, aliased or tagged,
//! which the parser refuses. The key `on` at the top of a GitHub workflow is GitHub's own word, and the one exception.

use stackgate::adapter::yaml::{Limits, Value, parse};

/// What a plain scalar is to a reader.
#[derive(Debug, PartialEq, Eq)]
enum Type {
    Null,
    Bool,
    /// With how it is counted: octal digits are another number in decimal.
    Int(&'static str),
    Float,
    Timestamp,
    Merge,
    Default,
    Text,
}

/// Looks at every plain scalar, keys included.
///
/// # Errors
/// With the first scalar that the two versions read differently, or what is wrong with the whole.
pub(crate) fn check(body: &str) -> Result<(), String> {
    let tree = parse(body, &Limits::PIPELINE).map_err(|told| format!("anchored, tagged or no YAML: {told:?}"))?;
    let mut nodes = vec![&tree];
    while let Some(node) = nodes.pop() {
        match &node.value {
            Value::Null => {}
            Value::Scalar(scalar) if scalar.plain => plain(&scalar.text)?,
            Value::Scalar(_) => {}
            Value::Tagged { tag, .. } => return Err(format!("{tag} in an artifact")),
            Value::Sequence(items) => nodes.extend(items),
            Value::Mapping(mapping) => {
                for entry in mapping.iter() {
                    let trigger = std::ptr::eq(node, &raw const tree) && entry.key.text == "on";
                    let quoted = body[entry.key.span.start..].starts_with(['"', '\'']);
                    if !quoted && !trigger {
                        plain(&entry.key.text)?;
                    }
                    nodes.push(&entry.value);
                }
            }
        }
    }
    Ok(())
}

fn plain(text: &str) -> Result<(), String> {
    match (of_1_1(text), of_1_2(text)) {
        (one, other) if one == other => Ok(()),
        (one, other) => Err(format!("the plain scalar {text:?} is {one:?} in YAML 1.1, {other:?} in YAML 1.2")),
    }
}

/// The types at <https://yaml.org/type/>.
fn of_1_1(text: &str) -> Type {
    let words = |words: &[&str]| {
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        words.iter().any(|word| [(*word).to_owned(), capital(word), word.to_uppercase()].iter().any(|one| one == text))
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let made = |text: &str, of: &str| !text.is_empty() && text.chars().all(|c| of.contains(c));
    let parts: Vec<&str> = unsigned.split(':').collect();
    let sexagesimal = parts.len() > 1
        && made(parts[0], "0123456789_")
        && parts[1..].iter().enumerate().all(|(index, part)| {
            let whole = if index + 2 == parts.len() { part.split('.').next().unwrap_or_default() } else { part };
            matches!(whole.len(), 1 | 2) && made(whole, "0123456789") && (whole.len() == 1 || whole < "60")
        });
    if text.is_empty() || text == "~" || words(&["null"]) {
        Type::Null
    } else if words(&["y", "n", "yes", "no", "on", "off", "true", "false"]) {
        Type::Bool
    } else if text == "<<" {
        Type::Merge
    } else if text == "=" {
        Type::Default
    } else if sexagesimal {
        Type::Int("sexagesimal")
    } else if unsigned.strip_prefix("0b").is_some_and(|digits| made(digits, "01_")) {
        Type::Int("binary")
    } else if unsigned.strip_prefix("0x").is_some_and(|digits| made(digits, "0123456789abcdefABCDEF_")) {
        Type::Int("hexadecimal")
    } else if unsigned.len() > 1 && unsigned.starts_with('0') && made(unsigned, "01234567_") {
        Type::Int("octal")
    } else if made(unsigned, "0123456789_") && !unsigned.starts_with('_') {
        Type::Int(if unsigned.contains('_') { "with underscores" } else { "decimal" })
    } else if words(&[".nan"]) || matches!(unsigned, ".inf" | ".Inf" | ".INF") || is_float_1_1(unsigned) {
        Type::Float
    } else if is_timestamp(text) {
        Type::Timestamp
    } else {
        Type::Text
    }
}

/// `[-+]?([0-9][0-9_]*)?\.[0-9.]*([eE][-+][0-9]+)?`, as far as readers agree on it: with a digit somewhere.
fn is_float_1_1(text: &str) -> bool {
    let (number, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(a, b)| (a, Some(b)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let signed = |text: &str| text.strip_prefix(['+', '-']).is_some_and(digits);
    let Some((whole, fraction)) = number.split_once('.') else { return false };
    let all = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    all(whole)
        && all(fraction)
        && !whole.starts_with('_')
        && number.bytes().any(|b| b.is_ascii_digit())
        && exponent.is_none_or(signed)
}

/// `2026-01-01`, and whatever begins with a day and goes on with a time.
fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |text: &str, range: std::ops::RangeInclusive<usize>| {
        range.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let day = rest.split(['T', 't', ' ', '\t']).next().unwrap_or_default();
    digits(year, 4..=4) && digits(month, 1..=2) && digits(day, 1..=2)
}

/// The core schema of YAML 1.2.
fn of_1_2(text: &str) -> Type {
    let digits = |text: &str, of: &str| !text.is_empty() && text.chars().all(|c| of.contains(c));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let decimal = |text: &str| digits(text, "0123456789");
    let (number, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(a, b)| (a, Some(b)));
    let exponent = exponent.is_none_or(|text| decimal(text.strip_prefix(['+', '-']).unwrap_or(text)));
    let number = match number.split_once('.') {
        Some((whole, fraction)) => {
            (decimal(whole) && (fraction.is_empty() || decimal(fraction))) || (whole.is_empty() && decimal(fraction))
        }
        None => decimal(number),
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Type::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Type::Bool,
        ".nan" | ".NaN" | ".NAN" => Type::Float,
        _ if matches!(unsigned, ".inf" | ".Inf" | ".INF") => Type::Float,
        _ if decimal(unsigned) => Type::Int("decimal"),
        _ if text.strip_prefix("0o").is_some_and(|text| digits(text, "01234567")) => Type::Int("octal with an o"),
        _ if text.strip_prefix("0x").is_some_and(|text| digits(text, "0123456789abcdefABCDEF")) => {
            Type::Int("hexadecimal")
        }
        _ if number && exponent => Type::Float,
        _ => Type::Text,
    }
}

#[test]
fn what_two_versions_read_differently_is_ambiguous() {
    let ambiguous = [
        "y",
        "n",
        "yes",
        "No",
        "ON",
        "off",
        "012",
        "0o14",
        "1_000",
        "12:30",
        "12:30:45",
        "190:20:30.15",
        "0b1010",
        "1e3",
        "2026-01-01",
        "2026-1-1",
        "2026-01-01T00:00:00Z",
        "<<",
        "=",
        "-012",
        "+0b1",
        "1:30",
    ];
    for text in ambiguous {
        assert!(plain(text).is_err(), "{text:?} passes");
    }
    let same =
        ["a", "true", "False", "null", "~", "1", "-1", "60", "1.5", ".inf", "0x1F", "a:b", "1.2.3", "v1", "on-stack"];
    for text in same {
        assert_eq!(plain(text), Ok(()), "{text:?} is refused");
    }
}
