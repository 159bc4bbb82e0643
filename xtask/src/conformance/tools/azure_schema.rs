//! Microsoft's schema of Azure Pipelines, as check-jsonschema ships it, made usable for what we ask.
//!
//! What must hold: nothing is taken out of it. Tasks that it does not define are added with the inputs that the reviewed
//! list names, and no others are taken; texts may be written as any scalar where the service itself reads them so.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::Result;
use crate::conformance::batch::Batch;
use crate::conformance::install::Rig;

/// How a scalar in the schema is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalars {
    /// As it says. The language service knows by itself that every scalar is a text to Azure.
    AsWritten,
    /// `fetchDepth: 1` is a text to Azure, and so says the schema; to a JSON validator it is a number.
    AnyForText,
}

/// Writes the schema for this batch, and says where.
pub(crate) fn write(rig: &Rig, batch: &Batch, scalars: Scalars) -> Result<PathBuf> {
    let file = rig.python_file("check_jsonschema/builtin_schemas/vendor/azure-pipelines.json")?;
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    for (name, inputs) in &batch.tasks {
        add_task(&mut schema, name, inputs)?;
    }
    if scalars == Scalars::AnyForText {
        widen(&mut schema);
    }
    let path = batch.folder.join("schema.json");
    std::fs::write(&path, serde_json::to_string(&schema)?)?;
    Ok(path)
}

/// A task as the schema defines them: its name among the names, and an alternative with its inputs.
fn add_task(schema: &mut Value, name: &str, inputs: &[String]) -> Result<()> {
    let task = &mut schema["definitions"]["task"];
    let names = task["properties"]["task"]["anyOf"].as_array_mut().ok_or("the schema lists its tasks elsewhere")?;
    names.push(json!({ "enum": [name], "ignoreCase": "value" }));
    let properties: serde_json::Map<String, Value> =
        inputs.iter().map(|input| (input.clone(), json!({ "type": "string", "ignoreCase": "key" }))).collect();
    let alternatives = task["anyOf"].as_array_mut().ok_or("the schema defines its tasks elsewhere")?;
    alternatives.push(json!({
        "firstProperty": ["task"],
        "required": ["task"],
        "properties": {
            "task": { "pattern": format!("^{name}$"), "ignoreCase": "value" },
            "inputs": { "properties": properties, "additionalProperties": false },
        },
    }));
    Ok(())
}

fn widen(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(kind) = object.get_mut("type") {
                match kind.as_str() {
                    Some("string") => *kind = json!(["string", "number", "boolean"]),
                    Some("boolean") => *kind = json!(["boolean", "string"]),
                    Some("integer" | "number") => *kind = json!(["number", "string"]),
                    _ => {}
                }
            }
            // What `enum` and `const` hold are values, not schemas.
            object.iter_mut().filter(|(key, _)| *key != "enum" && *key != "const").for_each(|(_, value)| widen(value));
        }
        Value::Array(values) => values.iter_mut().for_each(widen),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_widen_but_values_stay() {
        let mut schema =
            json!({ "a": { "type": "string" }, "b": [{ "type": "boolean", "enum": [{ "type": "string" }] }] });
        widen(&mut schema);
        let widened = json!({
            "a": { "type": ["string", "number", "boolean"] },
            "b": [{ "type": ["boolean", "string"], "enum": [{ "type": "string" }] }],
        });
        assert_eq!(schema, widened);
    }

    #[test]
    fn a_task_is_added_with_its_inputs_alone() {
        let mut schema =
            json!({ "definitions": { "task": { "properties": { "task": { "anyOf": [] } }, "anyOf": [] } } });
        add_task(&mut schema, "New@1", &["version".into()]).unwrap();
        let inputs = &schema["definitions"]["task"]["anyOf"][0]["properties"]["inputs"];
        assert_eq!(inputs["additionalProperties"], json!(false));
        assert!(inputs["properties"].get("version").is_some());
        assert!(add_task(&mut json!({}), "New@1", &[]).is_err());
    }
}
