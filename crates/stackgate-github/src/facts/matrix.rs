//! A job's matrix: which values it has, and who decides them.
//!
//! What must hold: one job stays one job, however many runs its matrix makes; a value that the file writes out is the
//! system's to choose among, and one that an expression makes is that expression's.

use std::collections::BTreeMap;

use stackgate_provider::facts::Control;
use stackgate_provider::yaml::{Node, Value};

use super::expr::control_of;
use super::scope::Scope;

/// The values of each key.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix {
    keys: BTreeMap<String, Key>,
    /// Who decides keys that do not stand in the file, where an expression may add some.
    others: Option<Control>,
}

#[derive(Clone, Debug)]
struct Key {
    control: Control,
    /// Every value, where all are texts that stand in the file.
    texts: Option<Vec<String>>,
}

impl Default for Key {
    fn default() -> Key {
        Key { control: Control::System, texts: Some(Vec::new()) }
    }
}

impl Matrix {
    /// The matrix of a `strategy`.
    pub(super) fn new(strategy: &Node, scope: &Scope) -> Matrix {
        let mut matrix = Matrix::default();
        let Some(node) = strategy.get("matrix") else { return matrix };
        let Some(entries) = node.as_mapping() else {
            matrix.others = Some(made_by(node, scope).unwrap_or(Control::Unknown));
            return matrix;
        };
        for entry in entries {
            match (entry.key.text.as_str(), &entry.value.value) {
                ("exclude", _) => {}
                ("include", Value::Sequence(items)) => {
                    for item in items {
                        match item.as_mapping() {
                            Some(pairs) => pairs.iter().for_each(|pair| matrix.add(&pair.key.text, &pair.value, scope)),
                            None => matrix.others = matrix.others.max(made_by(item, scope)),
                        }
                    }
                }
                ("include", _) => matrix.others = matrix.others.max(made_by(&entry.value, scope)),
                (key, Value::Sequence(items)) => items.iter().for_each(|item| matrix.add(key, item, scope)),
                (key, _) => matrix.add(key, &entry.value, scope),
            }
        }
        matrix
    }

    /// With the values of the job that called the workflow, which its inputs may be made of.
    pub(super) fn within(mut self, outer: &Matrix) -> Matrix {
        for (key, values) in &outer.keys {
            self.keys.entry(key.clone()).or_insert_with(|| values.clone());
        }
        self.others = self.others.max(outer.others);
        self
    }

    fn add(&mut self, key: &str, node: &Node, scope: &Scope) {
        let control = made_by(node, scope);
        let entry = self.keys.entry(key.to_owned()).or_default();
        entry.control = entry.control.max(control.unwrap_or(Control::System));
        match (node.as_str(), control, &mut entry.texts) {
            (Some(text), None, Some(texts)) => texts.push(text.to_owned()),
            _ => entry.texts = None,
        }
    }

    /// Who decides the value of a key.
    pub(super) fn control(&self, key: &str) -> Option<Control> {
        match (self.keys.get(key), self.others) {
            (Some(known), Some(others)) => Some(known.control.max(others)),
            (Some(known), None) => Some(known.control),
            (None, others) => others,
        }
    }

    /// Every value of a key, where all stand in the file.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        if self.others.is_some() { None } else { self.keys.get(key)?.texts.clone() }
    }
}

/// Who decides something that has an expression in it.
fn made_by(node: &Node, scope: &Scope) -> Option<Control> {
    match &node.value {
        Value::Scalar(scalar) => {
            let (template, _) = scope.template(&scalar.text);
            template.expressions().map(|expr| control_of(expr, scope)).max()
        }
        Value::Sequence(items) => items.iter().filter_map(|item| made_by(item, scope)).max(),
        Value::Mapping(entries) => entries.iter().filter_map(|entry| made_by(&entry.value, scope)).max(),
        Value::Null | Value::Tagged { .. } => None,
    }
}
