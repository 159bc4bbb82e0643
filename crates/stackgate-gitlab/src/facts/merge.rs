//! Putting mappings together as GitLab does: what both have is merged, lists and texts are replaced.
//!
//! What must hold: an entry keeps the place of whoever gave its value. Source: GitLab's `Gitlab::Config::Loader` and
//! `Hash#deep_merge` of Rails, used for `include` and `extends` alike.

use std::collections::{HashMap, HashSet};

use stackgate_provider::yaml::{Entry, Mapping, Node, Value};

/// A mapping with another over it; anything else is replaced by what lies over it.
pub(super) fn over(base: Node, top: Node) -> Node {
    match (base.value, top.value) {
        (Value::Mapping(base), Value::Mapping(top_entries)) => {
            Node { span: top.span, value: Value::Mapping(mappings(&base, &top_entries)) }
        }
        (_, value) => Node { span: top.span, value },
    }
}

fn mappings(base: &Mapping, top: &Mapping) -> Mapping {
    let known: HashMap<&str, &Entry> = top.iter().map(|entry| (entry.key.text.as_str(), entry)).collect();
    let mut all: Vec<Entry> = Vec::with_capacity(base.len() + top.len());
    for entry in base {
        all.push(match known.get(entry.key.text.as_str()) {
            Some(top) => Entry { key: top.key.clone(), value: over(entry.value.clone(), top.value.clone()) },
            None => entry.clone(),
        });
    }
    let below: HashSet<&str> = base.iter().map(|entry| entry.key.text.as_str()).collect();
    all.extend(top.iter().filter(|entry| !below.contains(entry.key.text.as_str())).cloned());
    mapping(all)
}

/// A mapping of entries of which no two have the same key, or the last counts.
pub(super) fn mapping(entries: Vec<Entry>) -> Mapping {
    entries.into_iter().collect()
}

/// How many nodes a tree has.
pub(super) fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(mapping) => mapping.iter().map(|entry| 1 + size(&entry.value)).sum(),
        Value::Tagged { node, .. } => size(node),
        Value::Null | Value::Scalar(_) => 0,
    }
}

/// The items of a list, with lists in it opened; one value is a list of one, nothing is none.
pub(super) fn flat(node: &Node) -> Vec<&Node> {
    let mut all = Vec::new();
    open(node, 0, &mut all);
    all
}

/// GitLab opens lists within lists ten deep.
fn open<'n>(node: &'n Node, depth: usize, all: &mut Vec<&'n Node>) {
    match &node.value {
        Value::Sequence(items) if depth <= 10 => items.iter().for_each(|item| open(item, depth + 1, all)),
        Value::Null | Value::Sequence(_) => {}
        _ => all.push(node),
    }
}

/// The texts of a list.
pub(super) fn texts(node: &Node) -> Vec<&str> {
    flat(node).into_iter().filter_map(Node::as_str).collect()
}
