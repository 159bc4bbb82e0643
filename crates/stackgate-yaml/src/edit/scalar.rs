//! Replacing one value, in the quotes that it has.
//!
//! What must hold: what is written is read as the text that was meant, by readers of YAML 1.1 and 1.2 alike. Plain text stays
//! plain only when it is a word that no reader can take for anything else.

use super::Edit;
use crate::characters::is_forbidden;
use crate::node::{Node, Value};

/// Replaces a scalar by a text, in double or single quotes when the scalar has them, and plain only when that is safe.
///
/// Takes the text of the file, the node and the new text. There is no edit for a block of text, since its indentation may be
/// part of what it means, for what is no scalar, and for a node that is not written in this text.
#[must_use]
pub fn replace_text(text: &str, node: &Node, new: &str) -> Option<Edit> {
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    let old = text.get(node.span.start..node.span.end)?;
    let replacement = match old.chars().next()? {
        _ if scalar.block => return None,
        '\'' if is_harmless(new) => format!("'{}'", new.replace('\'', "''")),
        '"' | '\'' => quoted(new),
        _ if is_word(new) => new.to_owned(),
        _ => quoted(new),
    };
    Some(Edit { span: node.span, replacement })
}

/// Replaces a value by YAML that the caller vouches for, such as `true` or `{contents: read}`, on one line.
///
/// There is no edit for a value that is not written, as after `key:`, for a block of text, whose place is without its `|`,
/// for a mapping or list that is not in brackets, and for replacements of more than one line.
#[must_use]
pub fn replace_value(text: &str, node: &Node, yaml: &str) -> Option<Edit> {
    let old = text.get(node.span.start..node.span.end)?;
    let fits = match &node.value {
        Value::Null => matches!(old, "~" | "null" | "Null" | "NULL"),
        Value::Scalar(scalar) => !scalar.block && !old.is_empty(),
        Value::Sequence(_) => old.starts_with('['),
        Value::Mapping(_) => old.starts_with('{'),
        // The tag would make something else of the new value.
        Value::Tagged { .. } => false,
    };
    let one_line = !yaml.is_empty() && !yaml.contains(['\n', '\r']);
    (fits && one_line).then(|| Edit { span: node.span, replacement: yaml.to_owned() })
}

/// A text in double quotes, as every reader of YAML and JSON understands it.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // What is forbidden is within the first plane, so that four digits are enough.
            _ if is_forbidden(character) => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Whether a text is the same in single quotes, on one line.
fn is_harmless(text: &str) -> bool {
    !text.contains(['\n', '\r']) && !text.chars().any(is_forbidden)
}

/// Whether a text can stand plain: a word with a letter that no version of YAML reads as a number, a time or a boolean.
fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(inner)
        && !WORDS.contains(&&*text.to_lowercase())
}
