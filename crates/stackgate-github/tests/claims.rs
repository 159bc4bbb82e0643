//! The claims that the adapter gives are those of the vendor's own examples in `tokens/`, by name, type and value.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use stackgate_fixtures::{compare, stage};
use stackgate_github::GitHub;
use stackgate_provider::plan::{Action, Plan, Tier, Trigger};
use stackgate_provider::{Adapter, Issued, Situation};

fn adapter(options: &str) -> Box<dyn Adapter> {
    stackgate_fixtures::adapter(&GitHub, options)
}

/// A plan of one stage, as the examples have it.
fn plan(branch: &str, action: Action, trigger: Trigger, audience: &str) -> Plan {
    let mut stage = stage("github", "app", "dev", action, trigger, Tier::Development);
    stage.token.audience = audience.into();
    stage.environment = (action == Action::Deploy).then(|| "prod".into());
    let mut plan = stackgate_fixtures::plan(vec![stage], Vec::new());
    plan.branch = branch.into();
    plan
}

/// What differs from run to run, or from account to account.
const RUN: &[&str] = &[
    "jti",
    "sha",
    "check_run_id",
    "run_id",
    "run_number",
    "run_attempt",
    "actor_id",
    "workflow",
    "workflow_sha",
    "job_workflow_sha",
    "nbf",
    "exp",
    "iat",
];

#[test]
fn tokens_are_those_of_the_examples() {
    let names = "{ repository: octo-org/octo-repo, repository_id: 74, owner_id: 65, subject: names }";
    let ids = "{ repository: octo-org/octo-repo, repository_id: 456789, owner_id: 123456, subject: ids }";
    let deploy = (Action::Deploy, Trigger::Push);
    let preview = (Action::Preview, Trigger::ChangeRequest);
    // The first example was started by hand; a job without its environment has the subject of its branch.
    for (options, (action, trigger), situation, file) in [
        (names, deploy, Situation::Manual, include_str!("tokens/environment.json")),
        (ids, deploy, Situation::Manual, include_str!("tokens/environment-ids.json")),
        (ids, deploy, Situation::NoEnvironment, include_str!("tokens/branch-ids.json")),
        (names, preview, Situation::Intended, include_str!("tokens/pull-request.json")),
        (ids, preview, Situation::Intended, include_str!("tokens/pull-request-ids.json")),
    ] {
        let plan = plan("main", action, trigger, "https://github.com/octo-org");
        let adapter = adapter(options);
        let Issued::Tokens(tokens) = adapter.claims(&plan, &plan.stages[0], situation) else { panic!("{situation:?}") };
        compare(&tokens[0].claims, file, RUN);
    }
}

#[test]
fn both_forms_of_the_subject_are_tried_unless_one_is_chosen() {
    let adapter = adapter("{ repository: octo-org/octo-repo, repository_id: 456789, owner_id: 123456 }");
    let plan = plan("main", Action::Deploy, Trigger::Push, "x");
    let Issued::Tokens(tokens) = adapter.claims(&plan, &plan.stages[0], Situation::Intended) else { panic!() };
    let subjects: Vec<&str> = tokens.iter().filter_map(|token| token.claims["sub"].as_str()).collect();
    let ids = "repo:octo-org@123456/octo-repo@456789:environment:prod";
    assert_eq!(subjects, ["repo:octo-org/octo-repo:environment:prod", ids]);
}
