//! Plans that between them reach every line of the templates, made by hand: an adapter needs no spec.

use stackgate_provider::plan::Pins;
use stackgate_provider::plan::{
    Action, Execution, Gate, Image, Language, Places, PlainJob, Plan, Prepare, Runtime, Stage, TeamToken, Tier,
    Trigger, TrustClass, When,
};
use stackgate_provider::templates;

/// Names of the plans with the options that each is tried with.
pub(super) fn all() -> Vec<(&'static str, Plan, &'static str)> {
    let premium = "{ repository: acme/platform, project_id: 99, namespace_id: 7, premium: true }";
    let include =
        "{ path: .gitlab/ci/pulumi.yml, stage: infra, premium: true, tags: [linux, docker], production_tags: [prod] }";
    let mut out = vec![
        ("one deploy", plan(vec![deploy("dev", Tier::Development, &[])], Vec::new()), "{}"),
        ("three tiers", tiers(), premium),
        ("three tiers on Free", tiers(), "{ url: \"https://gitlab.acme.dev\" }"),
        ("three tiers, included", tiers(), include),
        ("jobs", jobs(), premium),
        ("jobs, included", jobs(), include),
        ("filtered previews", filtered(), "{}"),
        ("filtered previews, included", filtered(), include),
        ("hostile names", hostile(), "{ tags: [\"a b\", on, \"1\"] }"),
    ];
    for language in [Language::Nodejs, Language::Python, Language::Go, Language::Dotnet, Language::Java, Language::Yaml]
    {
        let mut stages = vec![preview("dev", &[]), deploy("dev", Tier::Development, &[])];
        stages.iter_mut().for_each(|stage| stage.runtime = runtime(language));
        out.push((language.as_str(), plan(stages, Vec::new()), "{}"));
    }
    out
}

pub(super) fn tiers() -> Plan {
    let mut before_gate = stage("plan-app-production", "production", Action::Preview, Trigger::Push);
    before_gate.tier = Tier::Production;
    before_gate.class = TrustClass::Production;
    before_gate.environment = Some("app-production-preview".into());
    let stages = vec![
        preview("dev", &["app/**", "shared/*.ts", "package.json"]),
        preview("staging", &[]),
        deploy("dev", Tier::Development, &[]),
        deploy("staging", Tier::Development, &["deploy-app-dev"]),
        before_gate,
        deploy("production", Tier::Production, &["deploy-app-staging", "plan-app-production"]),
    ];
    plan(stages, Vec::new())
}

fn jobs() -> Plan {
    let mut plan = tiers();
    let both = [Trigger::ChangeRequest, Trigger::Push];
    plan.jobs = vec![
        job("lint", &both, When::Before, "npm run lint"),
        job("audit", &[Trigger::ChangeRequest], When::Before, "npm audit\necho \"$HOME\"\n"),
        job("notify", &[Trigger::Push], When::After, "echo 'it''s done'"),
        job("report", &both, When::After, "echo done"),
    ];
    plan
}

fn filtered() -> Plan {
    let paths: [&[&str]; 2] = [&["**"], &[".", "a/**/b", "**/*.go"]];
    let stages = vec![preview("dev", paths[0]), preview("staging", paths[1]), deploy("dev", Tier::Development, &[])];
    plan(stages, Vec::new())
}

fn hostile() -> Plan {
    let mut stage = deploy("a.b", Tier::Development, &[]);
    stage.directory = ".".into();
    stage.prepare = vec![
        Prepare { name: "Café: \"x\" #1 'y' && exit".into(), run: "it='s'\n\techo \"$it\" # \\\n\n  )".into() },
        Prepare { name: "- a".into(), run: "' && exit 0; '".into() },
    ];
    let mut plan = plan(vec![stage], vec![job("yes", &[Trigger::Push], When::Before, "true")]);
    plan.branch = "release/2026.1-x_y".into();
    plan.cloud_url = "https://pulumi.acme.dev:8443/api".into();
    plan
}

pub(super) fn plan(stages: Vec<Stage>, jobs: Vec<PlainJob>) -> Plan {
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

pub(super) fn preview(stack: &str, paths: &[&str]) -> Stage {
    let mut stage = stage(&format!("preview-app-{stack}"), stack, Action::Preview, Trigger::ChangeRequest);
    stage.paths = paths.iter().map(|path| (*path).to_owned()).collect();
    stage.class = TrustClass::ChangeRequest;
    stage
}

pub(super) fn deploy(stack: &str, tier: Tier, after: &[&str]) -> Stage {
    let mut stage = stage(&format!("deploy-app-{stack}"), stack, Action::Deploy, Trigger::Push);
    stage.environment = Some(format!("app-{stack}"));
    stage.lock = Some(format!("acme/app/{stack}"));
    stage.after = after.iter().map(|id| (*id).to_owned()).collect();
    stage.tier = tier;
    if tier == Tier::Production {
        stage.class = TrustClass::Production;
        stage.gate = Some(Gate::Approval);
    }
    stage
}

fn stage(id: &str, stack: &str, action: Action, trigger: Trigger) -> Stage {
    Stage {
        id: id.into(),
        name: format!("app-{stack}"),
        project: "app".into(),
        stack: stack.into(),
        action,
        // One stack of these plans is run by Pulumi Deployments.
        execution: match (stack, action) {
            ("staging", Action::Deploy) => Execution::Deployments { request: "{\"operation\":\"update\"}".into() },
            _ => Execution::Cli,
        },
        trigger,
        tier: Tier::Development,
        class: TrustClass::Development,
        provider: "gitlab".into(),
        token: TeamToken {
            team: format!("app-{stack}"),
            audience: "urn:pulumi:org:acme".into(),
            lifetime_seconds: 3600,
        },
        environment: None,
        gate: None,
        lock: None,
        after: Vec::new(),
        timeout_minutes: 60,
        stop_after_seconds: 3300,
        runtime: runtime(Language::Nodejs),
        directory: "app".into(),
        paths: Vec::new(),
        prepare: Vec::new(),
        esc: Vec::new(),
        references: Vec::new(),
        places: Places::default(),
    }
}

pub(super) fn job(id: &str, triggers: &[Trigger], when: When, run: &str) -> PlainJob {
    PlainJob {
        id: id.into(),
        provider: "gitlab".into(),
        triggers: triggers.to_vec(),
        when,
        run: run.into(),
        directory: "app".into(),
        runtime: runtime(Language::Nodejs),
        timeout_minutes: 10,
        place: Default::default(),
    }
}

pub(super) fn runtime(language: Language) -> Runtime {
    let pins = Pins::parse(templates::PINS).unwrap();
    let (version, image) = pins.runtime(language, None);
    assert!(image.as_ref().is_some_and(|image: &Image| image.pinned().contains("@sha256:")));
    Runtime { language, version, image }
}
