//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_provider::plan::{Action, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Script, Scripts, token_of};

use crate::ID;
use crate::options::{Options, RunWith};
use crate::words::{self, Pin, Tool};

/// One workflow.
#[derive(Serialize)]
pub(crate) struct Workflow<'a> {
    branch: &'a str,
    organization: &'a str,
    cloud_url: &'a str,
    runner: &'a str,
    merge_queue: bool,
    queue_all: bool,
    checkout: Pin,
    auth: Pin,
    clean_up: String,
    preflight: Option<Preflight>,
    changes: Option<Changes>,
    plain_before: Vec<Plain>,
    stages: Vec<Job>,
    plain_after: Vec<Plain>,
    report: Report,
}

#[derive(Serialize)]
struct Preflight {
    environments: String,
    script: String,
}

#[derive(Serialize)]
struct Changes {
    condition: &'static str,
    script: String,
    paths: String,
}

#[derive(Serialize)]
struct Report {
    needs: Vec<String>,
    script: String,
}

#[derive(Serialize)]
struct Plain {
    id: String,
    needs: Vec<String>,
    condition: Option<&'static str>,
    timeout: u32,
    tool: Option<Tool>,
    script: ScriptView,
}

#[derive(Serialize)]
struct Job {
    id: String,
    name: String,
    needs: Vec<String>,
    condition: String,
    timeout: u32,
    environment: Option<String>,
    group: String,
    comments: bool,
    tool: Option<Tool>,
    action: Option<ActionView>,
    before: Vec<ScriptView>,
    scope: String,
    lifetime: u32,
    run: Vec<ScriptView>,
}

#[derive(Serialize)]
struct ActionView {
    #[serde(flatten)]
    pin: Pin,
    name: String,
    cli: String,
    command: &'static str,
    stack: String,
    directory: String,
}

#[derive(Serialize)]
struct ScriptView {
    name: String,
    text: String,
    directory: Option<String>,
    home: bool,
    variables: BTreeMap<String, String>,
}

impl From<Script> for ScriptView {
    fn from(mut script: Script) -> ScriptView {
        let home = script.variables.remove("STACKGATE_HOME").is_some();
        ScriptView {
            name: std::mem::take(&mut script.name),
            directory: script.directory.take(),
            home,
            variables: std::mem::take(&mut script.variables),
            text: script.in_context(),
        }
    }
}

impl<'a> Workflow<'a> {
    /// The workflow of one trigger.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options, trigger: Trigger) -> Workflow<'a> {
        let stages = words::stages(plan, trigger);
        let ids: Vec<String> = stages.iter().map(|stage| stage.id.clone()).collect();
        let preflight = (trigger == Trigger::Push && options.preflight())
            .then(|| Preflight { environments: words::environments(plan), script: token_of("preflight") });
        let plain = |when: When| {
            let needs = match when {
                When::Before => Vec::new(),
                When::After => ids.clone(),
            };
            plan.jobs_of(ID, trigger)
                .filter(|job| job.when == when)
                .map(|job| self::plain(plan, job, needs.clone()))
                .collect()
        };
        Workflow {
            branch: &plan.branch,
            organization: &plan.organization,
            cloud_url: &plan.cloud_url,
            runner: options.runner(),
            merge_queue: options.merge_queue(),
            queue_all: options.queue_all(),
            checkout: words::pin(plan, "actions/checkout"),
            auth: words::pin(plan, "pulumi/auth-actions"),
            clean_up: token_of("clean-up"),
            preflight,
            changes: changes(&stages),
            plain_before: plain(When::Before),
            plain_after: plain(When::After),
            stages: stages.iter().map(|stage| job(plan, options, stage)).collect(),
            report: Report { needs: ids.clone(), script: token_of("report") },
        }
    }
}

fn changes(stages: &[&Stage]) -> Option<Changes> {
    let paths = words::filters(stages);
    (!paths.is_empty()).then(|| Changes { condition: words::SAME_REPOSITORY, script: token_of("changes"), paths })
}

fn plain(plan: &Plan, job: &PlainJob, needs: Vec<String>) -> Plain {
    Plain {
        id: job.id.clone(),
        needs,
        condition: (job.when == When::After).then_some("always()"),
        timeout: job.timeout_minutes,
        tool: words::tool(plan, &job.runtime),
        script: Script::own(&job.id, &job.run, &job.directory).into(),
    }
}

fn job(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let scripts = Scripts::new(plan, stage, words::HOME);
    let action = options.run_with() == RunWith::Action;
    let mut before: Vec<Script> = Vec::new();
    if !action {
        before.push(scripts.install_cli());
    }
    before.extend(scripts.prepare());
    before.push(scripts.plugins());
    before.push(scripts.guard());
    let run = if action { Vec::new() } else { vec![scripts.run().into()] };
    Job {
        id: stage.id.clone(),
        name: words::title(stage),
        needs: words::needs(plan, stage, options.preflight()),
        condition: match stage.trigger {
            Trigger::ChangeRequest => words::preview_condition(stage),
            Trigger::Push => words::deploy_condition(plan),
        },
        timeout: stage.timeout_minutes,
        environment: stage.environment.clone(),
        group: words::group(plan, stage),
        comments: options.comments(stage),
        tool: words::tool(plan, &stage.runtime),
        action: action.then(|| ActionView {
            pin: words::pin(plan, "pulumi/actions"),
            name: if stage.action == Action::Deploy { "Deploy" } else { "Preview" }.into(),
            cli: plan.cli.version.clone(),
            command: if stage.action == Action::Deploy { "up" } else { "preview" },
            stack: stage.qualified(&plan.organization),
            directory: stage.directory.clone(),
        }),
        before: before.into_iter().map(ScriptView::from).collect(),
        scope: format!("team:{}", stage.token.team),
        lifetime: stage.token.lifetime_seconds,
        run,
    }
}
