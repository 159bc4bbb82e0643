//! Every case under `tests/cases`: fragments, and beside them what they come to.
//!
//! What must hold: every resource of the program and every body of the script is what Pulumi Cloud's schemas ask for; the
//! same fragments give the same bytes in any order; two YAML readers read the program alike.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{bodies, cases, expect, folder, fragments, options, organization, read};
use serde_json::Value;
use stackgate_access::{Fragment, compose, places, render};
use stackgate_provider::{Artifact, yaml};

/// The composed fragment of a case.
fn composed(case: &Path) -> Fragment {
    compose(&organization(case), &fragments(case)).unwrap_or_else(|conflicts| {
        let all: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
        panic!("{}: {}", case.display(), all.join("\n"))
    })
}

fn files(case: &Path) -> Vec<Artifact> {
    render(&composed(case), &options(case)).unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

fn body<'a>(files: &'a [Artifact], name: &str) -> Option<&'a str> {
    files.iter().find(|file| file.path.ends_with(name)).map(|file| file.body.as_str())
}

#[test]
fn every_case_renders_to_what_lies_beside_it() {
    let mut wrong = Vec::new();
    for case in cases("cases") {
        let fragment = composed(&case);
        let expected = case.join("expected");
        expect(&expected.join("fragment.json"), &fragment.to_json().unwrap(), &mut wrong);
        let files = render(&fragment, &options(&case)).unwrap();
        for file in &files {
            let name = file.path.strip_prefix("pulumi-access/").unwrap();
            expect(&expected.join(name), &file.contents("organization.yaml"), &mut wrong);
            assert!(places().iter().any(|place| place.holds(&file.path)), "{}", file.path);
            assert!(file.body.ends_with('\n') && !file.body.ends_with("\n\n"), "{}: one final newline", file.path);
        }
        for name in ["apply.sh", "bootstrap.sh"] {
            let stray = body(&files, name).is_none() && expected.join(name).exists();
            assert!(!stray, "{}: nothing renders {name}", case.display());
        }
    }
    assert!(wrong.is_empty(), "bless with BLESS=1 and read the difference:\n{}", wrong.join("\n"));
}

#[test]
fn every_resource_is_what_the_provider_asks_for() {
    let schemas = common::schemas("provider");
    let systems = ["azuredevops", "github", "gitlab"].map(|name| (name, common::schemas(name)));
    let mut seen = BTreeSet::new();
    for case in cases("cases") {
        let files = files(&case);
        let text = body(&files, "Pulumi.yaml").unwrap();
        let program: Value = serde_yaml::from_str(text).unwrap();
        let resources = program["resources"].as_object().unwrap();
        for (name, resource) in resources {
            let kind = resource["type"].as_str().unwrap();
            if let Some(provider) = kind.strip_prefix("pulumi:providers:") {
                assert!(provider == "pulumiservice" && name == provider || name.starts_with("provider/"), "{name}");
                assert!(resource["options"]["version"].is_string(), "{name}");
                continue;
            }
            let Some(kind) = kind.strip_prefix("pulumiservice:index:") else {
                let (system, kind) = kind.split_once(':').unwrap();
                let (_, schemas) = systems.iter().find(|(name, _)| *name == system).unwrap();
                let faults = schemas.faults(kind, &resource["properties"]);
                assert!(faults.is_empty(), "{}: {name}: {}", case.display(), faults.join("; "));
                ci(resources, name, resource);
                seen.insert(format!("{system}:{kind}"));
                continue;
            };
            let faults = schemas.faults(kind, &resource["properties"]);
            assert!(faults.is_empty(), "{}: {name}: {}", case.display(), faults.join("; "));
            for on in resource["options"]["dependsOn"].as_array().into_iter().flatten() {
                let on = on.as_str().unwrap().strip_prefix("${[\"").unwrap().strip_suffix("\"]}").unwrap();
                assert!(resources.contains_key(on), "{name} waits for {on}, which is no resource");
            }
            match kind {
                "TeamStackPermission" => assert_eq!(resource["options"]["deleteBeforeReplace"], true, "{name}"),
                "OidcIssuer" => assert!(!resource["properties"]["policies"].as_array().unwrap().is_empty(), "{name}"),
                // The provider takes an absent list for an empty one, and would take every member out.
                "Team" => assert!(resource["properties"].get("members").is_some(), "{name}"),
                _ => {}
            }
        }
    }
    let known: BTreeSet<String> = systems
        .iter()
        .flat_map(|(system, schemas)| schemas.resources().map(move |kind| format!("{system}:{kind}")))
        .collect();
    assert_eq!(seen, known, "every resource whose schema is here is rendered by a case");
}

/// A resource of a CI system goes through that system's own provider, stays when it leaves the program, and names others that
/// are there.
fn ci(resources: &serde_json::Map<String, Value>, name: &str, resource: &Value) {
    let system = resource["type"].as_str().unwrap().split(':').next().unwrap();
    let options = &resource["options"];
    assert_eq!(options["retainOnDelete"], true, "{name}");
    let named = |reference: &Value| {
        let reference = reference.as_str().unwrap().strip_prefix("${[\"").unwrap();
        let (name, _) = reference.split_once("\"]").unwrap();
        resources.get(name).unwrap_or_else(|| panic!("{name} is no resource"))["type"].clone()
    };
    assert_eq!(named(&options["provider"]), format!("pulumi:providers:{system}"), "{name}");
    for on in options["dependsOn"].as_array().into_iter().flatten() {
        named(on);
    }
    for id in ["targetResourceId", "resourceId"] {
        let id = &resource["properties"][id];
        if id.as_str().is_some_and(|id| id.starts_with('$')) {
            assert_eq!(named(id), "azuredevops:Environment", "{name}");
            assert!(id.as_str().unwrap().ends_with("\"].id}"), "{name}");
        }
    }
    // What holds production back without anybody who could let it through would hold it for good, or not at all.
    let properties = &resource["properties"];
    for reviewers in properties["reviewers"].as_array().into_iter().flatten() {
        assert!(!reviewers.as_object().unwrap().is_empty(), "{name}");
    }
    assert!(properties.get("approvers").is_none_or(|all| !all.as_array().unwrap().is_empty()), "{name}");
}

#[test]
fn two_readers_of_yaml_read_the_program_alike() {
    for case in cases("cases") {
        let files = files(&case);
        let text = body(&files, "Pulumi.yaml").unwrap();
        let ours = yaml::parse(text, &yaml::Limits::PIPELINE).unwrap();
        let theirs: Value = serde_yaml::from_str(text).unwrap();
        assert_eq!(ours.as_mapping().unwrap().iter().count(), theirs.as_object().unwrap().len());
        let ours: Vec<String> = ours
            .as_mapping()
            .unwrap()
            .get("resources")
            .unwrap()
            .as_mapping()
            .unwrap()
            .iter()
            .map(|entry| entry.key.text.clone())
            .collect();
        let theirs: Vec<String> = theirs["resources"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(ours, theirs);
    }
}

/// A body without nulls: these are said to delete, and no schema marks what may be null.
fn given(value: &Value) -> Value {
    match value {
        Value::Object(entries) => entries
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), given(value)))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn every_body_is_what_the_api_asks_for() {
    let schemas = common::schemas("rest");
    let mut seen = Vec::new();
    for case in cases("cases") {
        let files = files(&case);
        for (command, body) in bodies(body(&files, "apply.sh").unwrap_or_default()) {
            let schema = match command.split(' ').next().unwrap() {
                "issuer" => "OidcIssuerRegistrationRequest",
                "policies" => "AuthPolicyUpdateRequest",
                "gate" => "CreateChangeGateRequest",
                "send" if command.contains("/deployments/settings") => "DeploymentSettingsRequest",
                "send" => "UpdateOrganizationRequest",
                other => panic!("{other} sends a body that nobody knows"),
            };
            seen.push(schema);
            let faults = schemas.faults(schema, &given(&body));
            assert!(faults.is_empty(), "{}: {command}: {}", case.display(), faults.join("; "));
        }
        // The script sends some issuers' policies alone; the program has the rest.
        for issuer in composed(&case).issuers.values() {
            let body = serde_json::json!({ "policies": issuer.policies });
            let faults = schemas.faults("AuthPolicyUpdateRequest", &body);
            assert!(faults.is_empty(), "{}: {}", case.display(), faults.join("; "));
        }
        for settings in composed(&case).deployments {
            let request = serde_json::from_str(&settings.request()).unwrap();
            let faults = schemas.faults("CreateDeploymentRequest", &request);
            assert!(faults.is_empty(), "{}: {}", settings.reference(), faults.join("; "));
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5, "no case has every body: {seen:?}");
}

#[test]
fn the_checker_of_schemas_finds_what_is_wrong() {
    let (rest, provider) = (common::schemas("rest"), common::schemas("provider"));
    let github = common::schemas("github");
    for (set, schema, wrong) in [
        (&rest, "UpdateOrganizationRequest", r#"{ "setDefaultStackPermission": 100 }"#),
        (&rest, "UpdateOrganizationRequest", r#"{ "defaultStackPermission": 0 }"#),
        (&rest, "AuthPolicyUpdateRequest", r#"{ "policies": [{ "decision": "allow" }] }"#),
        (&rest, "AuthPolicyUpdateRequest", r#"{}"#),
        (&rest, "DeploymentSettingsRequest", r#"{ "agentPoolId": "x" }"#),
        (&rest, "DeploymentSettingsRequest", r#"{ "vcs": { "provider": "svn" } }"#),
        (&rest, "UpdateTeamRequest", r#"{ "member": "x", "memberAction": "drop" }"#),
        (&rest, "CreateDeploymentRequest", r#"{ "operation": "up" }"#),
        (
            &provider,
            "TeamStackPermission",
            r#"{ "organization": "a", "project": "p", "stack": "s", "team": "t", "permission": "102" }"#,
        ),
        (
            &provider,
            "TeamStackPermission",
            r#"{ "organization": "a", "project": "p", "stack": "s", "team": "t", "permission": 104 }"#,
        ),
        (&provider, "Team", r#"{ "organizationName": "a", "teamType": "pulumi", "member": [] }"#),
        (&provider, "DriftSchedule", r#"{ "organization": "a", "project": "p", "stack": "s" }"#),
        (&github, "RepositoryEnvironment", r#"{ "repository": "a" }"#),
        (
            &github,
            "RepositoryEnvironment",
            r#"{ "repository": "a", "environment": "e", "reviewers": [{ "team": [1] }] }"#,
        ),
    ] {
        assert!(!set.faults(schema, &serde_json::from_str(wrong).unwrap()).is_empty(), "{schema} takes {wrong}");
    }
    let removal = serde_json::json!({ "member": "x", "memberAction": "remove" });
    assert!(rest.faults("UpdateTeamRequest", &removal).is_empty());
}

#[test]
fn the_order_of_fragments_decides_nothing_but_the_order_of_policies() {
    for case in cases("cases") {
        let own = organization(&case);
        let mut fragments = fragments(&case);
        let forward = compose(&own, &fragments).unwrap();
        fragments.reverse();
        let mut backward = compose(&own, &fragments).unwrap();
        for (url, issuer) in &mut backward.issuers {
            let mut before: Vec<String> =
                forward.issuers[url].policies.iter().map(|policy| format!("{policy:?}")).collect();
            let mut after: Vec<String> = issuer.policies.iter().map(|policy| format!("{policy:?}")).collect();
            before.sort();
            after.sort();
            assert_eq!(before, after);
            issuer.policies.clone_from(&forward.issuers[url].policies);
        }
        assert_eq!(forward.to_json().unwrap(), backward.to_json().unwrap(), "{}", case.display());
    }
}

#[test]
fn the_order_within_a_fragment_decides_nothing_in_the_files() {
    for case in cases("cases") {
        let fragment = composed(&case);
        let mut turned = fragment.clone();
        turned.stacks.reverse();
        turned.teams.reverse();
        turned.issuers.reverse();
        for team in turned.teams.values_mut() {
            team.stacks.reverse();
            team.environments.reverse();
        }
        assert_eq!(render(&turned, &options(&case)).unwrap(), render(&fragment, &options(&case)).unwrap());
    }
}

#[test]
fn every_case_is_a_fragment_again() {
    for case in cases("cases") {
        let text = read(&folder("cases").join(case.file_name().unwrap()).join("expected/fragment.json"));
        assert_eq!(Fragment::from_json(&text).unwrap().to_json().unwrap(), text, "{}", case.display());
    }
}
