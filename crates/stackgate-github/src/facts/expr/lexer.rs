//! The words of an expression.
//!
//! What must hold: every text is either words or a mistake, in one pass over it.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    Number(f64),
    Name(String),
    /// A sign, or a pair of them.
    Sign(&'static str),
}

/// The longer signs stand first.
const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "&&", "||", "!", "<", ">", "(", ")", "[", "]", ",", ".", "*"];

/// The words of a text, or what is wrong with it.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after_dot = matches!(found.last(), Some(Token::Sign(".")));
        let (token, left) = if first == '\'' {
            quoted(rest)?
        } else if is_start(first) {
            let end = rest.find(|c: char| !is_inner(c)).unwrap_or(rest.len());
            let (name, left) = rest.split_at(end);
            (Token::Name(name.to_owned()), left)
        } else if starts_number(rest, &found) {
            number(rest)?
        } else if after_dot && first.is_ascii_digit() {
            return Err("a property cannot begin with a digit".into());
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), rest.get(sign.len()..).unwrap_or(""))
        } else {
            return Err(format!("`{}` means nothing in an expression", first.escape_debug()));
        };
        found.push(token);
        rest = left.trim_start();
    }
    Ok(found)
}

fn is_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_inner(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// A dot begins a number only where no property can stand.
fn starts_number(rest: &str, found: &[Token]) -> bool {
    let mut chars = rest.chars();
    let (first, second) = (chars.next().unwrap_or(' '), chars.next().unwrap_or(' '));
    let property = matches!(found.last(), Some(Token::Name(_) | Token::Sign("]" | ")" | "*")));
    match first {
        '0'..='9' => !matches!(found.last(), Some(Token::Sign("."))),
        '-' | '+' => second.is_ascii_digit() || second == '.',
        '.' => second.is_ascii_digit() && !property,
        _ => false,
    }
}

fn quoted(rest: &str) -> Result<(Token, &str), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if matches!(chars.peek(), Some((_, '\''))) {
            chars.next();
            text.push('\'');
        } else {
            return Ok((Token::Text(text), rest.get(at + 1..).unwrap_or("")));
        }
    }
    Err("a text has no closing quote".into())
}

fn number(rest: &str) -> Result<(Token, &str), String> {
    let end = rest
        .char_indices()
        .find(|(at, c)| {
            let sign = matches!(c, '+' | '-')
                && (*at == 0 || rest.get(..*at).is_some_and(|before| before.ends_with(['e', 'E'])));
            !(c.is_ascii_alphanumeric() || *c == '.' || sign)
        })
        .map_or(rest.len(), |(at, _)| at);
    let (text, left) = rest.split_at(end);
    let unsigned = text.trim_start_matches(['+', '-']);
    let value = if let Some(hex) = unsigned.strip_prefix("0x") {
        u32::from_str_radix(hex, 16).ok().map(f64::from)
    } else if let Some(octal) = unsigned.strip_prefix("0o") {
        u32::from_str_radix(octal, 8).ok().map(f64::from)
    } else {
        text.parse().ok()
    };
    value.map(|value| (Token::Number(value), left)).ok_or_else(|| format!("`{text}` is no number"))
}
