//! A chore: cuts the schemas that the tests need out of the large documents. `tests/schemas/README.md` says how.
//!
//! What must hold: nothing is changed but what that page lists.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed chore with a place")]

mod common;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Bodies that are rendered, and those of the same routes.
const BODIES: [&str; 9] = [
    "AuthPolicyUpdateRequest",
    "CreateChangeGateRequest",
    "CreateDeploymentRequest",
    "DeploymentSettingsRequest",
    "OidcIssuerRegistrationRequest",
    "OidcIssuerUpdateRequest",
    "UpdateChangeGateRequest",
    "UpdateOrganizationRequest",
    "UpdateTeamRequest",
];

/// Bodies that are read: of a review, of the audit log and of the deployments.
const ANSWERS: [&str; 17] = [
    "AppListStacksResponse",
    "AuthPolicy",
    "DeploymentSettings",
    "EnvironmentMetadata",
    "EnvironmentSettings",
    "ListAccessTokensResponse",
    "ListChangeGatesResponse",
    "ListDeploymentResponseV2",
    "ListEnvironmentsResponse",
    "ListOidcIssuersResponse",
    "ListOrganizationMembersResponse",
    "ListRolesResponse",
    "ListStackCollaboratorsResponse",
    "ListTeamsResponse",
    "OrganizationMetadata",
    "ResponseAuditLogs",
    "Team",
];

const RESOURCES: [&str; 11] = [
    "ApprovalRule",
    "DeploymentSchedule",
    "DeploymentSettings",
    "DriftSchedule",
    "OidcIssuer",
    "OrganizationRole",
    "Team",
    "TeamEnvironmentPermission",
    "TeamRoleAssignment",
    "TeamStackPermission",
    "TtlSchedule",
];

/// Resources of the CI systems' providers, each with the name of its document.
const SYSTEMS: [(&str, &[&str]); 3] = [
    (
        "azuredevops",
        &[
            "BranchPolicyBuildValidation",
            "BranchPolicyMinReviewers",
            "CheckApproval",
            "CheckBranchControl",
            "CheckExclusiveLock",
            "Environment",
            "PipelineAuthorization",
        ],
    ),
    ("github", &["BranchProtection", "RepositoryEnvironment", "RepositoryEnvironmentDeploymentPolicy"]),
    ("gitlab", &["BranchProtection", "ProjectProtectedEnvironment"]),
];

#[test]
#[ignore = "a chore; needs the documents"]
fn cut() {
    let folder = std::env::var("SCHEMA_SOURCES").expect("SCHEMA_SOURCES names the folder with the documents");
    let load = |name: &str| -> Value {
        let bytes = std::fs::read(Path::new(&folder).join(name)).unwrap();
        println!("{}  {name}", Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        serde_json::from_slice(&bytes).unwrap()
    };
    let rest = load("pulumi-cloud-openapi.json");
    let schemas = &rest["components"]["schemas"];
    let mut out = BTreeMap::new();
    for name in BODIES {
        take(schemas, name, &mut out);
    }
    write("rest", &out);
    let mut answers = BTreeMap::new();
    for name in ANSWERS {
        take(schemas, name, &mut answers);
    }
    write("../../../stackgate-cloud-fixtures/schemas/rest", &answers);
    let scope = &schemas["PermissionDescriptorAllow"]["allOf"][1]["properties"]["permissions"]["items"];
    write("scopes", &BTreeMap::from([("Scope".to_owned(), clean(scope, schemas, &mut Vec::new()))]));
    let provider = load("pulumiservice-subset.json");
    write("provider", &resources(&provider, &RESOURCES));
    for (name, wanted) in SYSTEMS {
        write(name, &resources(&load(&format!("{name}-schema.json")), wanted));
    }
}

/// The inputs of resources, and the types that they need, by plain names.
fn resources(provider: &Value, names: &[&str]) -> BTreeMap<String, Value> {
    let types = provider["types"].as_object().unwrap();
    let types: Value = types.iter().map(|(name, schema)| (short(name), schema.clone())).collect();
    let all = provider["resources"].as_object().unwrap();
    let mut out = BTreeMap::new();
    for name in names {
        let (_, resource) = all.iter().find(|(token, _)| short(token) == *name).unwrap();
        let schema = json!({
            "type": "object",
            "properties": resource["inputProperties"],
            "required": resource["requiredInputs"],
        });
        let mut wanted = Vec::new();
        out.insert((*name).to_owned(), clean(&schema, &types, &mut wanted));
        while let Some(name) = wanted.pop() {
            if let Entry::Vacant(entry) = out.entry(name.clone()) {
                entry.insert(clean(&types[&name], &types, &mut wanted));
            }
        }
    }
    out
}

fn take(schemas: &Value, name: &str, out: &mut BTreeMap<String, Value>) {
    if out.contains_key(name) {
        return;
    }
    let mut wanted = Vec::new();
    // The document describes how a program keeps a key, not how it is sent; and an object where any value goes.
    let schema = match name {
        "JSONWebKeySet" => json!({
            "type": "object",
            "properties": { "keys": { "type": "array", "items": { "type": "object", "additionalProperties": { "type": "string" } } } },
            "required": ["keys"],
        }),
        _ => clean(&schemas[name], schemas, &mut wanted),
    };
    out.insert(name.to_owned(), schema);
    for name in wanted {
        take(schemas, &name, out);
    }
    if name == "AuthPolicyDefinition" {
        out.get_mut(name).unwrap()["properties"]["rules"]["additionalProperties"] = json!({ "type": "string" });
    }
}

/// A schema without words for people, with references by plain names.
fn clean(schema: &Value, all: &Value, wanted: &mut Vec<String>) -> Value {
    let Value::Object(entries) = schema else {
        return match schema {
            Value::Array(items) => items.iter().map(|item| clean(item, all, wanted)).collect(),
            Value::String(text) if text.starts_with("#/") => {
                let name = short(text);
                assert!(all.get(&name).is_some(), "{name}");
                wanted.push(name.clone());
                name.into()
            }
            other => other.clone(),
        };
    };
    if entries.contains_key("$ref") {
        return json!({ "$ref": clean(&entries["$ref"], all, wanted) });
    }
    const DROPPED: [&str; 12] = [
        "description",
        "deprecated",
        "example",
        "default",
        "defaultInfo",
        "willReplaceOnChanges",
        "replaceOnChanges",
        "deprecationMessage",
        "secret",
        "language",
        "x-order",
        "const",
    ];
    let kept = entries.iter().filter(|(key, value)| {
        // A property may be called `description`; then its value is a schema.
        let is_schema = value.get("type").is_some() || value.get("$ref").is_some();
        !(key.starts_with("x-") || DROPPED.contains(&key.as_str()) && !is_schema)
    });
    kept.map(|(key, value)| {
        let value = match (key.as_str(), value.as_array()) {
            // The provider gives each value with words beside it.
            ("enum", Some(values)) => values.iter().map(|value| value.get("value").unwrap_or(value).clone()).collect(),
            _ => clean(value, all, wanted),
        };
        (key.clone(), value)
    })
    .filter(|(_, value)| !value.is_null())
    .collect()
}

fn short(reference: &str) -> String {
    reference.rsplit(['/', ':']).next().unwrap().to_owned()
}

fn write(name: &str, schemas: &BTreeMap<String, Value>) {
    let text = serde_json::to_string_pretty(&serde_json::to_value(schemas).unwrap()).unwrap() + "\n";
    std::fs::write(common::folder("schemas").join(format!("{name}.json")), text).unwrap();
}
