//! Sections of the older template language: `<<# parameters.x >>…<</ parameters.x >>`, and `<<^ …` for what stands there
//! where a value is false.
//!
//! What must hold: a section of a value that is known is kept or left out; any other stays in the text. Total, and each mark
//! is looked at once. Source: CircleCI, "Reusable configuration reference", where it is old and still read.

use super::substitution::{Parameters, value_of};

/// How many sections of one text may have no end.
const MOST_OPEN: usize = 100;

/// A text with every section decided whose value is known.
pub(crate) fn decided(text: &str, parameters: &Parameters) -> Option<String> {
    if !text.contains("<<#") && !text.contains("<<^") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Marks without an end, each of which is a look through all that follows.
    let mut open = 0;
    while let Some(start) = next(rest) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let wanted = from.starts_with("<<#");
        match section(from, wanted, parameters) {
            Some((kept, after)) => {
                out.push_str(kept);
                rest = after;
            }
            None => {
                open += 1;
                if open > MOST_OPEN {
                    rest = from;
                    break;
                }
                out.push_str(from.get(..3).unwrap_or_default());
                rest = from.get(3..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Where the next section begins.
fn next(text: &str) -> Option<usize> {
    text.match_indices("<<").map(|(at, _)| at).find(|at| matches!(text.as_bytes().get(at + 2), Some(b'#' | b'^')))
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
