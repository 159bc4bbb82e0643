//! Values as Groovy literals, for Jenkinsfiles.
//!
//! What must hold: the literal means exactly the text, in the Groovy 2.4 that Jenkins embeds. `\uXXXX` is decoded
//! before the lexer runs, so every backslash is doubled. Never a GString: nothing interpolates.

use std::io::{self, Write};

use crate::scalar::refuse_openers;

/// `value` as one single-quoted Groovy literal.
pub fn literal(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('\'');
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Refuses the code point that Groovy's lexer takes for the end of the file, however it is written.
fn refuse_end(value: &str) -> io::Result<()> {
    if value.contains('\u{ffff}') {
        return Err(io::Error::other("a value holds U+FFFF, which ends a Groovy file"));
    }
    Ok(())
}

/// The escape function of Groovy templates.
pub(crate) fn write_literal(value: &str, out: &mut dyn Write) -> io::Result<()> {
    refuse_openers(value)?;
    refuse_end(value)?;
    if value.contains(['\\', '\'', '\n', '\r']) {
        return out.write_all(literal(value).as_bytes());
    }
    for text in ["'", value, "'"] {
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// `value` as a triple-quoted literal whose lines stand at `indent`; the shell does not mind the indentation, and
/// reading back takes it off again.
pub(crate) fn block(value: &str, indent: usize) -> io::Result<String> {
    refuse_openers(value)?;
    refuse_end(value)?;
    if value.contains('\r') || !value.ends_with('\n') || value.starts_with(char::is_whitespace) {
        return Ok(literal(value));
    }
    let mut out = String::from("'''");
    for line in value.lines() {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(&line.replace('\\', "\\\\").replace('\'', "\\'"));
        }
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent.saturating_sub(2)));
    out.push_str("'''");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_file_is_refused() {
        assert!(write_literal("a\u{ffff}", &mut Vec::new()).is_err());
        assert!(block("a\u{ffff}\n", 2).is_err());
    }

    #[test]
    fn quotes_backslashes_and_unicode_escapes_stay_text() {
        assert_eq!(literal("it's"), r"'it\'s'");
        assert_eq!(literal(r"\u0027"), r"'\\u0027'");
        assert_eq!(literal("a\nb"), r"'a\nb'");
        assert_eq!(block("echo \"it's\"\n", 4).unwrap(), "'''\n    echo \"it\\'s\"\n  '''");
    }
}
