//! Plans that between them reach every line of the templates, made by hand: an adapter needs no spec.

pub(super) use stackgate_fixtures::{plan, runtime};
use stackgate_provider::plan::{Action, Language, PlainJob, Plan, Prepare, Stage, Tier, Trigger, When};

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
    let before_gate = stage("production", Action::Preview, Trigger::Push, Tier::Production);
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

pub(super) fn preview(stack: &str, paths: &[&str]) -> Stage {
    let mut stage = stage(stack, Action::Preview, Trigger::ChangeRequest, Tier::Development);
    stage.paths = paths.iter().map(|path| (*path).to_owned()).collect();
    stage
}

pub(super) fn deploy(stack: &str, tier: Tier, after: &[&str]) -> Stage {
    let mut stage = stage(stack, Action::Deploy, Trigger::Push, tier);
    stage.after = after.iter().map(|id| (*id).to_owned()).collect();
    stage
}

fn stage(stack: &str, action: Action, trigger: Trigger, tier: Tier) -> Stage {
    stackgate_fixtures::stage("gitlab", "app", stack, action, trigger, tier)
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
