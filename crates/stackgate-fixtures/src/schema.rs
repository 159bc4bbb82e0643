//! A strict reader of schemas that were cut out of large documents.
//!
//! What must hold: an object has no key that its schema does not name; a keyword that is not known here fails. Deliberately
//! absent: whatever these schemas do not use.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

/// A set of schemas by name.
#[derive(Debug, Clone)]
pub struct Schemas(Map<String, Value>);

impl Schemas {
    /// The schemas of a file.
    ///
    /// # Panics
    /// When it is none.
    pub fn load(path: &Path) -> Schemas {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Schemas(serde_json::from_str(&text).unwrap())
    }

    /// The names of those that nothing here refers to.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        let text = Value::Object(self.0.clone()).to_string();
        self.0.keys().map(String::as_str).filter(move |name| !text.contains(&format!("{{\"$ref\":\"{name}\"}}")))
    }

    /// What is wrong with a value, as the schema of that name has it.
    ///
    /// # Panics
    /// When there is no schema of that name, or one with a keyword that is not known here.
    pub fn faults(&self, schema: &str, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let schema = self.0.get(schema).unwrap_or_else(|| panic!("no schema {schema}"));
        self.check(schema, value, "", &mut faults);
        faults
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(name) => self.resolve(self.0.get(name).unwrap_or_else(|| panic!("no schema {name}"))),
            None => schema,
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        // What the provider passes on as it is.
        if schema.get("$ref").and_then(Value::as_str) == Some("pulumi.json#/Any") {
            return;
        }
        let schema = self.chosen(self.resolve(schema), value, at, faults);
        const KNOWN: [&str; 9] = [
            "type",
            "properties",
            "required",
            "enum",
            "items",
            "additionalProperties",
            "allOf",
            "discriminator",
            "format",
        ];
        for key in schema.as_object().unwrap().keys() {
            assert!(KNOWN.contains(&key.as_str()), "{at}: the keyword {key} is not known here");
        }
        if schema.get("enum").is_some_and(|all| !all.as_array().unwrap().contains(value)) {
            faults.push(format!("{at}: {value} is none of {}", schema["enum"]));
        }
        let (mut properties, mut required) = (BTreeMap::new(), Vec::new());
        self.flatten(schema, &mut properties, &mut required);
        let kind = schema.get("type").and_then(Value::as_str).unwrap_or("object");
        match (kind, value) {
            ("string", Value::String(_)) | ("boolean", Value::Bool(_)) => {}
            ("integer" | "number", Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            ("array", Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{at}/{index}"), faults);
                }
            }
            ("object", Value::Object(entries)) => {
                let more = schema.get("additionalProperties");
                for (key, value) in entries {
                    let at = format!("{at}/{key}");
                    match properties.get(key.as_str()).copied().or(more) {
                        Some(schema) => self.check(schema, value, &at, faults),
                        None => faults.push(format!("{at}: there is no such key")),
                    }
                }
                for name in required {
                    if !entries.contains_key(name) {
                        faults.push(format!("{at}: {name} is missing"));
                    }
                }
            }
            _ => faults.push(format!("{at}: {value} is no {kind}")),
        }
    }

    /// The schema that a discriminator chooses.
    fn chosen<'s>(&'s self, schema: &'s Value, value: &Value, at: &str, faults: &mut Vec<String>) -> &'s Value {
        let Some(discriminator) = schema.get("discriminator") else { return schema };
        let word = value.get(discriminator["propertyName"].as_str().unwrap()).and_then(Value::as_str);
        match word.and_then(|word| discriminator["mapping"].get(word)) {
            Some(name) => &self.0[name.as_str().unwrap()],
            None => {
                faults.push(format!("{at}: {word:?} chooses no schema"));
                schema
            }
        }
    }

    fn flatten<'s>(
        &'s self,
        schema: &'s Value,
        properties: &mut BTreeMap<&'s str, &'s Value>,
        required: &mut Vec<&'s str>,
    ) {
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.flatten(self.resolve(part), properties, required);
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            properties.insert(name, property);
        }
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter_map(Value::as_str));
    }
}
