//! The files of a pipeline: each once, with places that tell its file from the others.
//!
//! What must hold: a place counts from the begin of the first text through all texts, since values of several files end up
//! in one mapping; `relocate` brings them back.

use stackgate_provider::facts::TreeError;
use stackgate_provider::yaml::{Entry, Key, Node, Span, Value};

use super::Reading;

/// A file: its `spec:` header, if it has one, and what it configures.
pub(super) struct File {
    /// The header.
    pub(super) header: Option<Node>,
    /// The configuration.
    pub(super) body: Option<Node>,
}

/// Opens a file of the repository.
pub(super) fn open(path: &str, reading: &mut Reading<'_>) -> Result<File, TreeError> {
    let (file, documents) = reading.gathering.open(path)?;
    while reading.starts.len() <= file {
        let before = reading.starts.last().copied().unwrap_or(0);
        // One byte lies between two texts, so that an empty place at the end of one is not in the next.
        let length = match reading.starts.len() {
            0 => 0,
            at => reading.gathering.observation.sources.get(at - 1).map_or(0, |(_, text)| text.len() + 1),
        };
        reading.starts.push(before + length);
    }
    let start = reading.starts.get(file).copied().unwrap_or(0);
    let mut moved = documents.into_iter().map(|node| shifted(node, start));
    let first = moved.next();
    let is_header = first.as_ref().is_some_and(|node| node.get("spec").is_some());
    match (moved.next(), is_header) {
        (Some(body), true) => Ok(File { header: first, body: Some(body) }),
        (None, true) => Ok(File { header: first, body: None }),
        (_, false) => Ok(File { header: None, body: first }),
    }
}

fn shifted(node: Node, by: usize) -> Node {
    let value = match node.value {
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(|item| shifted(item, by)).collect()),
        Value::Mapping(mapping) => Value::Mapping(super::merge::mapping(
            mapping
                .iter()
                .map(|entry| Entry {
                    key: Key { text: entry.key.text.clone(), span: moved(entry.key.span, by) },
                    value: shifted(entry.value.clone(), by),
                })
                .collect(),
        )),
        Value::Tagged { tag, node } => Value::Tagged { tag, node: Box::new(shifted(*node, by)) },
        value => value,
    };
    Node { span: moved(node.span, by), value }
}

fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start + by, span.end + by)
}

/// A path of the repository: without a leading slash, and never outside.
pub(super) fn path(text: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
