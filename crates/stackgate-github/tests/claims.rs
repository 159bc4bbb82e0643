//! The claims that the adapter gives are those of the vendor's own examples in `tokens/`, by name, type and value.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::collections::BTreeSet;

use serde_json::from_str;
use stackgate_github::GitHub;
use stackgate_provider::plan::{
    Action, Execution, Language, Pins, Places, Plan, Runtime, Stage, TeamToken, Tier, Trigger, TrustClass,
};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Claims, Issued, Provider as _, Situation, templates};

fn adapter(options: &str) -> Box<dyn Adapter> {
    let mut reader = Reader::new();
    let adapter = GitHub.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader);
    assert!(!reader.has_errors(), "{:?}", reader.into_diagnostics());
    adapter.unwrap()
}

/// Same names, same types; the same values but for those that differ from run to run.
fn compare(claims: &Claims, file: &str, differ: &[&str]) {
    let example: Claims = from_str(file).unwrap();
    let names = |claims: &Claims| claims.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(claims), names(&example));
    for (name, value) in &example {
        let own = &claims[name];
        assert_eq!(std::mem::discriminant(own), std::mem::discriminant(value), "{name}");
        assert_eq!(own != value, differ.contains(&name.as_str()), "{name}: {own}, and {value} in the example");
    }
}

fn stage(action: Action, trigger: Trigger, audience: &str) -> Stage {
    let deploys = action == Action::Deploy;
    Stage {
        id: "app".into(),
        name: "app".into(),
        project: "app".into(),
        stack: "dev".into(),
        action,
        execution: Execution::Cli,
        trigger,
        tier: Tier::Development,
        class: if deploys { TrustClass::Development } else { TrustClass::ChangeRequest },
        provider: "github".into(),
        token: TeamToken { team: "app".into(), audience: audience.into(), lifetime_seconds: 3600 },
        environment: deploys.then(|| "prod".into()),
        gate: None,
        lock: None,
        after: Vec::new(),
        timeout_minutes: 60,
        stop_after_seconds: 3300,
        runtime: Runtime { language: Language::Yaml, version: String::new(), image: None },
        directory: ".".into(),
        paths: Vec::new(),
        prepare: Vec::new(),
        esc: Vec::new(),
        references: Vec::new(),
        places: Places::default(),
    }
}

fn plan(branch: &str, stage: Stage) -> Plan {
    let pins = Pins::parse(templates::PINS).unwrap();
    Plan {
        organization: "acme".into(),
        cloud_url: "https://api.pulumi.com".into(),
        branch: branch.into(),
        spec_path: "stackgate.yaml".into(),
        cli: pins.cli(&pins.cli.default).unwrap(),
        stages: vec![stage],
        jobs: Vec::new(),
        access: Default::default(),
        deployments: Vec::new(),
        stacks: Vec::new(),
        waivers: Vec::new(),
        pins: pins.into(),
    }
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
        let plan = plan("main", stage(action, trigger, "https://github.com/octo-org"));
        let adapter = adapter(options);
        let Issued::Tokens(tokens) = adapter.claims(&plan, &plan.stages[0], situation) else { panic!("{situation:?}") };
        compare(&tokens[0].claims, file, RUN);
    }
}

#[test]
fn both_forms_of_the_subject_are_tried_unless_one_is_chosen() {
    let adapter = adapter("{ repository: octo-org/octo-repo, repository_id: 456789, owner_id: 123456 }");
    let plan = plan("main", stage(Action::Deploy, Trigger::Push, "x"));
    let Issued::Tokens(tokens) = adapter.claims(&plan, &plan.stages[0], Situation::Intended) else { panic!() };
    let subjects: Vec<&str> = tokens.iter().filter_map(|token| token.claims["sub"].as_str()).collect();
    let ids = "repo:octo-org@123456/octo-repo@456789:environment:prod";
    assert_eq!(subjects, ["repo:octo-org/octo-repo:environment:prod", ids]);
}
