//! Whether our reader of YAML and one that is not ours read the same; tests and fuzz targets share it. It says nothing
//! about which of them is right.

#![allow(dead_code, reason = "each user needs one of the two")]

use stackgate::adapter::yaml::{Limits, Node, Value, parse};

/// Whether both read the same tree.
pub(crate) fn agree(body: &str) -> bool {
    let ours = parse(body, &Limits::PIPELINE).unwrap();
    let theirs: serde_yaml::Value = serde_yaml::from_str(body).unwrap();
    same(&ours, &theirs)
}

/// Whether both trees hold the same texts; what one types as a number or a boolean is compared by how it was written.
pub(crate) fn same(ours: &Node, theirs: &serde_yaml::Value) -> bool {
    match (&ours.value, theirs) {
        (Value::Null, serde_yaml::Value::Null) => true,
        (Value::Scalar(scalar), serde_yaml::Value::String(text)) => scalar.text == *text,
        (Value::Scalar(scalar), serde_yaml::Value::Bool(value)) => scalar.plain && scalar.text == value.to_string(),
        (Value::Scalar(scalar), serde_yaml::Value::Number(value)) => scalar.plain && scalar.text == value.to_string(),
        (Value::Sequence(items), serde_yaml::Value::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Mapping(mapping), serde_yaml::Value::Mapping(other)) => {
            mapping.len() == other.len()
                && mapping
                    .iter()
                    .all(|entry| other.get(entry.key.text.as_str()).is_some_and(|theirs| same(&entry.value, theirs)))
        }
        _ => false,
    }
}
