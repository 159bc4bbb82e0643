//! Where a finding is.
//!
//! What must hold: lines and columns count from 1, and columns count characters, not bytes; an end is the character after
//! the last. What is not known is absent, never made up.

use std::fmt;

use stackgate_diagnostic::{Source, Span};

/// A file, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Relative to the repository root, with `/`.
    pub path: String,
    /// Where in it; `None` is the file as a whole.
    pub region: Option<Region>,
}

impl Place {
    /// A file as a whole.
    pub fn file(path: impl Into<String>) -> Place {
        Place { path: path.into(), region: None }
    }

    /// One whole line of a file.
    pub fn line(path: impl Into<String>, line: usize) -> Place {
        Place { path: path.into(), region: Some(Region { line, end_line: line, columns: None, bytes: None }) }
    }

    /// A span of a source.
    #[must_use]
    pub fn of(span: Span, source: &Source) -> Place {
        Place { path: source.path().to_owned(), region: Some(Region::of(span, source)) }
    }
}

impl fmt::Display for Place {
    /// `path`, `path:line` or `path:line:column`, not cleaned.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        let Some(region) = &self.region else { return Ok(()) };
        write!(f, ":{}", region.line)?;
        region.columns.map_or(Ok(()), |(column, _)| write!(f, ":{column}"))
    }
}

/// Lines, columns and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// The first line.
    pub line: usize,
    /// The last line.
    pub end_line: usize,
    /// The first column, and the column after the last on the last line, in characters; `None` is whole lines.
    pub columns: Option<(usize, usize)>,
    /// The same in bytes of the file from 0, where that is known.
    pub bytes: Option<Span>,
}

impl Region {
    /// Where a span is in its source.
    #[must_use]
    pub fn of(span: Span, source: &Source) -> Region {
        let place = stackgate_diagnostic::Place::of(span, source);
        Region {
            line: place.line,
            end_line: place.end_line,
            columns: Some((place.column, place.end_column)),
            bytes: Some(span),
        }
    }
}

/// Another place that a finding points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What it has to do with the finding.
    pub message: String,
}
