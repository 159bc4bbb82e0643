//! Plans and options for the tests of this crate, made by hand so that lowering may change without them.

#![allow(dead_code, reason = "not every test needs every helper")]

pub(crate) use stackgate_fixtures::runtime;
use stackgate_fixtures::waiver;
use stackgate_jenkins::Jenkins;
use stackgate_provider::plan::{Action, Gate, Image, Language, PlainJob, Plan, Prepare, Stage, Tier, Trigger, When};
use stackgate_provider::yaml::{Limits, Reader, parse};
use stackgate_provider::{Adapter, Artifact, Provider};

/// An adapter with the given options, which must be in order.
pub(crate) fn adapter(options: &str) -> Box<dyn Adapter> {
    stackgate_fixtures::adapter(&Jenkins, options)
}

/// What is wrong with options: the rules' ids.
pub(crate) fn problems(options: &str) -> Vec<&'static str> {
    let node = parse(options, &Limits::SPEC).unwrap();
    let mut reader = Reader::default();
    let _ = Jenkins.configure(&node, &mut reader);
    reader.into_diagnostics().iter().map(|diagnostic| diagnostic.rule.id).collect()
}

pub(crate) fn render(adapter: &dyn Adapter, plan: &Plan) -> Vec<Artifact> {
    adapter.render(plan, Jenkins.engine().unwrap()).unwrap()
}

pub(crate) fn stage(action: Action, trigger: Trigger, project: &str, stack: &str) -> Stage {
    let tier = if stack.starts_with("prod") { Tier::Production } else { Tier::Development };
    let mut stage = stackgate_fixtures::stage("jenkins", project, stack, action, trigger, tier);
    stage.directory = "infra/app".into();
    // The edits that the tests make go by these.
    let verb = stage.id.split('-').next().unwrap_or_default();
    stage.token.team = format!("{project}-{stack}-{verb}");
    stage.stop_after_seconds = 3000;
    stage
}

pub(crate) fn job(id: &str, when: When, triggers: &[Trigger]) -> PlainJob {
    PlainJob {
        id: id.into(),
        provider: "jenkins".into(),
        triggers: triggers.to_vec(),
        when,
        run: format!("echo \"{id}\"\nmake {id}"),
        directory: "tools".into(),
        runtime: runtime(Language::Go),
        timeout_minutes: 10,
        place: stackgate_provider::diagnostic::Span::default(),
    }
}

pub(crate) fn plan(stages: Vec<Stage>) -> Plan {
    stackgate_fixtures::plan(stages, Vec::new())
}

/// Development, staging, production, each previewed; the last two in order behind the one before.
pub(crate) fn three() -> Plan {
    let mut stages = vec![
        stage(Action::Preview, Trigger::ChangeRequest, "app", "dev"),
        stage(Action::Preview, Trigger::ChangeRequest, "app", "staging"),
        stage(Action::Deploy, Trigger::Push, "app", "dev"),
        stage(Action::Deploy, Trigger::Push, "app", "staging"),
        stage(Action::Preview, Trigger::Push, "app", "production"),
        stage(Action::Deploy, Trigger::Push, "app", "production"),
    ];
    stages[3].after = vec!["deploy-app-dev".into()];
    stages[4].after = vec!["deploy-app-staging".into()];
    stages[5].after = vec!["deploy-app-staging".into(), "plan-app-production".into()];
    plan(stages)
}

/// All that a plan can hold: path filters, own steps, jobs on both sides, every runtime.
pub(crate) fn everything() -> Plan {
    let mut plan = three();
    plan.stages[0].paths = vec!["infra/**".into(), "shared/*.ts".into()];
    plan.stages[1].paths = vec!["infra/app/**".into()];
    plan.stages[1].directory = ".".into();
    let prepare = vec![
        Prepare { name: "Café, it's \"x\" \\u0027".into(), run: "npm ci\necho 'it''s' \\\n  \"$HOME\"\n\n".into() },
        Prepare { name: "Odd".into(), run: "\n  echo a\n    echo b  ".into() },
    ];
    plan.stages[0].prepare = prepare.clone();
    plan.stages[1].prepare = prepare.clone();
    plan.stages[2].prepare = prepare;
    let languages = [Language::Python, Language::Go, Language::Dotnet, Language::Java, Language::Yaml];
    for (stage, language) in plan.stages[1..].iter_mut().zip(languages) {
        stage.runtime = runtime(language);
        stage.timeout_minutes += 5;
    }
    plan.jobs = vec![
        job("lint", When::Before, &[Trigger::ChangeRequest, Trigger::Push]),
        job("notify", When::After, &[Trigger::ChangeRequest, Trigger::Push]),
        job("announce", When::After, &[Trigger::Push]),
    ];
    plan.jobs[2].directory = ".".into();
    plan
}

pub(crate) fn waive(mut plan: Plan, rule: &str, place: &str) -> Plan {
    plan.waivers.push(waiver(rule, place));
    plan
}

/// Every plan with every set of options that a test should look at.
pub(crate) fn cases() -> Vec<(String, Plan, Box<dyn Adapter>)> {
    let everything = || waive(everything(), "jenkins-after-jobs", "jenkins");
    let mut gated = three();
    gated.stages[2].gate = Some(Gate::Approval);
    let mut open = three();
    open.stages[5].gate = None;
    let mut foreign = three();
    foreign.stages[0].runtime.image = Some(Image {
        name: "registry.example.com:5000/team/node:24".into(),
        digest: format!("sha256:{}", "a".repeat(64)),
    });
    foreign.branch = "release-1.x_y".into();
    foreign.cloud_url = "https://pulumi.example.com:8443/api".into();
    let plans = [
        ("five lines", plan(vec![stage(Action::Deploy, Trigger::Push, "app", "production")])),
        ("previews", plan(vec![stage(Action::Preview, Trigger::ChangeRequest, "app", "dev")])),
        ("three", three()),
        ("everything", everything()),
        ("gated", gated),
        ("open", open),
        ("foreign", foreign),
    ];
    let options = [
        "approvers: [platform-leads, alice@example.com]",
        "{ approvers: [leads], agent: label, label: linux, production_label: linux-production, wait_hours: 720 }",
        "{ approvers: [\"acme*platform leads\"], production: same-job, credential: a, production_credential: a }",
        "{ approvers: [a], path: jenkins/Jenkinsfile.pulumi, production_path: ci/Jenkinsfile, production_credential: x.y-Z_1 }",
    ];
    let mut cases = Vec::new();
    for (name, plan) in plans {
        for options in options {
            let plan = waive(plan.clone(), "gate-not-in-claims", "app/production");
            cases.push((format!("{name}; {options}"), plan, adapter(options)));
        }
    }
    cases
}
