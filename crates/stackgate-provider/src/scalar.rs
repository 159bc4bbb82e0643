//! Spec values as YAML scalars that every reader takes for the same text.
//!
//! What must hold: one call yields one whole scalar, plain only where YAML 1.1 and 1.2 agree that it is text; a value
//! that would open an expression of any CI system is refused. It never emits structure.

use std::io::{self, Write};

/// Words that some YAML reader takes for something else than text.
const AMBIGUOUS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// What opens an expression, a macro or a logging command somewhere.
const OPENERS: &[&str] = &["${{", "$[[", "$[", "<<", "##vso[", "##["];

/// Writes `value` as one YAML scalar: plain, single-quoted or double-quoted.
///
/// # Errors
/// When the value would open an expression of a CI system, or the writer fails.
pub fn yaml_scalar(value: &str, out: &mut dyn Write) -> io::Result<()> {
    refuse_openers(value)?;
    if is_plain(value) {
        out.write_all(value.as_bytes())
    } else if value.contains('"') && value.chars().all(|c| c != '\\' && is_printable(c)) {
        // Formatters choose single quotes here, and a formatter's run should change nothing.
        write!(out, "'{}'", value.replace('\'', "''"))
    } else {
        quoted(value, out)
    }
}

/// A whole YAML block scalar, or a quoted one where a block would not carry the text unchanged.
pub(crate) fn yaml_block(value: &str, indent: usize) -> io::Result<String> {
    refuse_openers(value)?;
    let carried = value.ends_with('\n')
        && !value.ends_with("\n\n")
        && !value.starts_with(char::is_whitespace)
        && value.chars().all(|c| matches!(c, ' '..='~' | '\n' | '\t') || is_printable(c));
    if !carried {
        let mut out = Vec::new();
        yaml_scalar(value, &mut out)?;
        return String::from_utf8(out).map_err(io::Error::other);
    }
    let mut out = String::with_capacity(value.len() + value.len() / 4);
    out.push('|');
    for line in value.lines() {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    Ok(out)
}

/// Refuses what a CI system would take for more than text. The spec refuses it first, with a place; this is the last
/// line, for values that reach a template some other way.
pub(crate) fn refuse_openers(value: &str) -> io::Result<()> {
    // Nearly every value has none of the characters that an opener begins with.
    if !value.bytes().any(|byte| matches!(byte, b'$' | b'<' | b'#')) {
        return Ok(());
    }
    for opener in OPENERS {
        if value.contains(opener) {
            return Err(io::Error::other(format!("a value holds {opener:?}, which opens an expression")));
        }
    }
    if opens_macro(value) {
        return Err(io::Error::other("a value holds `$(name)`, which Azure Pipelines replaces"));
    }
    Ok(())
}

/// Whether the text holds `$(word)`, an Azure macro.
fn opens_macro(value: &str) -> bool {
    value.match_indices("$(").any(|(at, _)| {
        let rest = &value[at + 2..];
        rest.find(')').is_some_and(|end| {
            end > 0 && rest[..end].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        })
    })
}

fn is_plain(value: &str) -> bool {
    let bytes = value.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) || bytes.last() == Some(&b' ') {
        return false;
    }
    let mut before = 0;
    for byte in bytes {
        let allowed = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'@' | b'-');
        if !allowed && (*byte != b' ' || before == b' ') {
            return false;
        }
        before = *byte;
    }
    // The longest of these words has five letters.
    value.len() > 5 || !AMBIGUOUS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~')
        || !c.is_control()
            && !matches!(c, '\u{85}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn quoted(value: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    // What needs no escape is written at one go.
    let mut from = 0;
    for (at, c) in value.char_indices() {
        if c != '"' && c != '\\' && is_printable(c) {
            continue;
        }
        out.write_all(&value.as_bytes()[from..at])?;
        from = at + c.len_utf8();
        match c {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            '\t' => out.write_all(b"\\t")?,
            c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32)?,
            c if (c as u32) < 0x1_0000 => write!(out, "\\u{:04x}", c as u32)?,
            c => write!(out, "\\U{:08x}", c as u32)?,
        }
    }
    out.write_all(&value.as_bytes()[from..])?;
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(value: &str) -> String {
        let mut out = Vec::new();
        yaml_scalar(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_scalar_reads_back_as_the_text_it_was() {
        let texts = [
            "",
            " ",
            "a",
            "a b",
            "a  b",
            "on",
            "Yes",
            "~",
            "null",
            "012",
            "1e3",
            "12:30:45",
            "2026-01-01",
            "a: b",
            "a #b",
            "- a",
            "*a",
            "&a",
            "!a",
            "%a",
            "`a",
            "it's",
            "say \"hi\"",
            "it's \"both\"",
            "back\\slash",
            "tab\there",
            "line\nbreak",
            "ünï",
            "e\u{301}",
            "\u{2028}",
            "\u{85}",
            "\u{202e}",
            "\u{7}",
            "a,b",
            "[a]",
            "{a}",
            "a\r\nb",
            "=",
            "?",
            "-",
            "--- a",
            "😀",
            "C:\\x",
            "a:",
        ];
        for text in texts {
            let yaml = format!("key: {}\n", scalar(text));
            let read: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap();
            assert_eq!(read["key"].as_str(), Some(text), "{yaml}");
        }
    }

    #[test]
    fn a_block_reads_back_as_the_text_it_was() {
        for text in
            ["a\n", "a\nb\n", "a\n\n  b\n", "no newline", " lead\n", "two\n\n", "tab\t\n", "\u{7}\n", "# comment\n"]
        {
            let yaml = format!("key: {}\nnext: 1\n", yaml_block(text, 2).unwrap());
            let read: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap();
            assert_eq!(read["key"].as_str(), Some(text), "{yaml}");
        }
    }

    #[test]
    fn what_opens_an_expression_is_refused() {
        for text in ["${{ x }}", "a$[[ b ]]", "<< x >>", "$(System.AccessToken)", "$[ x ]", "##vso[task]"] {
            assert!(yaml_scalar(text, &mut Vec::new()).is_err(), "{text}");
            assert!(yaml_block(text, 2).is_err(), "{text}");
        }
        assert!(yaml_scalar("$(npm bin)", &mut Vec::new()).is_ok());
    }
}
