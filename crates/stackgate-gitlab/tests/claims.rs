//! The claims that the adapter gives are those of the vendor's own examples in `tokens/`, by name, type and value.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::collections::BTreeSet;

use serde_json::from_str;
use stackgate_fixtures::{compare, stage};
use stackgate_gitlab::GitLab;
use stackgate_provider::plan::{Action, Plan, Tier, Trigger};
use stackgate_provider::{Adapter, Claims, Issued, Situation};

fn adapter(options: &str) -> Box<dyn Adapter> {
    stackgate_fixtures::adapter(&GitLab, options)
}

/// A plan of one stage, as the examples have it.
fn plan(branch: &str, action: Action, trigger: Trigger, audience: &str) -> Plan {
    let mut stage = stage("gitlab", "app", "dev", action, trigger, Tier::Development);
    stage.token.audience = audience.into();
    stage.environment = (action == Action::Deploy).then(|| "test-environment2".into());
    let mut plan = stackgate_fixtures::plan(vec![stage], Vec::new());
    plan.branch = branch.into();
    plan
}

const OPTIONS: &str =
    "repository: my-group/my-project\nproject_id: 20\nnamespace_id: 72\nurl: https://gitlab.example.com\n";

/// The example's job is a deploy of the tier `testing`, which no stage of ours is, so that it is a job that somebody changed.
fn like_the_example(options: &str) -> Claims {
    let plan = plan("feature-branch-1", Action::Deploy, Trigger::Push, "https://vault.example.com");
    let issued = adapter(options).claims(&plan, &plan.stages[0], Situation::NoEnvironment);
    let Issued::Tokens(tokens) = issued else { panic!("{issued:?}") };
    tokens.into_iter().find(|token| token.form == "with another tier").unwrap().claims
}

#[test]
fn tokens_are_those_of_the_example() {
    let example = include_str!("tokens/environment.json");
    let run = ["jti", "sha", "ci_config_sha", "iat", "nbf", "exp"];
    // Of the user and of the project, and no matter to any policy.
    let account = ["user_access_level", "groups_direct", "project_visibility"];
    // A deploy branch is protected, and the example's file is of another branch than its job.
    let branch = ["ref_protected", "ci_config_ref_uri"];
    let own = like_the_example(OPTIONS);
    compare(&own, example, &[&run[..], &account, &branch].concat());
    assert_eq!(own["ref_protected"], "true");
    let theirs: Claims = from_str(example).unwrap();
    let file = theirs["ci_config_ref_uri"].as_str().unwrap().replace("heads/main", "heads/feature-branch-1");
    assert_eq!(own["ci_config_ref_uri"], file.as_str());
    for claims in [&own, &theirs] {
        let time = |name: &str| claims[name].as_i64().unwrap();
        assert_eq!((time("iat") - time("nbf"), time("exp") - time("iat")), (5, 3600));
    }
}

#[test]
fn older_versions_lack_the_claims_that_came_later() {
    let lacking = |version: &str| -> Vec<String> {
        let older = like_the_example(&format!("{OPTIONS}version: \"{version}\""));
        let theirs: Claims = from_str(include_str!("tokens/environment.json")).unwrap();
        assert!(older.keys().all(|name| theirs.contains_key(name)));
        let names: BTreeSet<String> = theirs.keys().filter(|name| !older.contains_key(*name)).cloned().collect();
        names.into_iter().collect()
    };
    assert_eq!(lacking("18.8"), ["job_source"]);
    let projects = ["job_namespace_id", "job_namespace_path", "job_project_id", "job_project_path", "job_source"];
    assert_eq!(lacking("18.3"), projects);
}
