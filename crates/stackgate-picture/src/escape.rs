//! Text made harmless for each of the two languages that it goes into.
//!
//! What must hold: every text of a user goes through one of these, once, where it leaves. What is invisible, or changes the
//! direction of text, is shown by its number; secrets are taken out (`stackgate_diagnostic::clean`).

use std::fmt::Write as _;

use stackgate_diagnostic::clean;

/// Text between tags, or in an attribute between double quotes, of HTML and SVG.
pub(crate) fn xml(text: &str) -> String {
    stackgate_report::xml(text)
}

/// Text between double quotes in Mermaid. Whatever could be syntax of Mermaid, Markdown or HTML is written as a number, as
/// Mermaid asks for it (`#35;`).
pub(crate) fn mermaid(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, ' ' | '-' | '_' | '/' | '.' | ',' | '…' | '·') {
            out.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    // A word that opens a block or a link where Mermaid or GitHub looks for one.
    out.replace("://", "#58;//").replace("www.", "www#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_opens_anything() {
        assert_eq!(xml("</script>\"><img onerror='x'>"), "&lt;/script&gt;&quot;&gt;&lt;img onerror=&apos;x&apos;&gt;");
        assert_eq!(xml("a\u{202e}b\u{0}"), "a\\u{202e}b\\u{0}");
        assert_eq!(mermaid("a\"] --> b[\"`x`"), "a#34;#93; --#62; b#91;#34;#96;x#96;");
        assert_eq!(mermaid("#quot;%%{init}"), "#35;quot#59;#37;#37;#123;init#125;");
        assert_eq!(mermaid("Zürich www.x"), "Zürich www#46;x");
    }
}
