//! One spelling of any part of a file.
//!
//! What must hold: two parts that GitHub takes for the same are spelt the same, whatever their quotes, styles and order of
//! keys; text is kept.

use stackgate_provider::yaml::{Node, Value};

use super::scope::Scope;

/// The spelling of a node: of a scalar its text, of others the like of JSON with sorted keys.
pub(super) fn spelt(node: &Node, scope: &Scope) -> String {
    match &node.value {
        Value::Scalar(scalar) => text(&scalar.text, scope),
        _ => inner(node, scope),
    }
}

fn inner(node: &Node, scope: &Scope) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Scalar(scalar) => {
            let text = text(&scalar.text, scope);
            let plain = !text.is_empty()
                && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ',' | '[' | ']' | '{' | '}' | '"' | ':'));
            if plain { text } else { serde_json::Value::from(text).to_string() }
        }
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| inner(item, scope)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let mut all: Vec<String> =
                entries.iter().map(|entry| format!("{}: {}", entry.key.text, inner(&entry.value, scope))).collect();
            all.sort();
            format!("{{{}}}", all.join(", "))
        }
        Value::Tagged { tag, node } => format!("{tag} {}", inner(node, scope)),
    }
}

fn text(text: &str, scope: &Scope) -> String {
    if text.contains("${{") { scope.value(text).0.text } else { text.to_owned() }
}

/// A truth value, as GitHub takes one: quoted ones and capital ones too.
pub(super) fn boolean(node: &Node) -> Option<bool> {
    truth(node.as_str()?)
}

/// A truth value of a text.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// One text or a list of texts.
pub(super) fn list(node: &Node) -> Option<Vec<(&str, &Node)>> {
    match &node.value {
        Value::Scalar(scalar) => Some(vec![(scalar.text.as_str(), node)]),
        Value::Sequence(items) => items.iter().map(|item| Some((item.as_str()?, item))).collect(),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}
