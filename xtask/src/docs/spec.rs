//! The page of the spec, from its JSON Schema.

use std::fmt::Write as _;

use serde_json::Value;

use super::{GENERATED, schema};

pub(crate) fn page() -> String {
    let root: Value = serde_json::from_str(&stackgate::spec_schema()).unwrap_or_default();
    let mut out = format!(
        "# The spec\n\n{GENERATED}\n\n`stackgate.yaml`, key by key. `stackgate schema` prints the same as JSON Schema, for editors; \
         the guide shows it by examples.\n\n"
    );
    schema::table(&mut out, &root, &root);
    out.push_str("\n## Providers\n");
    if let Some(providers) = root["properties"]["providers"]["properties"].as_object() {
        for (id, provider) in providers {
            let name = provider["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/"));
            let options = name.and_then(|name| root["$defs"].get(name)).unwrap_or(provider);
            let _ = write!(out, "\n### `{id}`: {}\n\n", provider["title"].as_str().unwrap_or(id));
            schema::table(&mut out, options, &root);
        }
    }
    out.push_str("\n## Mappings\n");
    let providers: Vec<&str> = root["properties"]["providers"]["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, provider)| provider["$ref"].as_str()?.strip_prefix("#/$defs/"))
        .collect();
    for (name, definition) in root["$defs"].as_object().into_iter().flatten() {
        let object = if definition["properties"].is_object() {
            Some(definition)
        } else {
            ["oneOf", "anyOf"].iter().find_map(|choice| {
                definition[*choice]
                    .as_array()
                    .and_then(|options| options.iter().find(|option| option["properties"].is_object()))
            })
        };
        let Some(object) = object.filter(|_| !providers.contains(&name.as_str())) else { continue };
        let _ = write!(out, "\n### {name}\n\n");
        if let Some(text) = definition["description"].as_str() {
            let _ = write!(out, "{text}\n\n");
        }
        if schema::has_mapping(definition) {
            out.push_str("Also in short, as text.\n\n");
        }
        schema::table(&mut out, object, &root);
    }
    out
}
