//! Changes to a text that keep its layout: comments, quotes, line ends, and everything that they do not touch.
//!
//! What must hold: an edit is made from a tree of the very text that it is applied to, and changes what it says and nothing
//! else. Where the layout leaves doubt there is no edit: an entry that an alias or a merge brought is not written where the
//! tree has it. Whoever applies edits reads the result again and compares; a value that is shared
//! ([`crate::Lenient::is_shared`]) changes in several places.
//!
//! Deliberately absent: emitting whole trees, and moving lines that an edit does not touch.

mod entry;
mod scalar;

use std::fmt;

use stackgate_diagnostic::Span;

pub use entry::{Place, delete_entry, insert_entry};
pub use scalar::{quoted, replace_text, replace_value};

/// One change: what stands in a place is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes; an empty place to only insert.
    pub span: Span,
    /// What comes in its stead.
    pub replacement: String,
}

/// Two edits of the same place, or one that is not within the text and then stands here twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The place of the first.
    pub first: Span,
    /// The place of the second.
    pub second: Span,
}

impl fmt::Display for Overlap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second } = self;
        if first == second {
            return write!(out, "an edit at {}..{} is not within the text, or is there twice", first.start, first.end);
        }
        write!(out, "edits at {}..{} and {}..{} overlap", first.start, first.end, second.start, second.end)
    }
}

impl std::error::Error for Overlap {}

/// Applies edits, given in any order. Insertions at the same place come in the order given.
///
/// # Errors
///
/// When two overlap, or one is not within the text or divides a character; the text is then as it was.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, Overlap> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut last = Span::default();
    for Edit { span, replacement } in sorted {
        if span.start < last.end {
            return Err(Overlap { first: last, second: *span });
        }
        let outside = Overlap { first: *span, second: *span };
        text.get(span.start..span.end).ok_or(outside)?;
        out.push_str(text.get(last.end..span.start).ok_or(outside)?);
        out.push_str(replacement);
        last = *span;
    }
    out.push_str(text.get(last.end..).unwrap_or_default());
    Ok(out)
}

/// Whether one place is within another.
fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests;
