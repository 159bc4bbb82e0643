//! Plans and options that between them reach every line of the templates.
//!
//! What must hold: the plans are such as lowering makes them. Deliberately absent: specs; lowering has its own tests.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]
#![allow(dead_code, reason = "each test binary uses a part")]

use stackgate_circleci::CircleCi;
pub(crate) use stackgate_fixtures::{plan, runtime};
use stackgate_provider::plan::{Action, Language, PlainJob, Plan, Prepare, Stage, Tier, Trigger, When};
use stackgate_provider::yaml::{Diagnostics, Limits, Reader, Span, parse};
use stackgate_provider::{Adapter, Provider as _};

pub(crate) const CONTEXTS: &str = "\
contexts:
  preview: pulumi-preview
  development: pulumi-development
  production_preview: pulumi-plan
  production: { name: pulumi-production, id: 2f4b7c1e-0d3a-4e5f-8a6b-9c0d1e2f3a4b }
";

const GITHUB_APP: &str = "\
events: github-app
path: .circleci/pulumi.yml
resource_class: large
production_resource_class: xlarge
repository: acme/platform
organization_id: 7b1e2f3a-0d3a-4e5f-8a6b-9c0d1e2f3a4b
project_id: 8c1e2f3a-0d3a-4e5f-8a6b-9c0d1e2f3a4b
pipeline_definition_id: 9d1e2f3a-0d3a-4e5f-8a6b-9c0d1e2f3a4b
";

/// Options that differ in what they render.
pub(crate) fn options() -> Vec<String> {
    vec!["{}".into(), CONTEXTS.into(), format!("{GITHUB_APP}{CONTEXTS}")]
}

/// An adapter of these options, and what was wrong with them.
pub(crate) fn adapter(options: &str) -> (Option<Box<dyn Adapter>>, Diagnostics) {
    let node = parse(options, &Limits::SPEC).unwrap();
    let mut reader = Reader::new();
    let adapter = CircleCi.configure(&node, &mut reader);
    (adapter, reader.into_diagnostics())
}

/// A stage of the project `app`.
pub(crate) fn stage(action: Action, trigger: Trigger, tier: Tier, stack: &str, after: &[&str]) -> Stage {
    let mut stage = stackgate_fixtures::stage("circleci", "app", stack, action, trigger, tier);
    stage.after = after.iter().map(|id| (*id).to_owned()).collect();
    stage.directory = "infra/app".into();
    stage.stop_after_seconds = 3000;
    stage
}

/// A job of the user's own.
pub(crate) fn job(id: &str, when: When, triggers: &[Trigger]) -> PlainJob {
    PlainJob {
        id: id.into(),
        provider: "circleci".into(),
        triggers: triggers.to_vec(),
        when,
        run: "npm ci\nnpm run lint -- --fix=false\n".into(),
        directory: if when == When::Before { ".".into() } else { "infra".into() },
        runtime: runtime(if when == When::Before { Language::Nodejs } else { Language::Yaml }),
        timeout_minutes: 10,
        place: Span::default(),
    }
}

/// Development, staging, production, with a preview of each kind, path filters, and a job of each kind.
pub(crate) fn full() -> Plan {
    let mut preview = stage(Action::Preview, Trigger::ChangeRequest, Tier::Development, "dev", &[]);
    preview.paths = vec!["infra/app/**".into(), "shared/*.ts".into()];
    let mut production =
        stage(Action::Deploy, Trigger::Push, Tier::Production, "prod", &["deploy-app-staging", "plan-app-prod"]);
    production.prepare = vec![Prepare { name: "Café \"x\": it's".into(), run: "npm ci --ignore-scripts".into() }];
    production.timeout_minutes = 120;
    let stages = vec![
        preview,
        stage(Action::Deploy, Trigger::Push, Tier::Development, "dev", &[]),
        stage(Action::Deploy, Trigger::Push, Tier::Development, "staging", &["deploy-app-dev"]),
        stage(Action::Preview, Trigger::Push, Tier::Production, "prod", &["deploy-app-staging"]),
        production,
    ];
    let both = [Trigger::ChangeRequest, Trigger::Push];
    plan(stages, vec![job("lint", When::Before, &both), job("notify", When::After, &both[1..])])
}

/// Every plan that is worth rendering.
pub(crate) fn plans() -> Vec<Plan> {
    let mut plans = vec![full()];
    for language in [Language::Nodejs, Language::Python, Language::Go, Language::Dotnet, Language::Java, Language::Yaml]
    {
        let mut deploy = stage(Action::Deploy, Trigger::Push, Tier::Production, "prod", &[]);
        deploy.runtime = runtime(language);
        deploy.directory = ".".into();
        plans.push(plan(vec![deploy], Vec::new()));
    }
    let preview = stage(Action::Preview, Trigger::ChangeRequest, Tier::Development, "dev", &[]);
    plans.push(plan(vec![preview], vec![job("unused", When::Before, &[Trigger::Push])]));
    let deploy = stage(Action::Deploy, Trigger::Push, Tier::Development, "dev", &[]);
    plans.push(plan(vec![deploy], vec![job("notify", When::After, &[Trigger::Push])]));
    plans.push(plan(Vec::new(), Vec::new()));
    plans
}
