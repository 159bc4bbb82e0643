//! Plans to try the adapter with: small, varied, and without a spec.
//!
//! What must hold: every branch of every template is taken by one of `cases`, so that the deletion test sees each line.

#![allow(dead_code, reason = "each test binary uses a part")]

use stackgate_azure::Azure;
pub(crate) use stackgate_fixtures::plan;
use stackgate_provider::plan::{Action, Language, PlainJob, Plan, Prepare, Runtime, Stage, Tier, Trigger, When};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Provider};

pub(crate) fn runtime(language: Language, version: &str) -> Runtime {
    Runtime { language, version: version.into(), image: None }
}

pub(crate) fn stage(project: &str, stack: &str, action: Action, trigger: Trigger, tier: Tier) -> Stage {
    let mut stage = stackgate_fixtures::stage("azure", project, stack, action, trigger, tier);
    stage.runtime = runtime(Language::Nodejs, "24.18.0");
    stage
}

/// One development stack, deployed and previewed.
pub(crate) fn small() -> Plan {
    let preview = stage("app", "dev", Action::Preview, Trigger::ChangeRequest, Tier::Development);
    plan(vec![preview, stage("app", "dev", Action::Deploy, Trigger::Push, Tier::Development)], Vec::new())
}

/// Development, staging and production, with paths, jobs and the user's own steps.
pub(crate) fn large() -> Plan {
    let mut preview = stage("app", "dev", Action::Preview, Trigger::ChangeRequest, Tier::Development);
    preview.paths = vec!["app/**".into(), "shared/**".into()];
    let other = stage("net", "dev", Action::Preview, Trigger::ChangeRequest, Tier::Development);
    let dev = stage("app", "dev", Action::Deploy, Trigger::Push, Tier::Development);
    let mut staging = stage("app", "staging", Action::Deploy, Trigger::Push, Tier::Development);
    staging.after = vec![dev.id.clone()];
    let mut before = stage("app", "prod", Action::Preview, Trigger::Push, Tier::Production);
    before.after = vec![staging.id.clone()];
    let mut production = stage("app", "prod", Action::Deploy, Trigger::Push, Tier::Production);
    production.after = vec![staging.id.clone(), before.id.clone()];
    production.prepare =
        vec![Prepare { name: "Café \"x\"".into(), run: "npm ci --ignore-scripts\n\nnpm run build  \n".into() }];
    let job = |id: &str, when, directory: &str, language, triggers| PlainJob {
        id: id.into(),
        provider: "azure".into(),
        triggers,
        when,
        run: "npm run lint".into(),
        directory: directory.into(),
        runtime: language,
        timeout_minutes: 10,
        place: Default::default(),
    };
    let both = vec![Trigger::ChangeRequest, Trigger::Push];
    let jobs = vec![
        job("lint-all", When::Before, ".", runtime(Language::Nodejs, "24.18.0"), both.clone()),
        job("notify", When::After, "app", runtime(Language::Yaml, ""), both),
    ];
    plan(vec![preview, other, dev, staging, before, production], jobs)
}

/// Every runtime, one project each.
pub(crate) fn runtimes() -> Plan {
    let all = [
        (Language::Nodejs, "24.18.0"),
        (Language::Python, "3.13.15"),
        (Language::Go, "1.26.5"),
        (Language::Dotnet, "10.0.100"),
        (Language::Java, "21.0.8"),
        (Language::Yaml, ""),
    ];
    let stages = all.iter().map(|(language, version)| {
        let mut stage = stage(language.as_str(), "dev", Action::Deploy, Trigger::Push, Tier::Development);
        stage.runtime = runtime(*language, version);
        stage.directory = ".".into();
        stage
    });
    plan(stages.collect(), Vec::new())
}

pub(crate) const CONNECTIONS: &str = "production_connection: { name: Pulumi production, id: 11111111-2222-3333-4444-555555555555 }\n\
     production_preview_connection: { name: pulumi-preview, id: 11111111-2222-3333-4444-666666666666 }\n";

/// Options and plans that between them take every branch of every template.
pub(crate) fn cases() -> Vec<(&'static str, String, Plan)> {
    let stack =
        "production_connections: { app/prod: { name: app.prod (eu), id: aaaaaaaa-2222-3333-4444-555555555555 } }\n";
    vec![
        ("small", "{}".into(), small()),
        ("small-github", "host: github".into(), small()),
        ("large", CONNECTIONS.into(), large()),
        (
            "large-github",
            format!(
                "{CONNECTIONS}{stack}host: github\nbatch: false\npool: Our agents\npreview_pool: previews\npath: .azuredevops"
            ),
            large(),
        ),
        ("large-waived", "preview_pool: previews\nimage: ubuntu-22.04".into(), large()),
        ("runtimes", "{}".into(), runtimes()),
    ]
}

pub(crate) fn adapter(options: &str) -> Box<dyn Adapter> {
    stackgate_fixtures::adapter(&Azure, options)
}

/// The rules that the options break by themselves, then those that the plan breaks.
pub(crate) fn complaints(options: &str, plan: &Plan) -> Vec<&'static str> {
    let mut reader = Reader::default();
    let adapter = Azure.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader);
    let mut rules: Vec<&str> = reader.into_diagnostics().iter().map(|diagnostic| diagnostic.rule.id).collect();
    rules.extend(adapter.iter().flat_map(|adapter| adapter.check(plan)).map(|diagnostic| diagnostic.rule.id));
    rules
}
