//! Whether a text from a pipeline may stand in a spec.
//!
//! What must hold: the spec's own readers decide, so that nothing is written that they would refuse.

use stackgate_provider::yaml_scalar;
use stackgate_yaml::{Limits, Read, Reader, parse};

/// Whether a text is a value of that type.
pub(crate) fn legal<T: Read>(text: &str) -> bool {
    let Ok(node) = parse(&scalar(text), &Limits::SPEC) else { return false };
    let mut reader = Reader::new();
    T::read(&node, &mut reader).is_some() && !reader.has_errors() && stackgate_spec::opening(text).is_none()
}

/// A text as a scalar of YAML.
pub(crate) fn scalar(text: &str) -> String {
    let mut out = Vec::new();
    match yaml_scalar(text, &mut out) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        // The spec refuses such a text with a place; here it only must not break the file.
        Err(_) => serde_json::to_string(text).unwrap_or_default(),
    }
}

/// Text of a repository in a comment: nothing that could end the line or hide in it.
pub(crate) fn comment(text: &str) -> String {
    let one = stackgate_diagnostic::clean(text);
    let mut short: String = one.chars().filter(|c| !c.is_control()).take(200).collect();
    if one.chars().count() > 200 {
        short.push('…');
    }
    short
}
