//! Making text harmless for each of its readers.
//!
//! What must hold: everything goes through [`clean`] first, which leaves one line without secrets and without anything
//! invisible; what is done here is on top of that, for one reader each.
//!
//! Facts: the runner of GitHub Actions takes a line for a command where `::` comes first on it, spaces aside, and where
//! `##[` stands anywhere in it (actions/runner, `ActionCommand.cs`); the agent of Azure Pipelines where `##vso[` stands
//! anywhere in it, in any case of letters (microsoft/azure-pipelines-agent, `Command.cs`). Whatever a format is for, its
//! text may be printed to any log; so these openings are in none.

use stackgate_diagnostic::clean;

/// A cleaned line that opens no command of a CI system, wherever it is printed. What would is shown by its number, as
/// [`clean`] shows what is invisible.
#[must_use]
pub fn log_line(text: &str) -> String {
    let text = broken(text, "#\\u{23}");
    let start = text.len() - text.trim_start().len();
    match text[start..].strip_prefix("::") {
        Some(rest) => format!("{}\\u{{3a}}:{rest}", &text[..start]),
        None => text,
    }
}

/// A line of a log, from any text.
pub(crate) fn log(text: &str) -> String {
    log_line(&clean(text))
}

/// Puts another writing of the second `#` where `##` would open a command.
fn broken(text: &str, instead: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("##") {
        let after = &rest[at + 2..];
        let opens = after.starts_with('[') || after.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("vso["));
        out.push_str(&rest[..at]);
        if opens {
            out.push_str(instead);
            rest = after;
        } else {
            // The second may open a pair with a third.
            out.push('#');
            rest = &rest[at + 1..];
        }
    }
    out + rest
}

/// JSON that opens no command: the text between quotes is the same to whoever parses it.
pub(crate) fn json(text: &str) -> String {
    broken(text, "#\\u0023")
}

/// Text between tags, or in an attribute between double quotes, of XML 1.0 and HTML; one cleaned line.
#[must_use]
pub fn xml(text: &str) -> String {
    let text = broken(&clean(text), "#\u{0}");
    let start = text.len() - text.trim_start().len();
    // A piece of text may begin a line of the file.
    let opens = text[start..].starts_with("::");
    let mut out = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // With it, `]]>` is none.
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            ':' if opens && at == start => out.push_str("&#58;"),
            // Cleaning left no other control character.
            '\u{0}' => out.push_str("&#35;"),
            other => out.push(other),
        }
    }
    out
}

/// The text of a GitHub workflow command. Line breaks of our own come after this.
pub(crate) fn github(text: &str) -> String {
    broken(&clean(text).replace('%', "%25"), "#\\u{23}")
}

/// A property of a GitHub workflow command.
pub(crate) fn github_property(text: &str) -> String {
    github(text).replace(':', "%3A").replace(',', "%2C")
}

/// The text of an Azure logging command. A percent sign is written so that it opens no escape (`%AZP25`, as the agent
/// itself writes it).
pub(crate) fn azure(text: &str) -> String {
    broken(&clean(text).replace('%', "%AZP25"), "#\\u{23}")
}

/// A property of an Azure logging command.
pub(crate) fn azure_property(text: &str) -> String {
    azure(text).replace(']', "%5D").replace(';', "%3B")
}

/// The text of a SARIF message, in which `[text](address)` would be a link (3.11.6 of the standard).
pub(crate) fn sarif(text: &str) -> String {
    clean(text).replace("](", "] (")
}

/// A path as part of a URI reference: whatever is not unreserved is a percent-encoded byte.
pub(crate) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_opens_a_command() {
        for (text, shown) in [
            ("::set-output name=x::y", "\\u{3a}:set-output name=x::y"),
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("a ::error::x", "a ::error::x"),
            ("x ##vso[task.x]", "x #\\u{23}vso[task.x]"),
            ("##VSO[task.x]", "#\\u{23}VSO[task.x]"),
            ("###[error]", "##\\u{23}[error]"),
            ("## a heading", "## a heading"),
            ("##vsö[", "##vsö["),
        ] {
            assert_eq!(log_line(text), shown);
        }
    }

    #[test]
    fn each_reader_gets_its_own() {
        assert_eq!(xml("<a b='\"'>]]>&##[x]\u{1b}"), "&lt;a b=&apos;&quot;&apos;&gt;]]&gt;&amp;#&#35;[x]\\u{1b}");
        assert_eq!(github_property("a:b,c%0A\n"), "a%3Ab%2Cc%250A\\n");
        assert_eq!(azure_property("a];b%5D##vso[x"), "a%5D%3Bb%AZP255D#\\u{23}vso[x");
        assert_eq!(uri("a b/ü#%.yml"), "a%20b/%C3%BC%23%25.yml");
        assert_eq!(xml(" ::error::x"), " &#58;:error::x");
        assert_eq!(sarif("[x](http://y)"), "[x] (http://y)");
        let text = serde_json::json!({ "a": "##[x] ##vso[" }).to_string();
        assert!(!json(&text).contains("##"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json(&text)).unwrap()["a"], "##[x] ##vso[");
    }
}
