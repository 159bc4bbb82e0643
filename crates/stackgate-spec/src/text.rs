//! What a text in the spec may hold: nothing that any of the five systems would take for an expression.
//!
//! What must always hold: a text that passes here is inert in every target before any of its characters is escaped, so
//! that escaping is the second line and not the only one. Deliberately absent: escaping itself, which is the adapters'.

use stackgate_diagnostic::is_invisible;

/// Sequences that open an expression or a command of a CI system, with the system that would take them.
const OPENERS: [(&str, &str); 7] = [
    ("${{", "GitHub Actions and Azure Pipelines evaluate it"),
    ("$[[", "GitLab CI replaces it"),
    ("$[", "Azure Pipelines evaluates it"),
    ("<<", "CircleCI replaces it, and a shell begins a here-document"),
    ("'''", "it would end a Groovy string"),
    ("##vso[", "Azure Pipelines obeys it when it is printed"),
    ("##[", "Azure Pipelines obeys it when it is printed"),
];

/// Where an expression of some system opens in `text`: the bytes, what stands there, and who would take it.
#[must_use]
pub fn opening(text: &str) -> Option<Opening> {
    // Nearly every text has none of the characters that an opener begins with.
    if !text.bytes().any(|byte| matches!(byte, b'$' | b'<' | b'\'' | b'#')) {
        return None;
    }
    let fixed = OPENERS.iter().filter_map(|(token, taker)| {
        let start = text.find(token)?;
        Some(Opening { start, end: start + token.len(), taker })
    });
    // The first in the text; of two that begin together the longer, which the table has first.
    let fixed = fixed.min_by_key(|opening| opening.start);
    match (fixed, azure_macro(text)) {
        (Some(fixed), Some(azure)) => Some(if azure.start < fixed.start { azure } else { fixed }),
        (fixed, azure) => fixed.or(azure),
    }
}

/// A place in a text that a CI system would not leave alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// Who takes it, as a clause.
    pub taker: &'static str,
}

/// `$(name)` with a name of letters, digits, `_`, `.` and `-`, which secrets of a key vault have: Azure pastes a variable over it, before any shell sees it.
/// A command substitution with an argument, such as `$(git rev-parse HEAD)`, is no macro and stays legal.
fn azure_macro(text: &str) -> Option<Opening> {
    let mut from = 0;
    while let Some(found) = text[from..].find("$(") {
        let start = from + found;
        let name = &text[start + 2..];
        let length =
            name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')).count();
        if length > 0 && name.as_bytes().get(length) == Some(&b')') {
            return Some(Opening {
                start,
                end: start + 2 + length + 1,
                taker: "Azure Pipelines pastes a variable over it",
            });
        }
        from = start + 2;
    }
    None
}

/// What is wrong with a one-line text for people, as the end of a sentence.
pub(crate) fn fault_of_line(text: &str, longest: usize) -> Option<String> {
    if text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Some("it has several lines".into());
    }
    let characters = text.chars().count();
    if characters > longest {
        return Some(format!("it has {characters} characters, more than {longest}"));
    }
    fault(text, |c| c.is_control())
}

/// What is wrong with a script, which may have several lines and tabs.
pub(crate) fn fault_of_script(text: &str, longest: usize) -> Option<String> {
    if text.len() > longest {
        return Some(format!("it has {} bytes, more than {longest}", text.len()));
    }
    // A lone carriage return, NEL and the Unicode separators end a line for some readers and not for others.
    fault(text, |c| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}'))
}

fn fault(text: &str, refused: impl Fn(char) -> bool) -> Option<String> {
    if text.trim().is_empty() {
        return Some("it is empty".into());
    }
    let bad = text.chars().find(|c| refused(*c) || is_invisible(*c))?;
    Some(format!("it holds a character that nobody sees, U+{:04X}", u32::from(bad)))
}

/// Where `text` holds what can only be a Pulumi access token, `pul-` and 40 hexadecimal digits: first and last byte.
pub(crate) fn tokens(text: &str) -> Vec<(usize, usize)> {
    let digits = |start: usize| text[start + 4..].bytes().take_while(u8::is_ascii_hexdigit).count();
    let all = text.match_indices("pul-").map(|(start, _)| (start, start + 4 + digits(start)));
    all.filter(|(start, end)| end - start >= 44).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_of_every_system_are_found() {
        let hostile = [
            "echo ${{ github.token }}",
            "$[[ inputs.a | expand_vars ]]",
            "$[variables.a]",
            "<< pipeline.git.branch >>",
            "cat <<EOF",
            "a '''b",
            "##vso[task.setvariable]x",
            "##[error]",
            "echo $(System.AccessToken)",
            "echo $(vault-secret)",
            "echo $(a)$(b)",
            "x $(git log) $(Build.Id)",
        ];
        for text in hostile {
            assert!(opening(text).is_some(), "{text:?} passes");
        }
    }

    #[test]
    fn ordinary_shell_passes() {
        let fine = [
            "npm ci --ignore-scripts",
            "echo \"$HOME\" ${x:-1} $(git rev-parse HEAD)",
            "a && b || c; d | e > f 2>&1 < g",
            "printf '%s\\n' x",
            "for f in *.ts; do echo \"$f\"; done",
            "x=$((1 + 2))",
            "python3 -c 'print(1)'",
            "[ -n \"$X\" ]",
            "echo ''",
            "$(cd x)",
        ];
        for text in fine {
            assert_eq!(opening(text), None, "{text:?} is refused");
        }
    }

    #[test]
    fn an_opening_has_its_place() {
        let found = opening("echo $(Build.Id) ${{").unwrap();
        assert_eq!((found.start, found.end), (5, 16));
        let found = opening("a $[[ b").unwrap();
        assert_eq!((found.start, found.end), (2, 5), "the longer of two that begin together");
    }

    #[test]
    fn lines_and_scripts() {
        assert_eq!(fault_of_line("Abhängigkeiten einspielen 東京", 100), None);
        assert_eq!(fault_of_line(&"東".repeat(100), 100), None, "characters count, not bytes");
        assert!(
            fault_of_line("a\nb", 100).is_some()
                && fault_of_line("", 100).is_some()
                && fault_of_line("  ", 100).is_some()
        );
        assert!(fault_of_line(&"a".repeat(101), 100).is_some() && fault_of_line("a\u{202e}b", 100).is_some());
        assert_eq!(fault_of_script("a\n\tb\n", 100), None);
        assert!(fault_of_script("a\r\nb", 100).is_some() && fault_of_script("a\u{0}b", 100).is_some());
        assert!(fault_of_script("a\u{1b}[31m", 100).is_some() && fault_of_script("a\u{2028}b", 100).is_some());
    }

    #[test]
    fn tokens_are_known() {
        let token = format!("pul-{}", "0aF9".repeat(10));
        assert_eq!(tokens(&format!("export T={token};")), [(9, 53)]);
        assert!(tokens("pul-requests").is_empty() && tokens("pul-0123456789").is_empty());
    }
}
