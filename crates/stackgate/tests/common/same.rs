//! Whether a second, independent YAML parser reads the same as ours. The tests and the fuzz targets share it.

use stackgate::adapter::yaml::{Node, Value};

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
