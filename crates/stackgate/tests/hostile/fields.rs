//! The fields of a spec, from its JSON Schema: every place that a text can stand in, so that none can be forgotten.
//!
//! What must hold: a construct of the schema that this does not know fails, instead of hiding what is below it.

use std::collections::BTreeMap;

use serde_json::Value;

/// One step from the root of a spec to a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A key that the schema names.
    Key(String),
    /// The value of any key of the user's own.
    Any,
    /// Any item of a list.
    Item,
}

/// What stands in a field. The later a kind stands here, the more it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A key that a closed mapping does not know.
    Unknown,
    /// A number, a boolean or a constant.
    Other,
    /// One of a few words.
    Choice,
    /// A text.
    Text,
    /// A key of the user's own.
    Key,
}

/// A field: its steps, and what stands there.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) steps: Vec<Step>,
    pub(crate) kind: Kind,
    /// Such as `projects.*.stacks.KEY`, or `gitlab.tags[]` below `providers`.
    pub(crate) name: String,
}

impl Field {
    /// The last key that the schema names: what a diagnostic must call the field by.
    pub(crate) fn key(&self) -> &str {
        let mut keys = self.steps.iter().filter_map(|step| match step {
            Step::Key(key) if !key.is_empty() => Some(key.as_str()),
            _ => None,
        });
        keys.next_back().unwrap_or_default()
    }

    /// Whether the field has a name of its own. A key of the user's, and what stands under one, has the line alone.
    pub(crate) fn has_name(&self) -> bool {
        let named = |step: &Step| matches!(step, Step::Key(key) if !key.is_empty());
        let last = self.steps.iter().rfind(|step| **step != Step::Item);
        !matches!(self.kind, Kind::Unknown | Kind::Key) && last.is_some_and(named)
    }

    /// Whether the field takes texts that are not in a list of a few.
    pub(crate) fn is_open(&self) -> bool {
        self.kind >= Kind::Text
    }
}

/// Every field of a schema, by name.
pub(crate) fn fields(schema: &str) -> Vec<Field> {
    let root: Value = serde_json::from_str(schema).unwrap();
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut Vec::new(), &mut found);
    let field = |((steps, unknown), kind): ((Vec<Step>, bool), Kind)| {
        let kind = if unknown { Kind::Unknown } else { kind };
        Field { name: name(&steps, kind), kind, steps }
    };
    found.into_iter().map(field).collect()
}

/// Fields by their steps. A key of the user's own and one that nobody knows stand below the same steps as what they open.
type Found = BTreeMap<(Vec<Step>, bool), Kind>;

fn note(found: &mut Found, steps: &[Step], kind: Kind) {
    let entry = found.entry((steps.to_vec(), kind == Kind::Unknown)).or_insert(kind);
    *entry = (*entry).max(kind);
}

fn walk(root: &Value, node: &Value, steps: &mut Vec<Step>, found: &mut Found) {
    let mut known = false;
    if let Some(target) = node.get("$ref").and_then(Value::as_str) {
        walk(root, root.pointer(target.trim_start_matches('#')).unwrap(), steps, found);
        known = true;
    }
    for several in ["anyOf", "oneOf", "allOf"] {
        for one in node.get(several).and_then(Value::as_array).into_iter().flatten() {
            walk(root, one, steps, found);
            known = true;
        }
    }
    if let Some(words) = node.get("enum").and_then(Value::as_array) {
        let kind = if words.iter().all(Value::is_string) { Kind::Choice } else { Kind::Other };
        return note(found, steps, kind);
    }
    if let Some(constant) = node.get("const") {
        return note(found, steps, if constant.is_string() { Kind::Choice } else { Kind::Other });
    }
    match node.get("type").and_then(Value::as_str) {
        // Where a choice says its type once more, its words are what counts.
        Some("string") if known => {}
        Some("string") => note(found, steps, Kind::Text),
        Some("boolean" | "integer") => note(found, steps, Kind::Other),
        Some("array") => {
            steps.push(Step::Item);
            walk(root, &node["items"], steps, found);
            steps.pop();
        }
        Some("object") => object(root, node, steps, found),
        None if known => {}
        other => panic!("{}: the walk knows no {other:?}: {node}", name(steps, Kind::Text)),
    }
}

fn object(root: &Value, node: &Value, steps: &mut Vec<Step>, found: &mut Found) {
    for (key, value) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        steps.push(Step::Key(key.clone()));
        walk(root, value, steps, found);
        steps.pop();
    }
    match node.get("additionalProperties") {
        Some(Value::Bool(false)) => note(found, steps, Kind::Unknown),
        Some(value @ Value::Object(_)) => {
            // The key is a field of the mapping, and so is the value, one step further.
            steps.push(Step::Any);
            walk(root, value, steps, found);
            steps.pop();
            steps.push(Step::Key(String::new()));
            note(found, steps, Kind::Key);
            steps.pop();
        }
        other => panic!("{}: the walk knows no mapping with {other:?}", name(steps, Kind::Text)),
    }
}

fn name(steps: &[Step], kind: Kind) -> String {
    let mut name = String::new();
    for step in steps {
        let (dot, text) = match step {
            Step::Item => ("", "[]"),
            Step::Any => (".", "*"),
            Step::Key(key) if key.is_empty() => (".", "KEY"),
            Step::Key(key) => (".", key.as_str()),
        };
        if !name.is_empty() {
            name.push_str(dot);
        }
        name.push_str(text);
    }
    if kind == Kind::Unknown {
        let dot = if name.is_empty() { "" } else { "." };
        name.push_str(dot);
        name.push_str("UNKNOWN");
    }
    name
}
