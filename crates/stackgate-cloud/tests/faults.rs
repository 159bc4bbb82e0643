//! What is refused, broken or of another form is unknown, with its reason, and the rest stands.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use stackgate_cloud::{
    Actual, Answer, Api, Approver, EnvironmentLevel, Failure, GateAction, Known, Refusal, StackLevel, TeamKind,
    Unknown, path,
};
use stackgate_cloud_fixtures::{Fault, Server, World};

use common::{direct, served, unknown, world};

/// Reads with one fault; nothing beyond the expected parts is unknown, and the rest is as it was.
fn with(world: &World, at: &str, fault: Fault) -> (Actual, Vec<Unknown>) {
    let actual = served(world, |server: &Server| server.always(at, fault));
    let unknown = unknown(&actual);
    (actual, unknown)
}

#[test]
fn a_refusal_is_told_with_what_the_server_said() {
    let world = world();
    let cases = [
        (401, Refusal::Unauthorized, "401: Unauthorized"),
        (402, Refusal::Unavailable, "402: needs another edition"),
        (403, Refusal::Forbidden, "403: you need oidc_issuers:read"),
        (404, Refusal::Unavailable, "404: Not Found"),
        (418, Refusal::Broken, "418: teapot"),
        (500, Refusal::Broken, "500: boom"),
        (503, Refusal::Broken, "503: away"),
    ];
    for (status, refusal, message) in cases {
        let (_, told) = message.split_once(": ").unwrap();
        let (actual, unknown) = with(&world, "/api/orgs/acme/oidc/issuers", Fault::status(status, told));
        let expected = Unknown { path: path::issuers("acme"), refusal, message: message.to_owned() };
        assert_eq!(unknown, [expected]);
        assert_eq!(actual.teams, direct(&world, &world).teams);
    }
}

#[test]
fn a_refusal_without_words_is_told_by_its_status() {
    let fault = |body: Value| Fault::Refuse { status: 403, headers: Vec::new(), body };
    for body in [Value::Null, json!({}), json!("<html>no</html>"), json!({ "message": 3 }), json!([])] {
        let (_, unknown) = with(&world(), "/api/orgs/acme/roles", fault(body));
        assert_eq!(unknown[0].message, "the server answered with status 403");
    }
}

#[test]
fn a_token_without_rights_knows_nothing_and_says_so_for_each_part() {
    let (actual, unknown) = with(&world(), "/api/", Fault::status(401, "Unauthorized"));
    let paths: Vec<&str> = unknown.iter().map(|unknown| unknown.path.as_str()).collect();
    let parts = ["metadata", "members", "teams", "tokens", "issuers", "roles", "stacks", "environments"];
    assert_eq!(paths.len(), parts.len(), "{paths:?}");
    assert!(unknown.iter().all(|unknown| unknown.refusal == Refusal::Unauthorized));
    assert!(actual.teams.here().is_none());
}

#[test]
fn one_team_that_is_refused_does_not_hide_the_others() {
    let world = world();
    let at = path::team("acme", "network-production");
    // The list says less than the team's own answer, so that it is asked.
    let thin = Fault::changed(|body| {
        for team in body["teams"].as_array_mut().unwrap() {
            team.as_object_mut().unwrap().remove("stacks");
        }
    });
    let actual = served(&world, |server| {
        server.always("/api/orgs/acme/teams", Fault::status(500, "boom"));
        server.always("/api/orgs/acme/teams/", Fault::Slow(std::time::Duration::ZERO));
        server.always(&at, Fault::status(403, "no"));
        server.times("/api/orgs/acme/teams", 1, thin);
    });
    let told = unknown(&actual);
    assert!(told.iter().all(|unknown| unknown.path.starts_with(&at) && unknown.refusal == Refusal::Forbidden));
    assert_eq!(told.len(), 5, "members, stacks, environments, roles and tokens: {told:?}");
    let teams = actual.teams.here().unwrap();
    assert_eq!(teams["network-production"].kind, TeamKind::Pulumi);
    assert_eq!(teams["network-preview"], direct(&world, &world).teams.here().unwrap()["network-preview"]);
}

#[test]
fn an_answer_about_another_team_is_not_taken() {
    let thin = Fault::changed(|body| {
        let teams = body["teams"].as_array_mut().unwrap();
        teams.retain(|team| team["name"] == "network-preview");
        teams[0].as_object_mut().unwrap().remove("stacks");
    });
    let actual = served(&world(), |server| {
        server.times("/api/orgs/acme/teams", 1, thin);
        let other = Fault::changed(|body| body["name"] = json!("admins"));
        server.times(&path::team("acme", "network-preview"), 1, other);
    });
    let stacks = &actual.teams.here().unwrap()["network-preview"].stacks;
    assert_eq!(stacks.unknown().unwrap().message, "the answer is about another team");
}

#[test]
fn an_answer_that_is_no_json_is_broken() {
    for text in ["", "{\"teams\": [", "<html></html>", "{\"teams\": []} trailing", "\u{0}"] {
        let (_, unknown) = with(&world(), "/api/orgs/acme/teams", Fault::Text(text.to_owned()));
        assert_eq!((unknown.len(), unknown[0].refusal), (1, Refusal::Broken), "{text}");
    }
    let deep = "[".repeat(100_000);
    let (_, unknown) = with(&world(), "/api/orgs/acme/teams", Fault::Text(deep));
    assert_eq!(unknown[0].message, "the answer is not JSON");
}

#[test]
fn half_an_answer_is_no_answer() {
    let (_, unknown) = with(&world(), "/api/orgs/acme/members", Fault::Truncated);
    assert_eq!((unknown.len(), unknown[0].refusal), (1, Refusal::Broken));
    assert!(unknown[0].message.starts_with("asked 5 times without an answer: "), "{}", unknown[0].message);
}

#[test]
fn what_is_missing_or_of_another_type_is_named_and_never_a_default() {
    let organization = path::metadata("acme");
    let (teams, team) = (path::teams("acme"), path::team_tokens("acme", "network-production"));
    let (tokens, issuers, roles) = (path::tokens("acme"), path::issuers("acme"), path::roles("acme"));
    let (stacks, environments) = (path::stacks("acme"), path::environments("acme"));
    let (members, gates) = (path::members("acme"), path::gates("acme", "network/production"));
    let settings = path::deployment_settings("acme", "network/production");
    let token = json!({ "id": "1", "name": "t", "createdBy": "a", "created": "", "description": "", "expires": 0,
        "lastUsed": 0, "admin": false });
    let with_token = |change: fn(&mut Value)| {
        let mut token = token.clone();
        change(&mut token);
        json!({ "tokens": [token] })
    };
    type Case<'a> = (&'a str, Box<dyn Fn(&mut Value) + Send + Sync>, &'a str);
    let replaced = |value: Value| Box::new(move |body: &mut Value| *body = value.clone());
    let cases: Vec<Case> = vec![
        (
            &organization,
            Box::new(|body| drop(body.as_object_mut().unwrap().remove("defaultStackPermission"))),
            "defaultStackPermission is missing",
        ),
        (
            &organization,
            Box::new(|body| body["defaultStackPermission"] = json!("none")),
            "defaultStackPermission is no whole number",
        ),
        (
            &organization,
            Box::new(|body| body["membersCanCreateStacks"] = json!("false")),
            "membersCanCreateStacks is neither true nor false",
        ),
        (
            &organization,
            Box::new(|body| body["maxAccessTokenExpiryDays"] = json!(-1)),
            "maxAccessTokenExpiryDays is out of range",
        ),
        (&organization, replaced(json!([])), "the answer is no object"),
        (&members, Box::new(|body| body["members"][0]["user"] = json!({})), "members[0].user.githubLogin is missing"),
        (&teams, replaced(json!({})), "teams is missing"),
        (&teams, replaced(json!({ "teams": {} })), "teams is no list"),
        (&teams, replaced(json!({ "teams": [{ "kind": "pulumi" }] })), "teams[0].name is missing"),
        (&teams, replaced(json!({ "teams": [{ "name": "a" }] })), "teams[0].kind is missing"),
        (&team, replaced(json!({ "tokens": "none" })), "tokens is no list"),
        (
            &tokens,
            replaced(with_token(|token| drop(token.as_object_mut().unwrap().remove("expires")))),
            "tokens[0].expires is missing",
        ),
        (&tokens, replaced(with_token(|token| token["admin"] = json!(0))), "tokens[0].admin is neither true nor false"),
        (
            &tokens,
            replaced(with_token(|token| token["lastUsed"] = json!(1.5))),
            "tokens[0].lastUsed is no whole number",
        ),
        (
            &issuers,
            Box::new(|body| body["oidcIssuers"][0]["lastUsed"] = json!("yesterday")),
            "oidcIssuers[0].lastUsed is no time in ISO 8601",
        ),
        (
            &issuers,
            Box::new(|body| {
                body["oidcIssuers"][1] = {
                    let mut other = body["oidcIssuers"][0].clone();
                    other["id"] = json!("other");
                    other
                }
            }),
            "oidcIssuers[1] has the name of another entry, and differs from it",
        ),
        (&roles, replaced(json!({ "roles": [{ "id": "1", "name": "r" }] })), "roles[0].details is missing"),
        (
            &stacks,
            Box::new(|body| body["stacks"][0]["lastUpdate"] = json!("now")),
            "stacks[0].lastUpdate is no whole number",
        ),
        (
            &stacks,
            Box::new(|body| drop(body["stacks"][0].as_object_mut().unwrap().remove("orgName"))),
            "stacks[0].orgName is missing",
        ),
        (&environments, Box::new(|body| body["environments"][0]["name"] = json!("")), "environments[0].name is empty"),
        (
            &gates,
            Box::new(|body| drop(body["gates"][0].as_object_mut().unwrap().remove("enabled"))),
            "gates[0].enabled is missing",
        ),
        (
            &gates,
            Box::new(|body| drop(body["gates"][0]["rule"].as_object_mut().unwrap().remove("allowSelfApproval"))),
            "gates[0].rule.allowSelfApproval is missing",
        ),
        (&settings, replaced(json!([])), "the answer is no object"),
    ];
    let mut world = world();
    world.settings.insert("network/production".into(), json!({}));
    for (at, change, message) in cases {
        let (_, unknown) = with(&world, at, Fault::changed(change));
        let told: Vec<(&str, &str)> = unknown.iter().map(|one| (one.path.as_str(), one.message.as_str())).collect();
        assert_eq!(told, [(at, message)]);
        assert_eq!(unknown[0].refusal, Refusal::Broken);
    }
}

#[test]
fn one_broken_list_of_a_team_leaves_its_others() {
    let mut world = world();
    world.team_mut("network-production").unwrap()["stacks"][0]["permission"] = json!("102");
    world.team_mut("network-preview").unwrap()["listMembersError"] = json!("GitHub is away");
    let actual = direct(&world, &world);
    let teams = actual.teams.here().unwrap();
    let why = teams["network-production"].stacks.unknown().unwrap();
    assert!(why.message.ends_with("].stacks[0].permission is no whole number"), "{}", why.message);
    assert!(teams["network-production"].environments.here().is_some());
    assert!(teams["network-preview"].members.unknown().unwrap().message.contains("GitHub is away"));
}

#[test]
fn unknown_words_keep_their_names_and_stand_above_all_others() {
    let mut world = world();
    world.metadata["defaultStackPermission"] = json!(105);
    world.metadata["defaultEnvironmentPermission"] = json!("own");
    let team = world.team_mut("network-production").unwrap();
    team["kind"] = json!("ldap");
    team["stacks"][0]["permission"] = json!(999);
    team["environments"][0]["permissionSetName"] = json!("Break glass");
    team["extra"] = json!({ "new": true });
    world.team_mut("network-preview").unwrap()["stacks"][0]["permissionSetName"] = json!("Break glass");
    world.gates[0]["target"]["actionTypes"] = json!(["delete"]);
    world.gates[0]["rule"]["eligibleApprovers"] = json!([{ "eligibilityType": "oracle" }]);
    let actual = direct(&world, &world);
    assert_eq!(unknown(&actual), Vec::new());
    let defaults = actual.defaults.here().unwrap();
    assert_eq!(defaults.stacks, StackLevel::Other("105".into()));
    assert!(defaults.stacks > StackLevel::Creator);
    assert_eq!(defaults.environments, EnvironmentLevel::Other("own".into()));
    let team = &actual.teams.here().unwrap()["network-production"];
    assert_eq!(team.kind, TeamKind::Other("ldap".into()));
    assert_eq!(team.stacks.here().unwrap()["network/production"], StackLevel::Other("999".into()));
    let grant = &team.environments.here().unwrap()["network/production"];
    assert_eq!(grant.level, EnvironmentLevel::Other("Break glass".into()));
    let other = &actual.teams.here().unwrap()["network-preview"];
    assert!(other.stacks.here().unwrap().values().any(|level| *level == StackLevel::Other("Break glass".into())));
    let gates: Vec<_> =
        actual.environments.here().unwrap().values().filter_map(|one| one.gates.here()).flatten().collect();
    let gate = gates.iter().find(|gate| gate.actions == [GateAction::Other("delete".into())]).unwrap();
    assert_eq!(gate.approvers, [Approver::Other("{\"eligibilityType\":\"oracle\"}".into())]);
}

#[test]
fn a_permission_set_that_is_only_the_level_is_the_level() {
    let mut world = world();
    let team = world.team_mut("network-production").unwrap();
    team["stacks"][0]["permissionSetName"] = json!("Stack Write");
    team["environments"][0]["permissionSetName"] = json!("Environment Open");
    let actual = direct(&world, &world);
    let team = &actual.teams.here().unwrap()["network-production"];
    assert_eq!(team.stacks.here().unwrap()["network/production"], StackLevel::Write);
    assert_eq!(team.environments.here().unwrap()["network/production"].level, EnvironmentLevel::Open);
}

#[test]
fn a_gate_of_another_kind_asks_for_no_approval() {
    let mut world = world();
    world.gates[0]["rule"] = json!({ "ruleType": "moon_phase" });
    let actual = direct(&world, &world);
    let gates: Vec<_> =
        actual.environments.here().unwrap().values().filter_map(|one| one.gates.here()).flatten().collect();
    let gate = gates.iter().find(|gate| gate.approvals.is_none()).unwrap();
    assert!(gate.self_approval && gate.approvers.is_empty());
}

#[test]
fn a_policy_that_is_not_understood_makes_the_list_unknown() {
    let url = "https://token.actions.githubusercontent.com";
    let cases = [
        json!({ "decision": "maybe", "tokenType": "team", "teamName": "a", "authorizedPermissions": [], "rules": {} }),
        json!({ "decision": "allow", "tokenType": "robot", "authorizedPermissions": [], "rules": {} }),
        json!({ "decision": "allow", "tokenType": "team", "authorizedPermissions": [], "rules": {} }),
        json!({ "decision": "allow", "tokenType": "team", "teamName": "a", "rules": { "aud": ["x"] } }),
        json!({ "decision": "allow", "tokenType": "team", "teamName": "a", "rules": {}, "unless": "friday" }),
        json!("allow"),
    ];
    for policy in cases {
        let mut world = world();
        world.policies_mut(url).unwrap().push(policy);
        let actual = direct(&world, &world);
        let issuer = &actual.issuers.here().unwrap()[url];
        let why = issuer.policies.unknown().unwrap();
        assert!(why.refusal == Refusal::Broken && why.message.starts_with("policies["), "{}", why.message);
        assert_eq!(unknown(&actual).len(), 1);
    }
    // What a Go server writes for what is not set.
    let mut world = world();
    let count = world.policies_mut(url).unwrap().len();
    world.policies_mut(url).unwrap().push(json!({ "decision": "allow", "tokenType": "team", "teamName": "a",
        "userLogin": "", "runnerID": null, "roleID": "", "authorizedPermissions": null, "rules": { "aud": "x" } }));
    let actual = direct(&world, &world);
    assert_eq!(actual.issuers.here().unwrap()[url].policies.here().unwrap().len(), count + 1);
}

#[test]
fn pages_without_end_end() {
    let circle = Fault::changed(|body| body["continuationToken"] = json!("again"));
    let (_, unknown) = with(&world(), "/api/user/stacks", circle);
    assert_eq!(unknown[0].message, "the pages of the list lead in a circle");

    // Always a new token: only a limit ends it.
    let unknown = common::unknown(&direct(&Endless(AtomicUsize::new(0)), &world()));
    let stacks = unknown.iter().find(|unknown| unknown.path.starts_with("/api/user/stacks")).unwrap();
    assert_eq!((stacks.refusal, stacks.message.as_str()), (Refusal::Broken, "the list has no end"));
}

/// Has one more page of stacks, always.
struct Endless(AtomicUsize);

impl Api for Endless {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        if !path.starts_with("/api/user/stacks") {
            return Err(Failure::NotSaved);
        }
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Answer { status: 200, body: json!({ "stacks": [], "continuationToken": next.to_string() }) })
    }
}

#[test]
fn a_page_that_is_refused_makes_the_whole_list_unknown() {
    let mut world = world();
    world.page = 1;
    let actual = served(&world, |server| {
        server.always(&path::next(&path::stacks("acme"), "1"), Fault::status(403, "no"));
    });
    assert_eq!(actual.stacks.unknown().unwrap().refusal, Refusal::Forbidden);
}

#[test]
fn null_is_how_a_go_server_writes_an_empty_list() {
    let world = world();
    let actual = served(&world, |server| {
        server.always(&path::tokens("acme"), Fault::changed(|body| *body = json!({ "tokens": null })));
        server.always(&path::team("acme", "network-preview"), Fault::changed(|body| body["roleIds"] = Value::Null));
    });
    assert_eq!(actual.tokens, Known::Here(Vec::new()));
    assert_eq!(unknown(&actual), Vec::new());
}

#[test]
fn secrets_of_settings_do_not_come_into_the_model() {
    let mut world = world();
    let body = json!({
        "operationContext": { "environmentVariables": {
            "REGION": "eu-west-1", "KEY": { "secret": "hunter2" }, "TOKEN": format!("pul-{}", "0a".repeat(20)),
        } },
    });
    world.settings.insert("network/dev".into(), body);
    let actual = direct(&world, &world);
    let settings = actual.stacks.here().unwrap()["network/dev"].deployment.here().unwrap().clone().unwrap();
    let variables = &settings.body["operationContext"]["environmentVariables"];
    assert_eq!(variables["REGION"], "eu-west-1");
    assert_eq!(variables["KEY"], json!({ "secret": "[secret]" }));
    assert_eq!(variables["TOKEN"], "pul-[redacted]");
}

#[test]
fn messages_of_the_server_are_one_harmless_line() {
    let said = format!("no\n\u{1b}[31m \u{202e}token pul-{} {}", "0a".repeat(20), "x".repeat(10_000));
    let (_, unknown) = with(&world(), "/api/orgs/acme/roles", Fault::status(403, &said));
    let message = &unknown[0].message;
    assert!(!message.contains(['\n', '\u{1b}', '\u{202e}']) && !message.contains("0a0a0a") && message.len() < 2_000);
}
