//! `!reference [job, key, …]`: a value of elsewhere in the same configuration.
//!
//! What must hold: a value is the one after `extends`; it keeps its own place; ten levels, no circles. Source: GitLab, "YAML
//! optimization", on `!reference`.

use std::collections::HashMap;

use stackgate_provider::facts::Aspect;
use stackgate_provider::yaml::{Entry, Mapping, Node, Value};

use super::{Reading, merge};

const DEEPEST: usize = 10;

/// A configuration in which every reference is put in.
pub(super) fn resolve(root: &Mapping, reading: &mut Reading<'_>) -> Mapping {
    let index: HashMap<&str, &Node> = root.iter().map(|entry| (entry.key.text.as_str(), &entry.value)).collect();
    let made = |entry: &Entry| {
        let name = entry.key.text.as_str();
        let job = (!name.starts_with('.') && entry.value.as_mapping().is_some()).then_some(name);
        Entry { key: entry.key.clone(), value: put(&entry.value, &index, job, 0, reading) }
    };
    merge::mapping(root.iter().map(made).collect())
}

fn put(node: &Node, index: &HashMap<&str, &Node>, job: Option<&str>, depth: usize, reading: &mut Reading<'_>) -> Node {
    let value = match &node.value {
        Value::Tagged { node: path, .. } => return referred(node, path, index, job, depth, reading),
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| put(item, index, job, depth, reading)).collect())
        }
        Value::Mapping(mapping) => Value::Mapping(merge::mapping(
            mapping
                .iter()
                .map(|entry| Entry { key: entry.key.clone(), value: put(&entry.value, index, job, depth, reading) })
                .collect(),
        )),
        Value::Null | Value::Scalar(_) => return node.clone(),
    };
    Node { span: node.span, value }
}

fn referred(
    node: &Node,
    path: &Node,
    index: &HashMap<&str, &Node>,
    job: Option<&str>,
    depth: usize,
    reading: &mut Reading<'_>,
) -> Node {
    // It stays as it is, so that whoever reads it knows that something is missing.
    let missing = node.clone();
    if depth >= DEEPEST {
        reading.limit("a `!reference` leads to others more than ten times", node.span);
        return missing;
    }
    let keys = merge::texts(path);
    let mut found = keys.first().and_then(|key| index.get(key)).copied();
    for key in keys.iter().skip(1) {
        found = found.and_then(|node| node.get(key));
    }
    let Some(found) = found else {
        let aspect = if reading.elsewhere { Aspect::Elsewhere } else { Aspect::Syntax };
        reading.undecided(aspect, job, format!("`!reference [{}]` leads nowhere here", keys.join(", ")), node.span);
        return missing;
    };
    if !reading.affords(found) {
        return missing;
    }
    put(found, index, job, depth + 1, reading)
}
