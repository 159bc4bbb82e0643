//! What is wrong with options and plans on CircleCI, and what is honestly said of the rest.
//!
//! What must hold: each rule of the crate that a spec can break is broken here once. Deliberately absent: wording.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use stackgate_circleci::CircleCi;
use stackgate_provider::plan::{Language, Plan, Runtime, Trigger, Waiver, When};
use stackgate_provider::yaml::Span;
use stackgate_provider::{Control, Provider as _, Repository};

fn of_options(options: &str) -> Vec<&'static str> {
    common::adapter(options).1.iter().map(|diagnostic| diagnostic.rule.id).collect()
}

fn of_plan(options: &str, plan: &Plan) -> Vec<&'static str> {
    common::adapter(options).0.unwrap().check(plan).iter().map(|diagnostic| diagnostic.rule.id).collect()
}

#[test]
fn options_are_checked() {
    assert!(of_options("{}").is_empty());
    assert_eq!(of_options("path: .circleci/pulumi.yml"), ["circleci-path"]);
    assert_eq!(of_options("path: .circleci/config.yml"), ["circleci-path"]);
    for path in [
        "pulumi.yml",
        ".circleci/../a.yml",
        ".circleci/a.yaml",
        ".circleci/a/b.yml",
        ".circleci/.yml",
        ".circleci/a b.yml",
    ] {
        assert_eq!(of_options(&format!("{{ events: github-app, path: \"{path}\" }}")), ["circleci-path"], "{path}");
    }
    assert!(of_options("{ events: github-app, path: .circleci/pulumi.yml }").is_empty());
    assert_eq!(of_options("repository: acme"), ["circleci-repository"]);
    assert_eq!(of_options("project_id: 8C1E2F3A-0d3a-4e5f-8a6b-9c0d1e2f3a4b"), ["circleci-uuid"]);
    assert_eq!(of_options("resource_class: \"a b\""), ["circleci-resource-class"]);
    assert_eq!(of_options("contexts: { production: \" x\" }"), ["circleci-context"]);
    assert_eq!(of_options("contexts: { production: { name: x, id: y } }"), ["circleci-uuid"]);
    assert_eq!(of_options("contexts: { production: x, development: x }"), ["circleci-shared-context"]);
}

#[test]
fn production_needs_contexts_or_waivers() {
    let mut plan = common::full();
    assert!(of_plan(common::CONTEXTS, &plan).is_empty());
    assert_eq!(of_plan("{}", &plan), ["circleci-preview-context", "gate-not-in-claims"]);
    let waiver = |rule: &str, place: &str| Waiver {
        rule: rule.into(),
        place: place.into(),
        reason: "x".into(),
        until: "2030-01-01".into(),
        span: Span::default(),
    };
    plan.waivers = vec![waiver("gate-not-in-claims", "app/prod"), waiver("circleci-preview-context", "circleci")];
    assert!(of_plan("{}", &plan).is_empty());
    plan.waivers = vec![waiver("gate-not-in-claims", "app/other")];
    assert_eq!(of_plan("{}", &plan), ["circleci-preview-context", "gate-not-in-claims"]);
}

#[test]
fn plans_are_checked() {
    let mut plan = common::full();
    plan.stages[0].timeout_minutes = 301;
    plan.stages[1].runtime = Runtime { language: Language::Nodejs, version: "22.23.1".into(), image: None };
    plan.stages[2].runtime = plan.stages[1].runtime.clone();
    plan.jobs.push(common::job("Approve-app-prod", When::Before, &[Trigger::Push]));
    assert_eq!(of_plan(common::CONTEXTS, &plan), ["circleci-time-limit", "image-unpinned", "circleci-reserved-job"]);
}

#[test]
fn every_control_is_stated_and_every_context_is_listed() {
    for options in common::options() {
        let adapter = common::adapter(&options).0.unwrap();
        for plan in common::plans() {
            let stated: Vec<Control> =
                adapter.realise(&plan).controls.into_iter().map(|(control, _)| control).collect();
            assert_eq!(stated, Control::ALL);
            let contexts =
                adapter.checklist(&plan).iter().filter(|item| item.what.starts_with("Create the context")).count();
            assert_eq!(contexts, if options == "{}" { 0 } else { 4 });
        }
    }
}

#[test]
fn a_config_speaks_for_circleci_and_a_host_does_not() {
    let mut repository =
        Repository { host: Some("github.com".into()), path: Some("acme/platform".into()), files: Vec::new() };
    assert!(CircleCi.detect(&repository).because.is_none());
    repository.files.push(".circleci/config.yml".into());
    let detection = CircleCi.detect(&repository);
    assert!(!detection.hosted);
    assert_eq!(detection.existing, [".circleci/config.yml"]);
    let given =
        detection.options.iter().filter_map(|line| line.value.as_ref().map(|value| format!("{}: {value}\n", line.key)));
    let options: String = given.collect();
    assert!(of_options(&options).is_empty());
    assert!(of_plan(&options, &common::full()).is_empty());
}
