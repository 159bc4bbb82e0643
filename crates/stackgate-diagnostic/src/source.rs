//! Source texts and places in them.
//!
//! Places are byte ranges; lines and columns are worked out only when somebody is told about them.
//! Any range is accepted, also one that is too long or falls inside a character: a wrong place must
//! never turn a diagnostic into a panic. This file does not read anything from disk.

use std::sync::OnceLock;

/// A byte range in one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to, and without, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty range at `byte`.
    #[must_use]
    pub const fn at(byte: usize) -> Self {
        Self::new(byte, byte)
    }

    /// The smallest range that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// A text, with the path that messages call it by.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: String,
    // Only somebody who is told about a place asks for these.
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source of this text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), line_starts: OnceLock::new() }
    }

    /// Where each line begins.
    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for (index, byte) in bytes.iter().enumerate() {
                // A lone carriage return ends a line in YAML too.
                let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
                if ends {
                    starts.push(index + 1);
                }
            }
            starts
        })
    }

    /// The path as messages show it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte, both from 1; columns count characters.
    #[must_use]
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let byte = floor(&self.text, byte);
        let line = self.line_starts().partition_point(|start| *start <= byte);
        let start = self.line_start(line);
        let before = self.text[start..byte].chars();
        // An editor does not count the byte order mark that opens a file.
        let mark = usize::from(start == 0 && before.clone().next() == Some('\u{feff}'));
        (line, before.count() - mark + 1)
    }

    /// The text of a line, counted from 1, without its line break; empty when there is no such line.
    #[must_use]
    pub fn line_text(&self, line: usize) -> &str {
        let start = self.line_start(line);
        let end = self.line_starts().get(line).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// The byte at which a line, counted from 1, begins; the end of the text when there is no such line.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts().get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }
}

/// The nearest place at or before `byte` that is between two characters.
pub(crate) fn floor(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a", "ä: ü\r\nb\rc");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(4), (1, 4));
        assert_eq!(source.line_column(5), (1, 4), "inside a character");
        assert_eq!(source.line_column(8), (2, 1));
        assert_eq!(source.line_column(10), (3, 1));
        assert_eq!(source.line_column(999), (3, 2));
    }

    #[test]
    fn lines_have_no_breaks() {
        let source = Source::new("a", "ab\r\nc\n");
        assert_eq!(source.line_text(1), "ab");
        assert_eq!(source.line_text(2), "c");
        assert_eq!(source.line_text(3), "");
        assert_eq!(source.line_text(99), "");
    }

    #[test]
    fn byte_order_mark_is_not_a_column() {
        let source = Source::new("a", "\u{feff}a");
        assert_eq!(source.line_column(3), (1, 1));
    }
}
