//! Plans to try the adapter with: small, varied, and without a spec.
//!
//! What must hold: every branch of every template is taken by one of `cases`, so that the deletion test sees each line.

#![allow(dead_code, reason = "each test binary uses a part")]

use stackgate_azure::Azure;
use stackgate_provider::plan::Pins;
use stackgate_provider::plan::{
    Action, Execution, Gate, Language, Places, PlainJob, Plan, Prepare, Runtime, Stage, TeamToken, Tier, Trigger,
    TrustClass, Waiver, When,
};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Provider, templates};

pub(crate) fn runtime(language: Language, version: &str) -> Runtime {
    Runtime { language, version: version.into(), image: None }
}

pub(crate) fn stage(project: &str, stack: &str, action: Action, trigger: Trigger, tier: Tier) -> Stage {
    let verb = match (action, trigger) {
        (Action::Deploy, _) => "deploy",
        (Action::Preview, Trigger::Push) => "plan",
        (Action::Preview, Trigger::ChangeRequest) => "preview",
    };
    let suffix = if action == Action::Preview { "-preview" } else { "" };
    let deploys = action == Action::Deploy;
    let production = tier == Tier::Production;
    Stage {
        id: format!("{verb}-{project}-{stack}"),
        name: format!("{project}-{stack}"),
        project: project.into(),
        stack: stack.into(),
        action,
        // One stack of these plans is run by Pulumi Deployments.
        execution: match (stack, action) {
            ("staging", Action::Deploy) => Execution::Deployments { request: "{\"operation\":\"update\"}".into() },
            _ => Execution::Cli,
        },
        trigger,
        tier,
        class: match (trigger, production) {
            (Trigger::ChangeRequest, _) => TrustClass::ChangeRequest,
            (Trigger::Push, false) => TrustClass::Development,
            (Trigger::Push, true) => TrustClass::Production,
        },
        provider: "azure".into(),
        token: TeamToken {
            team: format!("{project}-{stack}{suffix}"),
            audience: "urn:pulumi:org:acme".into(),
            lifetime_seconds: 3600,
        },
        environment: (trigger == Trigger::Push).then(|| format!("{project}-{stack}{suffix}")),
        gate: (production && deploys).then_some(Gate::Approval),
        lock: deploys.then(|| format!("acme/{project}/{stack}")),
        after: Vec::new(),
        timeout_minutes: 60,
        stop_after_seconds: 3300,
        runtime: runtime(Language::Nodejs, "24.18.0"),
        directory: project.into(),
        paths: Vec::new(),
        prepare: Vec::new(),
        esc: Vec::new(),
        references: Vec::new(),
        places: Places::default(),
    }
}

pub(crate) fn plan(stages: Vec<Stage>, jobs: Vec<PlainJob>) -> Plan {
    let pins = Pins::parse(templates::PINS).unwrap();
    Plan {
        organization: "acme".into(),
        cloud_url: "https://api.pulumi.com".into(),
        branch: "main".into(),
        spec_path: "stackgate.yaml".into(),
        cli: pins.cli("3.259.0").unwrap(),
        stages,
        jobs,
        access: Default::default(),
        deployments: Vec::new(),
        stacks: Vec::new(),
        waivers: Vec::new(),
        pins: pins.into(),
    }
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
    let mut reader = Reader::default();
    let adapter = Azure.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader).unwrap();
    assert!(!reader.has_errors(), "{:?}", reader.into_diagnostics());
    adapter
}

/// The rules that the options break by themselves, then those that the plan breaks.
pub(crate) fn complaints(options: &str, plan: &Plan) -> Vec<&'static str> {
    let mut reader = Reader::default();
    let adapter = Azure.configure(&parse(options, &Limits::SPEC).unwrap(), &mut reader);
    let mut rules: Vec<&str> = reader.into_diagnostics().iter().map(|diagnostic| diagnostic.rule.id).collect();
    rules.extend(adapter.iter().flat_map(|adapter| adapter.check(plan)).map(|diagnostic| diagnostic.rule.id));
    rules
}

pub(crate) fn waiver(rule: &str, place: &str) -> Waiver {
    Waiver {
        rule: rule.into(),
        place: place.into(),
        reason: "a test".into(),
        until: "2099-01-01".into(),
        span: Default::default(),
    }
}
