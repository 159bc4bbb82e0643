//! From a place to a line and a column, and from a range of a script's text to its place in the file.
//!
//! What must hold: any range is accepted; where a script's line cannot be found in the file as it stands, the place is the
//! whole script's and never a wrong line.

use std::ops::Range;

use stackgate_diagnostic::Span;

use crate::model::{Does, Observation, Step};
use crate::place::Place;

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Observation {
    /// The path and the text of the file of a place; none where the place names no file of this observation.
    #[must_use]
    pub fn source(&self, place: Place) -> Option<(&str, &str)> {
        self.sources.get(place.file).map(|(path, text)| (path.as_str(), &**text))
    }

    /// Where a place begins. A place outside every file is the first character.
    #[must_use]
    pub fn line_column(&self, place: Place) -> LineColumn {
        let text = self.source(place).map_or("", |(_, text)| text);
        let before = before(text, place.span.start);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        LineColumn {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }

    /// The place in the file of a byte range of a step's script; the whole script's where its lines are not the file's.
    #[must_use]
    pub fn script_place(&self, step: &Step, range: Range<usize>) -> Place {
        let Does::Run { text, place, .. } = &step.does else { return step.place };
        self.lines_of(text, *place).place(range)
    }

    /// Where each line of a script stands in the file. One look for many ranges.
    pub(crate) fn lines_of(&self, script: &str, place: Place) -> Lines {
        let starts = std::iter::once(0).chain(script.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let found = self.source(place).map_or_else(Vec::new, |(_, text)| {
            let end = floor(text, place.span.end);
            let start = floor(text, place.span.start.min(end));
            // A span may begin after the first line's indentation, and its header line is no line of the script.
            in_file(script, text, start..end).unwrap_or_default()
        });
        Lines { starts, found, place, length: script.len() }
    }
}

/// A script's lines, and where each stands in its file.
pub(crate) struct Lines {
    /// Where each line begins in the script.
    starts: Vec<usize>,
    /// Where each line begins in the file; empty where they are not the file's.
    found: Vec<usize>,
    /// The whole script's place.
    place: Place,
    /// The script's length.
    length: usize,
}

impl Lines {
    /// The place of a range of the script.
    pub(crate) fn place(&self, range: Range<usize>) -> Place {
        match (self.byte(range.start), self.byte(range.end.max(range.start))) {
            (Some(start), Some(end)) => Place::new(self.place.file, Span::new(start, end.max(start))),
            _ => self.place,
        }
    }

    /// The whole script's.
    pub(crate) fn whole(&self) -> Place {
        self.place
    }

    fn byte(&self, at: usize) -> Option<usize> {
        let at = at.min(self.length);
        let line = self.starts.partition_point(|start| *start <= at).checked_sub(1)?;
        Some(self.found.get(line)? + (at - self.starts.get(line)?))
    }
}

/// Where each line of a script begins in the file: the lines must follow one another, with any indentation.
fn in_file(script: &str, text: &str, range: Range<usize>) -> Option<Vec<usize>> {
    let lines: Vec<&str> = script.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.trim().is_empty())?;
    let mut start = range.start;
    // The header, comments behind it and blank lines come before the first line; each is one try.
    for _ in 0..=first + 8 {
        if let Some(found) = follow(&lines, text, start, range.end) {
            return Some(found);
        }
        start += text.get(start..range.end)?.find('\n')? + 1;
    }
    None
}

fn follow(lines: &[&str], text: &str, start: usize, end: usize) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(lines.len() + 1);
    let mut at = start;
    for (number, line) in lines.iter().enumerate() {
        let rest = text.get(at..end)?;
        let source = rest.split('\n').next()?;
        let content = source.trim_end();
        let column = if line.is_empty() {
            content.is_empty().then_some(0)?
        } else if number == 0 && lines.len() == 1 {
            // A line of its own, or a value behind its key.
            content.find(line)?
        } else {
            content.ends_with(line).then(|| content.len() - line.len())?
        };
        if !source.get(..column)?.trim().is_empty() && lines.len() > 1 {
            return None;
        }
        found.push(at + column);
        at += source.len() + usize::from(rest.len() > source.len());
    }
    found.push(at);
    Some(found)
}

fn before(text: &str, at: usize) -> &str {
    text.get(..floor(text, at)).unwrap_or("")
}

/// The nearest boundary of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
