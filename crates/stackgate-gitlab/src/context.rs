//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use serde::Serialize;
use stackgate_provider::plan::{Action, PlainJob, Plan, Runtime, Stage, Trigger, When};
use stackgate_provider::{Script, Scripts};

use crate::options::Options;
use crate::{shell, words};

/// The one file.
#[derive(Serialize)]
pub(crate) struct Pipeline<'a> {
    workflow: Option<Workflow>,
    stage: &'a str,
    plain_before: Vec<Plain<'a>>,
    stages: Vec<Job<'a>>,
    plain_after: Vec<Plain<'a>>,
    report: Option<Report<'a>>,
}

#[derive(Serialize)]
struct Workflow {
    change_request: Option<String>,
    push: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    condition: String,
    tags: Vec<&'a str>,
    image: String,
}

#[derive(Serialize)]
struct Plain<'a> {
    id: &'a str,
    conditions: Vec<String>,
    after: bool,
    needs: Vec<String>,
    interruptible: bool,
    timeout: String,
    tags: Vec<&'a str>,
    image: String,
    script: String,
}

#[derive(Serialize)]
struct Job<'a> {
    id: &'a str,
    condition: String,
    changes: Vec<String>,
    manual: bool,
    needs: Vec<String>,
    environment: Option<Environment<'a>>,
    lock: Option<&'a str>,
    interruptible: bool,
    timeout: String,
    tags: Vec<&'a str>,
    image: String,
    audience: &'a str,
    values: String,
    prepare: Vec<String>,
    deploys: bool,
    started: bool,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    tier: &'static str,
}

impl<'a> Pipeline<'a> {
    /// Everything that this provider runs.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options) -> Pipeline<'a> {
        let triggers = words::triggers(plan);
        let event = |trigger: Trigger| triggers.contains(&trigger).then(|| words::event(plan, trigger));
        let plain = |when: When| {
            words::jobs(plan).filter(|job| job.when == when).map(|job| self::plain(plan, options, job)).collect()
        };
        Pipeline {
            workflow: options
                .path
                .is_none()
                .then(|| Workflow { change_request: event(Trigger::ChangeRequest), push: event(Trigger::Push) }),
            stage: options.stage(),
            plain_before: plain(When::Before),
            plain_after: plain(When::After),
            stages: plan.stages_of(crate::ID).map(|stage| job(plan, options, stage)).collect(),
            report: report(plan, options),
        }
    }
}

fn image(runtime: &Runtime) -> String {
    runtime.image.as_ref().map(|image| image.pinned()).unwrap_or_default()
}

fn report<'a>(plan: &Plan, options: &'a Options) -> Option<Report<'a>> {
    let first = *words::stages(plan, Trigger::ChangeRequest).first()?;
    words::reports(plan).then(|| Report {
        condition: words::condition(plan, Trigger::ChangeRequest),
        tags: words::plain_tags(options),
        image: image(&first.runtime),
    })
}

fn plain<'a>(plan: &Plan, options: &'a Options, job: &'a PlainJob) -> Plain<'a> {
    Plain {
        id: &job.id,
        conditions: words::conditions(plan, job),
        after: job.when == When::After,
        needs: words::plain_needs(plan, job),
        interruptible: words::interruptible(&job.triggers),
        timeout: words::timeout(job.timeout_minutes),
        tags: words::plain_tags(options),
        image: image(&job.runtime),
        script: shell::own(&Script::own(&job.id, &job.run, &job.directory)),
    }
}

fn job<'a>(plan: &'a Plan, options: &'a Options, stage: &'a Stage) -> Job<'a> {
    Job {
        id: &stage.id,
        condition: words::condition(plan, stage.trigger),
        changes: words::changes(stage),
        manual: stage.gate.is_some(),
        needs: words::needs(plan, stage),
        environment: stage.environment.as_deref().map(|name| Environment { name, tier: words::tier(stage) }),
        lock: words::lock(stage),
        interruptible: words::interruptible(&[stage.trigger]),
        timeout: words::timeout(stage.timeout_minutes),
        tags: words::tags(options, stage),
        image: image(&stage.runtime),
        audience: &stage.token.audience,
        values: values(plan, stage),
        prepare: prepare(plan, stage),
        deploys: stage.action == Action::Deploy,
        started: stage.request().is_some(),
    }
}

/// The steps before the token, each as an item.
fn prepare(plan: &Plan, stage: &Stage) -> Vec<String> {
    let scripts = Scripts::new(plan, stage, words::HOME);
    let item = |script: Script| if script.role.is_some() { script.in_context() } else { shell::own(&script) };
    scripts.prepare().into_iter().map(item).collect()
}

/// The item with the variables of all scripts by name, but for those that stand literally in the template.
fn values(plan: &Plan, stage: &Stage) -> String {
    let stack = stage.qualified(&plan.organization);
    let stop_after = stage.stop_after_seconds.to_string();
    let lifetime = stage.token.lifetime_seconds.to_string();
    let mut values = vec![
        ("PULUMI_BACKEND_URL", plan.cloud_url.as_str()),
        ("STACKGATE_CLI_SHA256_ARM64", &plan.cli.sha256_arm64),
        ("STACKGATE_CLI_SHA256_X64", &plan.cli.sha256_x64),
        ("STACKGATE_CLI_VERSION", &plan.cli.version),
        ("STACKGATE_DIRECTORY", &stage.directory),
        ("STACKGATE_ORGANIZATION", &plan.organization),
        ("STACKGATE_STACK", &stack),
        ("STACKGATE_STOP_AFTER", &stop_after),
        ("STACKGATE_TEAM", &stage.token.team),
        ("STACKGATE_TOKEN_SECONDS", &lifetime),
    ];
    if let Some(request) = stage.request() {
        values.push(("STACKGATE_REQUEST", request));
        values.sort_unstable();
    }
    shell::values(&values)
}
