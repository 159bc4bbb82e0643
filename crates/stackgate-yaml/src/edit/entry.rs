//! Adding an entry to a mapping, and taking one away, in the layout that the mapping has.
//!
//! What must hold: the other entries stay where they are, with their comments; a comment behind an entry goes with it.
//! Deliberately absent: what stands above an entry; a comment there may speak of more than one.

use stackgate_diagnostic::Span;

use super::{Edit, within};
use crate::node::{Entry, Mapping, Node};

/// Where a new entry goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// Before all others.
    First,
    /// After the entry of this key.
    After(&'a str),
    /// After all others.
    Last,
}

/// Inserts an entry into a mapping that is written in this text.
///
/// Takes the entry as YAML that the caller vouches for, such as `persist-credentials: false`; further lines of it, indented
/// as if the first began a line, are indented to where they go. There is no edit for what is no mapping, for an entry of
/// several lines in a `{}`, for a place after a key that is not written here, and for a layout that leaves doubt.
#[must_use]
pub fn insert_entry(text: &str, node: &Node, entry: &str, place: Place<'_>) -> Option<Edit> {
    let written = Written::of(text, node)?;
    let first = written.entries.first().copied();
    let before = match place {
        Place::First => None,
        Place::Last => Some(written.entries.last().copied()).flatten(),
        Place::After(key) => Some(*written.entries.iter().find(|entry| entry.key.text == key)?),
    };
    if written.flow && entry.contains(['\n', '\r']) {
        return None;
    }
    let (at, replacement) = match (before, first) {
        (None, None) => (node.span.start + 1, entry.to_owned()),
        (None, Some(first)) if written.flow => (first.key.span.start, format!("{entry}, ")),
        (Some(before), _) if written.flow => (written.end(before)?, format!(", {entry}")),
        (before, Some(first)) => {
            let indent = written.indent(first)?;
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let between = format!("{newline}{}", " ".repeat(indent));
            let lines: Vec<&str> = entry.lines().collect();
            let entry = lines.join(&between);
            match before {
                None => (first.key.span.start, format!("{entry}{between}")),
                Some(before) => (written.line_end(before)?, format!("{between}{entry}")),
            }
        }
        (Some(_), None) => return None,
    };
    Some(Edit { span: Span::at(at), replacement })
}

/// Deletes an entry, with its line and the comment behind it; a mapping that has no other becomes `{}`.
///
/// There is no edit for an entry that is not there or not written here, and for a layout that leaves doubt.
#[must_use]
pub fn delete_entry(text: &str, node: &Node, key: &str) -> Option<Edit> {
    let written = Written::of(text, node)?;
    let at = written.entries.iter().position(|entry| entry.key.text == key)?;
    let entry = *written.entries.get(at)?;
    let start = entry.key.span.start;
    let (end, next) = (written.end(entry)?, written.entries.get(at + 1));
    let gone = |start, end| Some(Edit { span: Span::new(start, end), replacement: String::new() });
    if written.flow {
        let rest = text.get(end..)?;
        let blank = rest.len() - rest.trim_start().len();
        return match (next, at.checked_sub(1).and_then(|at| written.entries.get(at))) {
            (Some(next), _) if rest.trim_start().starts_with(',') => gone(start, next.key.span.start),
            (None, Some(before)) => gone(written.end(before)?, end),
            (None, None) if rest.trim_start().starts_with(',') => gone(start, end + blank + 1),
            (None, None) => gone(start, end),
            _ => None,
        };
    }
    if written.entries.len() == 1 {
        return Some(Edit { span: Span::new(start, end), replacement: "{}".into() });
    }
    written.indent(entry)?;
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = written.line_end(entry)?;
    // What comes before the first key of an item of a list is its dash, which stays.
    if !text.get(line..start)?.trim_start_matches('\u{feff}').trim().is_empty() || line == 0 {
        return gone(start, next?.key.span.start);
    }
    let rest = text.get(end..)?;
    let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    // The last line may have no end; then that of the line before it goes.
    if newline == 0 {
        gone(text.get(..line)?.trim_end_matches(['\r', '\n']).len(), end)
    } else {
        gone(line, end + newline)
    }
}

/// A mapping as it is written: only what stands within its own place, in the order of the text.
struct Written<'a> {
    text: &'a str,
    span: Span,
    flow: bool,
    entries: Vec<&'a Entry>,
}

impl<'a> Written<'a> {
    fn of(text: &'a str, node: &'a Node) -> Option<Self> {
        let mapping: &Mapping = node.as_mapping()?;
        let flow = text.get(node.span.start..node.span.end)?.starts_with('{');
        let mut entries: Vec<&Entry> = mapping.iter().filter(|entry| within(entry.key.span, node.span)).collect();
        entries.sort_by_key(|entry| entry.key.span);
        // A merge leaves nothing where it stood, so that what is between the keys is not known.
        (entries.len() == mapping.len()).then_some(Self { text, span: node.span, flow, entries })
    }

    /// Where an entry ends, without what is behind it.
    fn end(&self, entry: &Entry) -> Option<usize> {
        let key = entry.key.span.end;
        let value = entry.value.span;
        let next = self.entries.iter().map(|entry| entry.key.span.start).find(|start| *start > entry.key.span.start);
        let most = next.unwrap_or(self.span.end);
        // An alias's value stands before it, so that what stands behind the key is the value itself.
        let here = key <= value.start && value.end <= most && value.start < value.end;
        let rest = self.text.get(key..)?;
        let colon = key + rest.find(':')? + 1;
        self.text.get(key..colon - 1)?.trim().is_empty().then_some(())?;
        if here && within(value, self.span) {
            return Some(value.start + self.text.get(value.start..value.end)?.trim_end().len());
        }
        // Nothing, or an alias, whose value stands elsewhere.
        let rest = self.text.get(colon..)?;
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let name = rest.get(blank..)?;
        if !name.starts_with('*') {
            return entry.value.is_null().then_some(colon);
        }
        let length = name.find(|c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']')).unwrap_or(name.len());
        Some(colon + blank + length)
    }

    /// Where the line ends on which an entry ends, when nothing but a comment is behind it.
    fn line_end(&self, entry: &Entry) -> Option<usize> {
        let end = self.end(entry)?;
        let rest = self.text.get(end..)?;
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let behind = line.trim_start();
        (behind.is_empty() || behind.starts_with('#')).then_some(end + line.len())
    }

    /// The column of the keys, when nothing but spaces and the dashes of lists stand before the key.
    fn indent(&self, entry: &Entry) -> Option<usize> {
        let before = self.text.get(..entry.key.span.start)?;
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{feff}');
        line.chars().all(|c| matches!(c, ' ' | '-')).then_some(line.len())
    }
}
