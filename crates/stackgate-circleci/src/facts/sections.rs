//! Sections of the older template language: `<<# parameters.x >>…<</ parameters.x >>`, and `<<^ …` for what stands there
//! where a value is false.
//!
//! What must hold: a section of a value that is known is kept or left out; any other stays in the text. Total, and each mark
//! is looked at once. Source: CircleCI, "Reusable configuration reference", where it is old and still read.

use super::substitution::{Parameters, value_of};

/// A text with every section decided whose value is known.
pub(crate) fn decided(text: &str, parameters: &Parameters) -> Option<String> {
    if !text.contains("<<#") && !text.contains("<<^") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<<#").into_iter().chain(rest.find("<<^")).min() {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let wanted = from.starts_with("<<#");
        match section(from, wanted, parameters) {
            Some((kept, after)) => {
                out.push_str(kept);
                rest = after;
            }
            None => {
                out.push_str(from.get(..3).unwrap_or_default());
                rest = from.get(3..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

/// What is kept of a section at the beginning of a text, and what follows it.
fn section<'t>(from: &'t str, wanted: bool, parameters: &Parameters) -> Option<(&'t str, &'t str)> {
    let end = from.find(">>")?;
    let name = from.get(3..end)?.trim();
    let value = value_of(name, parameters)?;
    let truth = match value.as_str()? {
        "false" | "" | "0" => false,
        text if text.contains("<<") => return None,
        _ => true,
    };
    let body = from.get(end + 2..)?;
    let (inner, after) = body.match_indices("<</").find_map(|(at, _)| {
        let close = body.get(at..)?.find(">>")? + at;
        (body.get(at + 3..close)?.trim() == name).then_some((body.get(..at)?, body.get(close + 2..)?))
    })?;
    Some((if truth == wanted { inner } else { "" }, after))
}
