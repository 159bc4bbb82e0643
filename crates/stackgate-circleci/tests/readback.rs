//! Reading back: what is rendered says what the plan asks for, and a template that loses a line does not.
//!
//! What must hold: every plan is tried with every set of options. Deliberately absent: golden files; the snapshots are
//! the workspace's.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use serde_yaml::{Mapping, Value};
use stackgate_circleci::CircleCi;
use stackgate_provider::plan::Plan;
use stackgate_provider::{Adapter, Engine, Provider as _, Syntax, compare, templates};

fn cases() -> Vec<(Plan, Box<dyn Adapter>)> {
    let mut cases = Vec::new();
    for options in common::options() {
        for plan in common::plans() {
            let (adapter, diagnostics) = common::adapter(&options);
            assert!(!diagnostics.has_errors(), "{diagnostics:?}");
            cases.push((plan, adapter.unwrap()));
        }
    }
    cases
}

#[test]
fn what_is_rendered_is_what_the_plan_asks_for() {
    for (plan, adapter) in cases() {
        let files = adapter.render(&plan, CircleCi.engine().unwrap()).unwrap();
        assert_eq!(files.is_empty(), plan.stages.is_empty());
        if let Err(error) = compare(&adapter.realise(&plan).pipeline, &adapter.observe(&files)) {
            panic!("{error}");
        }
        assert!(files.iter().all(|file| CircleCi.places().iter().any(|place| place.holds(&file.path))));
    }
}

#[test]
fn no_line_of_a_template_goes_missing_unseen() {
    let cases = cases();
    let whole: Vec<_> =
        cases.iter().map(|(plan, adapter)| adapter.render(plan, CircleCi.engine().unwrap()).unwrap()).collect();
    // An audit's template is no project's: `stackgate`'s own tests take its lines away.
    for (at, (name, text)) in templates::CIRCLECI
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| name.ends_with(".tera") && !name.contains("/audit"))
    {
        for line in 0..text.lines().count() {
            let without: String =
                text.lines().enumerate().filter(|(at, _)| *at != line).map(|(_, line)| format!("{line}\n")).collect();
            let mut texts = templates::CIRCLECI.to_vec();
            texts[at] = (name, &without);
            let Ok(engine) = Engine::new(Syntax::Yaml, &texts) else { continue };
            let seen = cases.iter().zip(&whole).any(|((plan, adapter), whole)| match adapter.render(plan, &engine) {
                Err(_) => true,
                Ok(files) => {
                    &files != whole && compare(&adapter.realise(plan).pipeline, &adapter.observe(&files)).is_err()
                }
            });
            let comment = text.lines().nth(line).is_some_and(|line| line.starts_with("{#"));
            assert!(seen || comment, "{name}:{} can go missing: {:?}", line + 1, text.lines().nth(line));
        }
    }
}

#[test]
fn other_quotes_and_another_order_of_keys_say_the_same() {
    for (plan, adapter) in cases() {
        let mut files = adapter.render(&plan, CircleCi.engine().unwrap()).unwrap();
        for file in &mut files {
            let value: Value = serde_yaml::from_str(&file.body).unwrap();
            file.body = serde_yaml::to_string(&reversed(value)).unwrap();
        }
        if let Err(error) = compare(&adapter.realise(&plan).pipeline, &adapter.observe(&files)) {
            panic!("{error}");
        }
    }
}

fn reversed(value: Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            let mut entries: Vec<(Value, Value)> =
                mapping.into_iter().map(|(key, value)| (key, reversed(value))).collect();
            entries.reverse();
            Value::Mapping(entries.into_iter().collect::<Mapping>())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

#[test]
fn what_is_not_understood_is_reported() {
    let (adapter, _) = common::adapter("{}");
    let adapter = adapter.unwrap();
    let plan = common::full();
    let files = adapter.render(&plan, CircleCi.engine().unwrap()).unwrap();
    let body = &files[0].body;
    let edits = [
        ("version: 2.1", "version: 2.1\nsetup: true"),
        ("resource_class: medium", "resource_class: medium\n    environment: { A: b }"),
        ("      - checkout\n", "      - checkout\n      - restore_cache:\n          key: x\n"),
        ("          when: always\n", ""),
        ("          type: approval\n", ""),
        ("            - approve-app-prod\n", ""),
        ("          serial-group: pulumi/acme/app/prod\n", ""),
        ("pipeline.git.branch == \"main\"", "pipeline.git.branch != \"x\""),
        ("            STACKGATE_TEAM: app-prod\n", "            STACKGATE_TEAM: app-dev\n"),
        ("  pulumi-deploy:\n", "  pulumi-deploy:\n    max_auto_reruns: 2\n"),
        ("@sha256:6dac", "@sha256:7dac"),
        ("            - deploy-app-dev: terminal\n", "            - deploy-app-dev\n"),
    ];
    for (from, to) in edits {
        assert!(body.contains(from), "{from:?} is not rendered");
        let mut files = files.clone();
        files[0].body = body.replace(from, to);
        assert!(
            compare(&adapter.realise(&plan).pipeline, &adapter.observe(&files)).is_err(),
            "{from:?} to {to:?} is not seen"
        );
    }
}
