//! The JSON Schema of the spec, from the types that read it.
//!
//! What must always hold: `providers` has one property for each provider of this program and no other, each with that
//! provider's own options. Deliberately absent: `$id`, since the schema lies beside the spec that it belongs to.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::provider_id;
use crate::spec::Spec;

/// The options of one provider.
#[derive(Clone, Debug)]
pub struct ProviderSchema {
    /// The provider's id, the key under `providers`.
    pub id: &'static str,
    /// What the provider is called: "GitHub Actions".
    pub title: &'static str,
    /// The schema of its options; its own `$defs` are taken along.
    pub schema: Schema,
}

/// The schema of a whole spec, in draft 2020-12.
#[must_use]
pub fn schema(providers: &[ProviderSchema]) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Spec>().to_value();
    let ids: Vec<&str> = providers.iter().map(|provider| provider.id).collect();
    let mut definitions = take_definitions(&mut schema);
    definitions.insert(provider_id::DEFINITION.into(), json!({ "type": "string", "enum": ids }));
    let mut properties = Map::new();
    for provider in providers {
        let (options, own) = embed(provider);
        properties.insert(provider.id.into(), options);
        definitions.extend(own);
    }
    if let Some(node) = schema.pointer_mut("/properties/providers").and_then(Value::as_object_mut) {
        node.insert("type".into(), "object".into());
        node.insert("properties".into(), properties.into());
        node.insert("additionalProperties".into(), false.into());
        node.insert("minProperties".into(), 1.into());
    }
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), "stackgate.yaml".into());
        root.insert("$defs".into(), definitions.into());
    }
    schema
}

/// A provider's options without `$schema` and `$defs`, and its definitions under names that no other provider has.
fn embed(provider: &ProviderSchema) -> (Value, Map<String, Value>) {
    let mut options = provider.schema.clone().to_value();
    let mut own = take_definitions(&mut options);
    rename(&mut options, provider.id);
    own.values_mut().for_each(|definition| rename(definition, provider.id));
    if let Some(object) = options.as_object_mut() {
        object.remove("$schema");
        object.insert("title".into(), provider.title.into());
    }
    let own = own.into_iter().map(|(name, definition)| (format!("{}.{name}", provider.id), definition));
    (options, own.collect())
}

fn take_definitions(schema: &mut Value) -> Map<String, Value> {
    match schema.as_object_mut().and_then(|object| object.remove("$defs")) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    }
}

/// Puts the provider's id before every definition that is referred to.
fn rename(schema: &mut Value, id: &str) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(target) if key == "$ref" => {
                        if let Some(name) = target.strip_prefix("#/$defs/") {
                            *target = format!("#/$defs/{id}.{name}");
                        }
                    }
                    value => rename(value, id),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, id)),
        _ => {}
    }
}

/// The schema of a provider's options as its type gives it, for [`ProviderSchema`].
impl ProviderSchema {
    /// The options of type `T`.
    #[must_use]
    pub fn of<T: JsonSchema>(id: &'static str, title: &'static str) -> ProviderSchema {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
        ProviderSchema { id, title, schema }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    stackgate_yaml::mapping! {
        /// Options of a test.
        struct Options {
            /// A choice.
            kind: Option<Kind>,
        }
    }

    stackgate_yaml::choice! {
        enum Kind { A = "a" }
    }

    fn whole() -> Value {
        schema(&[
            ProviderSchema::of::<Options>("github", "GitHub Actions"),
            ProviderSchema::of::<Options>("gitlab", "GitLab CI"),
        ])
    }

    #[test]
    fn every_reference_has_a_definition() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(object) => {
                    found.extend(object.get("$ref").and_then(Value::as_str));
                    object.values().for_each(|value| references(value, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let schema = whole();
        let mut found = Vec::new();
        references(&schema, &mut found);
        assert!(found.len() > 10);
        for reference in found {
            let name = reference.strip_prefix("#/$defs/").unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{reference} leads nowhere");
        }
    }

    #[test]
    fn providers_are_closed_and_named() {
        let schema = whole();
        let providers = &schema["properties"]["providers"];
        assert_eq!(providers["additionalProperties"], false);
        assert_eq!(providers["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["github", "gitlab"]);
        assert_eq!(providers["properties"]["gitlab"]["properties"]["kind"]["$ref"], "#/$defs/gitlab.Kind");
        assert_eq!(schema["$defs"]["ProviderId"]["enum"], json!(["github", "gitlab"]));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], json!(["version", "organization", "providers", "projects"]));
    }

    #[test]
    fn every_property_is_described() {
        fn walk(value: &Value, path: &str) {
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                for (key, property) in properties.iter().filter(|_| !path.contains("providers")) {
                    assert!(property.get("description").is_some(), "{path}.{key} has no description");
                }
            }
            match value {
                Value::Object(object) => object.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"))),
                Value::Array(items) => items.iter().for_each(|item| walk(item, path)),
                _ => {}
            }
        }
        walk(&whole(), "");
    }

    #[test]
    fn names_have_patterns() {
        let schema = whole();
        assert_eq!(schema["properties"]["organization"]["pattern"], "^[A-Za-z0-9][A-Za-z0-9_-]{1,38}[A-Za-z0-9]$");
        assert_eq!(schema["properties"]["projects"]["propertyNames"]["pattern"], "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$");
    }
}
