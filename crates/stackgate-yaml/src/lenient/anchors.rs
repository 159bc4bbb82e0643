//! Where the anchors of a document are, and what one stands for.
//!
//! An anchored value is not kept twice: its place in the tree is remembered, as the numbers of the children on the way to
//! it, and looked up when an alias wants a copy. Deliberately absent: the limits; a size is only measured here.

use std::collections::HashMap;

use super::builder::{Frame, Kind};
use crate::node::{Node, Value};

/// What an alias stands for.
pub(super) enum Found<'a> {
    /// A finished value.
    Value(&'a Node),
    /// The value that the alias stands in.
    Open,
}

/// Where an anchor is.
enum Target {
    /// The children to go down, from the root of the document.
    Path(Vec<usize>),
    /// A key, as the value that it would be.
    Key(Node),
}

/// The anchors of one document, by the number that the parser gives them.
#[derive(Default)]
pub(super) struct Anchors(HashMap<usize, Target>);

impl Anchors {
    /// Remembers the value that is about to be placed, or whose collection is about to be opened, under these frames.
    pub(super) fn here(&mut self, anchor: usize, stack: &[Frame]) {
        self.0.insert(anchor, Target::Path(stack.iter().map(|frame| frame.kind.len()).collect()));
    }

    /// Remembers a key.
    pub(super) fn key(&mut self, anchor: usize, key: Node) {
        self.0.insert(anchor, Target::Key(key));
    }

    /// Forgets all, as a document ends.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What an alias stands for, if its anchor was remembered.
    pub(super) fn find<'a>(&'a self, anchor: usize, stack: &'a [Frame]) -> Option<Found<'a>> {
        let path = match self.0.get(&anchor)? {
            Target::Key(key) => return Some(Found::Value(key)),
            Target::Path(path) => path,
        };
        for (depth, at) in path.iter().enumerate() {
            if let Some(child) = stack.get(depth)?.kind.child(*at) {
                return path.get(depth + 1..)?.iter().try_fold(child, |node, at| below(node, *at)).map(Found::Value);
            }
        }
        (stack.len() > path.len()).then_some(Found::Open)
    }
}

impl Kind {
    /// How many children are finished.
    fn len(&self) -> usize {
        match self {
            Self::Sequence(items) => items.len(),
            Self::Mapping { entries, .. } => entries.len(),
        }
    }

    fn child(&self, at: usize) -> Option<&Node> {
        match self {
            Self::Sequence(items) => items.get(at),
            Self::Mapping { entries, .. } => entries.get(at).map(|entry| &entry.value),
        }
    }
}

fn below(node: &Node, at: usize) -> Option<&Node> {
    match &node.value {
        Value::Sequence(items) => items.get(at),
        Value::Mapping(mapping) => mapping.iter().nth(at).map(|entry| &entry.value),
        Value::Tagged { node, .. } => below(node, at),
        Value::Null | Value::Scalar(_) => None,
    }
}

/// How large a value is.
#[derive(Default)]
pub(super) struct Size {
    /// Keys and values.
    pub(super) nodes: usize,
    /// Bytes of text in them.
    pub(super) bytes: usize,
    /// Collections within each other.
    pub(super) depth: usize,
}

impl Size {
    /// Measures a value, and stops soon after it has more nodes than `most`.
    pub(super) fn of(node: &Node, most: usize) -> Self {
        let mut size = Self::default();
        size.add(node, 0, most);
        size
    }

    fn add(&mut self, node: &Node, depth: usize, most: usize) {
        self.nodes += 1;
        if self.nodes > most {
            return;
        }
        match &node.value {
            Value::Null => {}
            Value::Scalar(scalar) => self.bytes += scalar.text.len(),
            Value::Tagged { tag, node } => {
                self.bytes += tag.len();
                self.add(node, depth, most);
            }
            Value::Sequence(items) => {
                self.depth = self.depth.max(depth + 1);
                for item in items {
                    self.add(item, depth + 1, most);
                }
            }
            Value::Mapping(mapping) => {
                self.depth = self.depth.max(depth + 1);
                for entry in mapping {
                    self.nodes += 1;
                    self.bytes += entry.key.text.len();
                    self.add(&entry.value, depth + 1, most);
                }
            }
        }
    }
}
