//! Tables of a JSON Schema's properties.

use std::fmt::Write as _;

use serde_json::Value;

use super::cell;

/// Writes the properties of an object schema as a table: key, type, whether it is required, description.
pub(crate) fn table(out: &mut String, schema: &Value, root: &Value) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    out.push_str("| key | value | | meaning |\n| --- | --- | --- | --- |\n");
    for (key, property) in properties {
        let needed = if required.contains(&key.as_str()) { "required" } else { "" };
        let description = description(property, root);
        let _ = writeln!(out, "| `{key}` | {} | {needed} | {} |", kind(property, root), cell(&description));
    }
}

/// A property's own description, or that of what it refers to.
fn description(property: &Value, root: &Value) -> String {
    if let Some(text) = property["description"].as_str() {
        return text.to_owned();
    }
    target(property, root).and_then(|target| target["description"].as_str()).unwrap_or_default().to_owned()
}

fn target<'a>(property: &'a Value, root: &'a Value) -> Option<&'a Value> {
    let name = property["$ref"].as_str()?.strip_prefix("#/$defs/")?;
    root["$defs"].get(name)
}

/// What a value may be, in a few words; a mapping with keys of its own is a link to its section.
pub(crate) fn kind(property: &Value, root: &Value) -> String {
    if let Some(name) = property["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
        let Some(target) = root["$defs"].get(name) else { return name.to_owned() };
        if target["properties"].is_object() || has_mapping(target) {
            return format!("[{name}](#{})", anchor(name));
        }
        return kind(target, root);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(options) = property[choice].as_array() {
            let options = options.iter().filter(|option| option["type"] != "null");
            let mut kinds: Vec<String> = options.map(|option| kind(option, root)).collect();
            kinds.dedup();
            return kinds.join(" or ");
        }
    }
    if let Some(value) = property.get("const") {
        return format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    if let Some(values) = property["enum"].as_array() {
        let words: Vec<String> = values.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(" or ");
    }
    // What may be absent is null to the schema, and a field that is left out to the reader.
    let listed = property["type"].as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
    match listed.unwrap_or(&property["type"]).as_str() {
        Some("array") => format!("list of {}", kind(&property["items"], root)),
        Some("object") if property["additionalProperties"].is_object() => {
            format!("mapping of {}", kind(&property["additionalProperties"], root))
        }
        Some("object") => "mapping".to_owned(),
        Some("string") => "text".to_owned(),
        Some("integer") => "number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        _ => "anything".to_owned(),
    }
}

/// Whether one of several forms is a mapping with keys of its own.
pub(crate) fn has_mapping(schema: &Value) -> bool {
    ["oneOf", "anyOf"].iter().any(|choice| {
        schema[*choice].as_array().is_some_and(|options| options.iter().any(|option| option["properties"].is_object()))
    })
}

/// The anchor that a heading gets.
pub(crate) fn anchor(name: &str) -> String {
    name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}
