//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use serde::Serialize;
use stackgate_provider::plan::{Action, Cli, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Prepared, Scripts};

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
    cli: &'a Cli,
    preflight: Option<Preflight>,
    changes: Option<Changes>,
    plain_before: Vec<Plain<'a>>,
    stages: Vec<Job<'a>>,
    plain_after: Vec<Plain<'a>>,
    /// What the report waits for.
    report: &'a [&'a str],
}

#[derive(Serialize)]
struct Preflight {
    environments: String,
}

#[derive(Serialize)]
struct Changes {
    condition: &'static str,
    paths: String,
}

#[derive(Serialize)]
struct Plain<'a> {
    id: &'a str,
    needs: &'a [&'a str],
    condition: Option<&'static str>,
    timeout: u32,
    tool: Option<Tool>,
    script: Prepared<'a>,
}

#[derive(Serialize)]
struct Job<'a> {
    id: &'a str,
    name: String,
    needs: Vec<String>,
    condition: String,
    timeout: u32,
    environment: Option<&'a str>,
    group: String,
    comments: bool,
    tool: Option<Tool>,
    action: Option<ActionView>,
    deploys: bool,
    request: Option<&'a str>,
    prepare: Vec<Prepared<'a>>,
    directory: &'a str,
    stack: String,
    team: &'a str,
    scope: String,
    lifetime: u32,
    // Text, as every variable is.
    stop_after: String,
}

#[derive(Serialize)]
struct ActionView {
    #[serde(flatten)]
    pin: Pin,
    name: &'static str,
    command: &'static str,
}

impl<'a> Workflow<'a> {
    /// The workflow of one trigger, whose stages are `stages`, with the ids `ids`.
    pub(crate) fn new(
        plan: &'a Plan,
        options: &'a Options,
        trigger: Trigger,
        stages: &[&'a Stage],
        ids: &'a [&'a str],
    ) -> Workflow<'a> {
        let preflight = (trigger == Trigger::Push && options.preflight())
            .then(|| Preflight { environments: words::environments(plan) });
        let plain = |when: When| {
            let needs: &[&str] = if when == When::After { ids } else { &[] };
            let jobs = plan.jobs_of(ID, trigger).filter(|job| job.when == when);
            jobs.map(|job| self::plain(plan, job, needs)).collect()
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
            cli: &plan.cli,
            preflight,
            changes: changes(stages),
            plain_before: plain(When::Before),
            plain_after: plain(When::After),
            stages: stages.iter().map(|stage| job(plan, options, stage)).collect(),
            report: ids,
        }
    }
}

fn changes(stages: &[&Stage]) -> Option<Changes> {
    let paths = words::filters(stages);
    (!paths.is_empty()).then_some(Changes { condition: words::SAME_REPOSITORY, paths })
}

fn plain<'a>(plan: &Plan, job: &'a PlainJob, needs: &'a [&'a str]) -> Plain<'a> {
    Plain {
        id: &job.id,
        needs,
        condition: (job.when == When::After).then_some("always()"),
        timeout: job.timeout_minutes,
        tool: words::tool(plan, &job.runtime),
        script: Prepared::own(&job.id, &job.run, &job.directory),
    }
}

fn job<'a>(plan: &'a Plan, options: &Options, stage: &'a Stage) -> Job<'a> {
    let deploys = stage.action == Action::Deploy;
    Job {
        id: &stage.id,
        name: stage.title(),
        needs: words::needs(plan, stage, options.preflight()),
        condition: match stage.trigger {
            Trigger::ChangeRequest => words::preview_condition(stage),
            Trigger::Push | Trigger::Schedule => words::deploy_condition(plan),
        },
        timeout: stage.timeout_minutes,
        environment: stage.environment.as_deref(),
        group: words::group(plan, stage),
        comments: options.comments(stage),
        tool: words::tool(plan, &stage.runtime),
        action: (words::run_with(options, stage) == RunWith::Action).then(|| ActionView {
            pin: words::pin(plan, "pulumi/actions"),
            name: if deploys { "Deploy" } else { "Preview" },
            command: if deploys { "up" } else { "preview" },
        }),
        deploys,
        request: stage.request(),
        prepare: Scripts::new(plan, stage, words::HOME).prepared(),
        directory: &stage.directory,
        stack: stage.qualified(&plan.organization),
        team: &stage.token.team,
        scope: format!("team:{}", stage.token.team),
        lifetime: stage.token.lifetime_seconds,
        stop_after: stage.stop_after_seconds.to_string(),
    }
}
