//! What Pulumi Cloud answers after a declaration was applied, and how it pages.
//!
//! What must hold: the cases are fragments that another crate's tests render, so that they are real ones.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::path::Path;

use serde_json::{Value, json};
use stackgate_access::{Fragment, Options};
use stackgate_cloud::Api as _;
use stackgate_cloud_fixtures::{OPERATOR, World, applied, id};

fn world() -> World {
    let path = "../stackgate-access/tests/cases/organization/expected/fragment.json";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let options = Options { approvers: Some("security".into()), gate_open: true, ..Options::default() };
    applied(&Fragment::from_json(&text).unwrap(), &options)
}

fn body(world: &World, path: &str) -> Value {
    let answer = world.get(path).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[test]
fn teams_have_what_was_granted() {
    let world = world();
    let team = body(&world, "/api/orgs/acme/teams/network-production");
    assert_eq!(team["kind"], "pulumi");
    assert_eq!(team["members"], json!([]));
    assert_eq!(team["stacks"], json!([{ "projectName": "network", "stackName": "production", "permission": 102 }]));
    assert_eq!(
        team["environments"],
        json!([{
            "projectName": "network", "envName": "production", "permission": "open", "maxOpenDuration": "1h30m0s"
        }])
    );
    let kept = body(&world, "/api/orgs/acme/teams/security");
    assert_eq!(kept["kind"], "scim", "the spec names it alone, so that somebody else keeps it");
    assert_eq!(world.get("/api/orgs/acme/teams/nobody").unwrap().status, 404);
    assert_eq!(world.get("/api/orgs/other/teams").unwrap().status, 404);
}

#[test]
fn an_issuer_leads_to_its_policies() {
    let world = world();
    let issuers = body(&world, "/api/orgs/acme/oidc/issuers");
    let issuer = issuers["oidcIssuers"].as_array().unwrap().iter();
    let issuer = issuer.clone().find(|issuer| issuer["url"] == "https://token.actions.githubusercontent.com").unwrap();
    let id = issuer["id"].as_str().unwrap();
    let policies = body(&world, &format!("/api/orgs/acme/auth/policies/oidcissuers/{id}"));
    assert!(policies["policies"].as_array().unwrap().iter().all(|policy| policy["tokenType"] == "team"));
    assert_ne!(policies["id"], id, "policies have an id of their own");
}

#[test]
fn production_is_gated_and_made_by_the_operator() {
    let world = world();
    let gates = body(&world, "/api/change-gates/acme?entityType=environment&qualifiedName=network%2Fproduction");
    let actions: Vec<&Value> =
        gates["gates"].as_array().unwrap().iter().map(|gate| &gate["target"]["actionTypes"][0]).collect();
    assert_eq!(actions, ["update", "open"]);
    let metadata = body(&world, "/api/esc/environments/acme/network/production/metadata");
    assert_eq!(metadata["gatedActions"], json!(["open", "update"]));
    let made = body(&world, "/api/stacks/acme/network/production/collaborators");
    assert_eq!(made["stackCreatorUserName"], OPERATOR);
    assert_eq!(world.get("/api/stacks/acme/network/dev/deployments/settings").unwrap().status, 404);
}

#[test]
fn pages_come_to_the_whole_list() {
    let mut world = world();
    let whole = body(&world, "/api/user/stacks?organization=acme");
    world.page = 1;
    let questions = world.questions();
    let pages = questions.iter().filter(|path| path.starts_with("/api/user/stacks"));
    let found: Vec<Value> = pages.map(|path| body(&world, path)["stacks"][0].clone()).collect();
    assert!(found.len() > 1);
    assert_eq!(found, *whole["stacks"].as_array().unwrap());
}

#[test]
fn a_refusal_hides_a_route_with_any_query() {
    let mut world = world();
    world.refused.push(("/api/orgs/acme/tokens".into(), 403, "needs access_tokens:read".into()));
    assert_eq!(world.get("/api/orgs/acme/tokens?filter=all").unwrap().status, 403);
}

#[test]
fn ids_follow_from_their_text() {
    assert_eq!(id("a"), id("a"));
    assert_ne!(id("a"), id("b"));
    assert_eq!(id("a").len(), 36);
}

/// For whoever wants to look at it: `SAVE_TO=DIR cargo test -p stackgate-cloud-fixtures saves`.
#[test]
fn saves_one_file_for_each_kind() {
    let temp = tempfile::tempdir().unwrap();
    let to = std::env::var_os("SAVE_TO").map_or(temp.path().join("saved"), Into::into);
    world().save(&to).unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(to).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "deployments.jsonl",
            "environments.jsonl",
            "gates.jsonl",
            "issuers.jsonl",
            "manifest.json",
            "members.jsonl",
            "organization.jsonl",
            "roles.jsonl",
            "stacks.jsonl",
            "teams.jsonl",
            "tokens.jsonl",
        ]
    );
}
