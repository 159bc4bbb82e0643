//! Making text that users control harmless to look at.
//!
//! What comes out holds no control character, no line break, nothing that changes the direction of
//! text and nothing that takes no room. Ordinary letters of every script stay as they are. This is
//! not the escaping of any output language: adapters bring that themselves.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::redact::redact;

/// More than this of one message helps nobody; it would only bury the others.
const LONGEST: usize = 1000;
/// How much of a user's own word a message repeats.
const LONGEST_QUOTE: usize = 60;

/// Whether a character is one that nobody sees, or that changes how its neighbours are seen. What Unicode keeps for programs'
/// own use is none that anybody sees; U+FFFF is the end of the file to the Groovy in Jenkins, even inside a literal.
#[must_use]
pub const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || character as u32 & 0xfffe == 0xfffe
}

/// Shows control, direction and zero-width characters by their numbers: `\u{202e}`, `\n`, `\t`.
#[must_use]
pub fn escape_visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    Cow::Owned(out)
}

pub(crate) fn push_visible(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_control() || is_invisible(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// One line without secrets, without anything invisible and of bearable length.
#[must_use]
pub fn clean(text: &str) -> String {
    cut(&escape_visible(&redact(text)), LONGEST)
}

/// A user's own word for a message: cleaned and cut short.
#[must_use]
pub fn excerpt(text: &str) -> String {
    // Redacting comes first, for half a token would not be known for one.
    cut(&escape_visible(&redact(text)), LONGEST_QUOTE)
}

/// An excerpt between backticks.
#[must_use]
pub fn quote(text: &str) -> String {
    format!("`{}`", excerpt(text))
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(escape_visible("a\u{202e}b\u{1b}[31m\u{200b}\n"), "a\\u{202e}b\\u{1b}[31m\\u{200b}\\n");
        assert_eq!(escape_visible("\u{85}\u{2028}\u{feff}\u{7f}"), "\\u{85}\\u{2028}\\u{feff}\\u{7f}");
    }

    #[test]
    fn letters_stay() {
        assert!(matches!(escape_visible("Zürich 東京 שלום"), Cow::Borrowed(_)));
    }

    #[test]
    fn quotes_are_short_and_clean() {
        assert_eq!(quote("a\nb"), "`a\\nb`");
        assert_eq!(quote(&"x".repeat(100)).chars().count(), LONGEST_QUOTE + 3);
        assert_eq!(quote(&format!("{}pul-{}", "x".repeat(50), "a".repeat(40))).find("aaaa"), None);
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), LONGEST + 1);
    }
}
