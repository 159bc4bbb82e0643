//! What branches of an `if` say of one key when nobody can tell before a run which of them counts.
//!
//! What must hold: nothing that a branch says is lost, and no value of one is taken for a literal.

use stackgate_provider::yaml::{Entry, Key, Node, Scalar, Value};

use super::expand::kept;
use super::expression::Expression;

/// Puts an entry in the place of one of its name.
pub(super) fn put(all: &mut Vec<Entry>, entry: Entry) {
    match all.iter_mut().find(|known| known.key.text == entry.key.text) {
        Some(known) => *known = entry,
        None => all.push(entry),
    }
}

/// An entry of a branch that cannot be decided, beside what other branches say.
pub(super) fn merge(all: &mut Vec<Entry>, entry: &Entry, condition: &Expression) {
    let value = marked(&entry.value, condition);
    let Some(known) = all.iter_mut().find(|known| known.key.text == entry.key.text) else {
        return all.push(Entry { key: entry.key.clone(), value });
    };
    known.value = joined(&known.value, value);
}

/// What two branches say of one key.
fn joined(one: &Node, other: Node) -> Node {
    let value = match (&one.value, other.value) {
        (Value::Sequence(one), Value::Sequence(other)) => Value::Sequence(one.iter().cloned().chain(other).collect()),
        (Value::Mapping(one), Value::Mapping(other)) => {
            let mut all: Vec<Entry> = one.iter().cloned().collect();
            for entry in &other {
                match all.iter_mut().find(|known| known.key.text == entry.key.text) {
                    Some(known) => known.value = joined(&known.value, entry.value.clone()),
                    None => all.push(entry.clone()),
                }
            }
            Value::Mapping(all.into_iter().collect())
        }
        (Value::Scalar(one), Value::Scalar(other)) => {
            Value::Scalar(Scalar { text: format!("{} {}", one.text, other.text), plain: false, block: false })
        }
        (_, other) => other,
    };
    Node { span: one.span, value }
}

/// A value that is there on a condition: a part of its text, or of its list.
fn marked(node: &Node, condition: &Expression) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => {
            let text = format!("{} {}", kept(condition), scalar.text);
            Value::Scalar(Scalar { text, plain: false, block: false })
        }
        Value::Sequence(items) => {
            let key = Key { text: kept(condition), span: node.span };
            let value = Node { span: node.span, value: Value::Sequence(items.clone()) };
            let wrapper = Value::Mapping([Entry { key, value }].into_iter().collect());
            Value::Sequence(vec![Node { span: node.span, value: wrapper }])
        }
        Value::Mapping(mapping) => Value::Mapping(
            mapping
                .iter()
                .map(|entry| Entry { key: entry.key.clone(), value: marked(&entry.value, condition) })
                .collect(),
        ),
        other => other.clone(),
    };
    Node { span: node.span, value }
}
