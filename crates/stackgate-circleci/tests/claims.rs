//! The claims that the adapter gives are those of the vendor's own examples in `tokens/`, by name, type and value.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::{adapter, plan, stage};
use serde_json::from_str;
use stackgate_fixtures::compare;
use stackgate_provider::plan::{Action, Tier, Trigger};
use stackgate_provider::{Claims, Issued, Situation};

const OPTIONS: &str = "\
events: github-app
repository: organization-123/repo-1
organization_id: c9035eb6-6eb2-4c85-8a81-d9ed6a1d1d1e
project_id: 3a2f5b1c-7d4e-4f6a-9b8c-0d1e2f3a4b5c
pipeline_definition_id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d
contexts:
  development: { name: pulumi-development, id: a74579f1-2e7d-451e-b009-5c082ad2729e }
";

#[test]
fn tokens_are_those_of_the_examples() {
    let plan = plan(vec![stage(Action::Deploy, Trigger::Push, Tier::Development, "dev", &[])], Vec::new());
    let issued = adapter(OPTIONS).0.unwrap().claims(&plan, &plan.stages[0], Situation::Intended);
    let Issued::Tokens(tokens) = issued else { panic!("{issued:?}") };
    let run = ["job-id", "pipeline-id", "workflow-id"].map(|claim| format!("oidc.circleci.com/{claim}"));
    // The subject names the user who started the run.
    let differ: Vec<&str> = run.iter().map(String::as_str).chain(["sub", "iat", "exp"]).collect();
    let files = [include_str!("tokens/subject-vcs.json"), include_str!("tokens/subject.json")];
    assert_eq!(tokens.len(), files.len());
    for (token, file) in tokens.iter().zip(files) {
        compare(&token.claims, file, &differ);
        let example: Claims = from_str(file).unwrap();
        let without_user = |claims: &Claims| -> Vec<String> {
            let parts = claims["sub"].as_str().unwrap().split('/');
            parts.enumerate().filter(|(at, _)| *at != 5).map(|(_, part)| part.to_owned()).collect()
        };
        assert_eq!(without_user(&token.claims), without_user(&example));
        for claims in [&token.claims, &example] {
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        }
    }
}

#[test]
fn previews_rest_on_the_setting_about_forks() {
    let said = |action, trigger| {
        let plan = plan(vec![stage(action, trigger, Tier::Development, "dev", &[])], Vec::new());
        let residual = adapter(OPTIONS).0.unwrap().trust(&plan).unwrap().residual;
        residual.iter().any(|sentence| sentence.contains("Pass secrets to builds from forked pull requests"))
    };
    assert!(said(Action::Preview, Trigger::ChangeRequest));
    assert!(!said(Action::Deploy, Trigger::Push));
}
