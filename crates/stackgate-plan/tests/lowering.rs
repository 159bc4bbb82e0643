//! What specs mean: stages with their teams, environments, gates, locks and order.
//!
//! What must always hold: the design's own examples mean what the design says. Deliberately absent: mistakes, which
//! are in `errors.rs`.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod common;

use common::judge;
use stackgate_diagnostic::{Source, render_text};
use stackgate_plan::{Action, Gate, Language, Plan, Stage, Tier, Trigger, TrustClass, When};

/// The plan of a spec without mistakes.
fn plan(text: &str) -> Plan {
    let source = Source::new("stackgate.yaml", text);
    let (plan, found) = judge(&source);
    assert!(found.is_empty(), "{}", render_text(&source, found.as_slice(), false));
    plan.unwrap()
}

fn of<'a>(plan: &'a Plan, id: &str) -> &'a Stage {
    plan.stage(id).unwrap_or_else(|| panic!("{id} is not in {:?}", ids(plan)))
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.stages.iter().map(|stage| stage.id.as_str()).collect()
}

/// A spec with one provider and one nodejs project `app` of these stacks.
fn app(stacks: &str) -> String {
    let stacks: String = stacks.lines().map(|line| format!("      {}\n", line.trim())).collect();
    format!(
        "version: 1\norganization: acme\nproviders: {{ github: {{}} }}\nprojects:\n  app:\n    runtime: nodejs\n    stacks:\n{stacks}"
    )
}

#[test]
fn the_smallest_spec() {
    let plan = plan(
        "version: 1
organization: your-org-name
providers: { github: {} }
projects:
  app: { runtime: nodejs, stacks: { your-stack-name: { deploy: your-team-name } } }
",
    );
    assert_eq!((plan.branch.as_str(), plan.cloud_url.as_str()), ("main", "https://api.pulumi.com"));
    assert_eq!((plan.cli.version.as_str(), plan.spec_path.as_str()), ("3.259.0", "stackgate.yaml"));
    assert_eq!(ids(&plan), ["plan-app-your-stack-name", "deploy-app-your-stack-name"]);
    let deploy = of(&plan, "deploy-app-your-stack-name");
    assert_eq!((deploy.tier, deploy.class, deploy.trigger), (Tier::Production, TrustClass::Production, Trigger::Push));
    assert_eq!(deploy.token.team, "your-team-name");
    assert_eq!(deploy.token.audience, "urn:pulumi:org:your-org-name");
    assert_eq!(deploy.environment.as_deref(), Some("app-your-stack-name"));
    assert_eq!(deploy.gate, Some(Gate::Approval));
    assert_eq!(deploy.lock.as_deref(), Some("your-org-name/app/your-stack-name"));
    assert_eq!(deploy.after, ["plan-app-your-stack-name"]);
    assert_eq!((deploy.timeout_minutes, deploy.stop_after_seconds, deploy.token.lifetime_seconds), (60, 3000, 3600));
    assert_eq!((deploy.runtime.version.as_str(), deploy.directory.as_str()), ("24.18.0", "."));
    let preview = of(&plan, "plan-app-your-stack-name");
    assert_eq!((preview.action, preview.class), (Action::Preview, TrustClass::Production));
    assert_eq!(preview.token.team, "app-your-stack-name-preview");
    assert_eq!(preview.environment.as_deref(), Some("app-your-stack-name-preview"));
    assert_eq!((preview.gate, &preview.lock), (None, &None));
}

const MONOREPO: &str = r#"
version: 1
organization: acme
branch: main
pulumi: "3.259.0"
providers:
  github: { repository: acme/platform, repository_id: 4242, owner_id: 77 }
  gitlab: { repository: acme/platform, project_id: 99, namespace_id: 7, premium: true }
defaults:
  preview: { provider: github }
  deploy:  { provider: gitlab, timeout: 45m }
projects:
  network:
    directory: network
    runtime: go@1.26
    stacks:
      dev:        { tier: development }
      staging:    { tier: development, after: [dev] }
      production: { after: [staging], esc: [network/production] }
  payments:
    directory: payments
    paths: ["payments/**", "shared/**"]
    runtime: nodejs@24
    prepare: [{ name: Install, run: npm ci --ignore-scripts }]
    stacks:
      dev:        { tier: development, after: [network/dev] }
      staging:    { tier: development, after: [dev, network/staging] }
      production: { after: [staging, network/production], esc: [payments/production] }
access:
  teams:
    payments-developers: { stacks: { payments/dev: write } }
waivers:
  - { rule: gate-not-in-claims, where: payments/production, reason: "Premium from January", until: 2027-01-31 }
"#;

#[test]
fn the_monorepo_on_two_systems() {
    let plan = plan(MONOREPO);
    assert_eq!(
        ids(&plan),
        [
            "preview-network-dev",
            "preview-network-staging",
            "preview-payments-dev",
            "preview-payments-staging",
            "deploy-network-dev",
            "deploy-network-staging",
            "plan-network-production",
            "deploy-network-production",
            "deploy-payments-dev",
            "deploy-payments-staging",
            "plan-payments-production",
            "deploy-payments-production",
        ]
    );
    assert!(
        plan.stages
            .iter()
            .all(|stage| stage.provider == if stage.trigger == Trigger::Push { "gitlab" } else { "github" })
    );
    let preview = of(&plan, "preview-payments-dev");
    assert_eq!(preview.token.team, "payments-preview");
    assert_eq!((preview.class, &preview.environment, preview.timeout_minutes), (TrustClass::ChangeRequest, &None, 60));
    assert_eq!(preview.paths, ["payments/**", "shared/**"]);
    let deploy = of(&plan, "deploy-payments-production");
    assert_eq!(deploy.after, ["deploy-payments-staging", "deploy-network-production", "plan-payments-production"]);
    assert_eq!((deploy.timeout_minutes, deploy.token.lifetime_seconds, deploy.stop_after_seconds), (45, 2700, 2250));
    assert_eq!(deploy.esc, ["payments/production"]);
    assert_eq!(deploy.prepare[0].run, "npm ci --ignore-scripts");
    assert!(deploy.paths.is_empty(), "deploys are not filtered");
    let merge = of(&plan, "plan-payments-production");
    assert_eq!(merge.after, ["deploy-payments-staging", "deploy-network-production"]);
    assert_eq!((merge.provider.as_str(), merge.token.team.as_str()), ("gitlab", "payments-production-preview"));
    assert!(plan.waives("gate-not-in-claims", &["payments/production"]));
    assert!(!plan.waives("gate-not-in-claims", &["network/production"]));
}

#[test]
fn stages_stand_after_what_they_wait_for() {
    let plan = plan(&app(
        "production: { after: [staging] }\nstaging: { tier: development, after: [dev, dev, app/dev] }\ndev: { tier: development }",
    ));
    assert_eq!(ids(&plan), ["deploy-app-dev", "deploy-app-staging", "plan-app-production", "deploy-app-production"]);
    assert_eq!(of(&plan, "deploy-app-staging").after, ["deploy-app-dev"]);
}

#[test]
fn false_switches_off_and_mappings_merge() {
    let text = app("a: { tier: development, preview: {}, deploy: false }\nb: { preview: false }\nc: { tier: development, deploy: { gate: true, timeout: 1h30m, token: 10m } }")
        .replace("projects:", "defaults: { deploy: { token: 20m, environment: shared, team: deployers } , tier: production }\nprojects:")
        .replace("b: {", "b: { deploy: { team: b-team, environment: b },");
    let plan = plan(&text);
    assert_eq!(ids(&plan), ["preview-app-a", "deploy-app-b", "deploy-app-c"]);
    let b = of(&plan, "deploy-app-b");
    assert_eq!((b.token.lifetime_seconds, b.timeout_minutes, b.token.team.as_str()), (1200, 60, "b-team"));
    let c = of(&plan, "deploy-app-c");
    assert_eq!((c.token.lifetime_seconds, c.timeout_minutes, c.gate), (600, 90, Some(Gate::Approval)));
    assert_eq!((c.token.team.as_str(), c.environment.as_deref()), ("deployers", Some("shared")));
}

#[test]
fn a_description_at_the_stack_undoes_false_in_the_defaults() {
    let text = app("a: { tier: development }\nb: { tier: development, deploy: b-team }")
        .replace("projects:", "defaults: { deploy: false }\nprojects:");
    assert_eq!(ids(&plan(&text)), ["deploy-app-b"]);
}

#[test]
fn development_may_be_previewed_after_the_merge() {
    let plan = plan(&app("dev: { tier: development, preview: { at: merge, timeout: 30m } }"));
    assert_eq!(ids(&plan), ["plan-app-dev", "deploy-app-dev"]);
    let merge = of(&plan, "plan-app-dev");
    assert_eq!((merge.class, merge.trigger, merge.timeout_minutes), (TrustClass::Development, Trigger::Push, 30));
    assert_eq!((merge.token.team.as_str(), merge.environment.as_deref()), ("app-dev-preview", Some("app-dev-preview")));
    assert_eq!(of(&plan, "deploy-app-dev").gate, None);
}

#[test]
fn production_takes_only_times_from_the_defaults_of_previews() {
    let text = app("dev: { tier: development }\nproduction: {}")
        .replace("projects:", "defaults: { preview: { team: readers, at: change, timeout: 20m } }\nprojects:");
    let plan = plan(&text);
    assert_eq!(ids(&plan), ["preview-app-dev", "deploy-app-dev", "plan-app-production", "deploy-app-production"]);
    assert_eq!(of(&plan, "preview-app-dev").token.team, "readers");
    let merge = of(&plan, "plan-app-production");
    assert_eq!((merge.token.team.as_str(), merge.timeout_minutes), ("app-production-preview", 20));
}

#[test]
fn a_waiver_lets_production_be_previewed_at_change() {
    let mut text = app("production: { preview: { at: change, team: readers } }");
    text.push_str("waivers: [{ rule: preview-production-at-change, where: app/production, reason: Everybody may read it, until: 2026-11-23 }]\n");
    let plan = plan(&text);
    assert_eq!(ids(&plan), ["preview-app-production", "plan-app-production", "deploy-app-production"]);
    let change = of(&plan, "preview-app-production");
    assert_eq!(
        (change.class, change.tier, change.token.team.as_str()),
        (TrustClass::ChangeRequest, Tier::Production, "readers")
    );
    assert_eq!(of(&plan, "plan-app-production").token.team, "app-production-preview");
}

#[test]
fn jobs_and_pins() {
    let mut text = app("dev: { tier: development }")
        .replace("runtime: nodejs", "runtime: nodejs@22.23.1")
        .replace("version: 1\n", "version: 1\npulumi: 3.260.0\n");
    text.push_str(
        "jobs:
  lint: { run: npm run lint, on: [change] }
  notify: { run: ./notify, when: after, runtime: python, directory: tools, timeout: 10m }
pins:
  cli: { 3.260.0: { linux-x64: 94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5, linux-arm64: edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853 } }
  actions: { actions/checkout: { version: v7.0.2, commit: 820762786026740c76f36085b0efc47a31fe5020 } }
  images:
    nodejs@22.23.1: { image: 'node:22-bookworm', digest: 'sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0' }
    python: { image: 'python:mine', digest: 'sha256:07bf1bd38e191e3ed18b5f3eb0006d5ab260cb8c967f49d3bf947e5c2e44d8a9' }
",
    );
    text.push_str("    yaml: { image: 'debian:mine', digest: 'sha256:07bf1bd38e191e3ed18b5f3eb0006d5ab260cb8c967f49d3bf947e5c2e44d8a9' }\n");
    let plan = plan(&text);
    // What runs no program is found under the table's default too, whether a version was asked for or not.
    for version in [None, Some("")] {
        assert_eq!(plan.pins.runtime(Language::Yaml, version).1.unwrap().name, "debian:mine");
    }
    assert_eq!(plan.cli.version, "3.260.0");
    assert_eq!(plan.pins.actions["actions/checkout"].version, "v7.0.2");
    let runtime = &of(&plan, "deploy-app-dev").runtime;
    assert_eq!(
        (runtime.version.as_str(), runtime.image.as_ref().unwrap().name.as_str()),
        ("22.23.1", "node:22-bookworm")
    );
    let [lint, notify] = plan.jobs.as_slice() else { panic!("two jobs") };
    assert_eq!(
        (lint.triggers.as_slice(), lint.when, lint.timeout_minutes),
        (&[Trigger::ChangeRequest][..], When::Before, 60)
    );
    assert_eq!((notify.triggers.len(), notify.when, notify.directory.as_str()), (2, When::After, "tools"));
    assert_eq!(notify.runtime.image.as_ref().unwrap().name, "python:mine");
}

#[test]
fn the_same_spec_gives_the_same_plan() {
    assert_eq!(format!("{:?}", plan(MONOREPO)), format!("{:?}", plan(MONOREPO)));
}

#[test]
fn hostile_specs_are_judged_in_bounded_time() {
    let entries: String = (0..9000).map(|at| format!("nothing{at},")).collect();
    let stacks: String = (0..400).map(|at| format!("s{at}: {{ tier: development }}\n")).collect();
    let text = app(&format!("{stacks}x: {{ after: [{entries}] }}"));
    let start = std::time::Instant::now();
    let (_, found) = judge(&Source::new("stackgate.yaml", text));
    assert!(found.len() >= 9000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn deployments_by_push_and_by_the_pipeline() {
    let plan = plan(&app(
        "dev: { tier: development, execution: deployments, deployments: { vcs: github, repository: acme/app } }
         live: { execution: deployments, esc: [app/live], deployments: { vcs: github, repository: acme/app, preview: true, oidc: { aws: { role_arn: \"arn:aws:iam::123456789012:role/deploy\" } }, preview_oidc: { aws: { role_arn: \"arn:aws:iam::123456789012:role/read\", policy_arns: [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"] } } } }",
    ));
    // What Pulumi Cloud deploys on a push has no job, and what the pipeline starts has no preview of its own.
    assert_eq!(ids(&plan), ["deploy-app-live"]);
    let [dev, live] = plan.deployments.as_slice() else { unreachable!("{:?}", plan.deployments) };
    assert!(dev.deploys_commits() && !dev.preview && dev.stored_cloud().is_empty());
    assert!(!live.deploys_commits() && live.preview);
    // The settings hold what can read; what deploys comes with the request, which clears the stored policies.
    assert_eq!(live.stored_cloud().aws.as_ref().unwrap().role_arn, "arn:aws:iam::123456789012:role/read");
    let stage = of(&plan, "deploy-app-live");
    assert_eq!((stage.gate, stage.environment.as_deref()), (Some(Gate::Approval), Some("app-live")));
    assert_eq!((stage.runtime.version.as_str(), stage.prepare.len(), stage.esc.len()), ("", 0, 1));
    assert_eq!(
        stage.request().unwrap(),
        r#"{"inheritSettings":true,"operation":"update","operationContext":{"oidc":{"aws":{"roleArn":"arn:aws:iam::123456789012:role/deploy","sessionName":"pulumi-deployments","policyArns":[]}}}}"#
    );
    assert_eq!(dev.request(), r#"{"inheritSettings":true,"operation":"update"}"#);
}
