//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use serde::Serialize;
use stackgate_provider::plan::{Action, Cli, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Prepared, Scripts};

use crate::ID;
use crate::options::{Host, Options};
use crate::words::{self, Told, Tool};

/// One file, which one pipeline definition runs.
#[derive(Serialize)]
pub(crate) struct Definition<'a> {
    branch: &'a str,
    reviews: bool,
    batch: bool,
    pool: Option<&'a str>,
    image: &'a str,
    organization: &'a str,
    cloud_url: &'a str,
    cli: &'a Cli,
    changes: Option<Changes>,
    plain_before: Vec<Plain<'a>>,
    stages: Vec<Job<'a>>,
    plain_after: Vec<Plain<'a>>,
}

#[derive(Serialize)]
struct Changes {
    condition: String,
    paths: String,
}

#[derive(Serialize)]
struct Plain<'a> {
    id: String,
    name: &'a str,
    needs: Vec<String>,
    condition: String,
    timeout: u32,
    tool: Option<Tool>,
    script: Prepared<'a>,
}

#[derive(Serialize)]
struct Job<'a> {
    id: String,
    name: String,
    needs: Vec<String>,
    condition: String,
    locked: bool,
    timeout: u32,
    environment: Option<&'a str>,
    tool: Option<Tool>,
    prepare: Vec<Prepared<'a>>,
    connection: Option<&'a str>,
    mint: Told<'a>,
    deploys: bool,
    request: Option<&'a str>,
    directory: &'a str,
    stack: String,
    team: &'a str,
    // Text, as every variable is.
    token_seconds: String,
    stop_after: String,
}

impl<'a> Definition<'a> {
    /// The file of one trigger.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options, trigger: Trigger) -> Definition<'a> {
        let stages = words::stages(plan, trigger);
        let plain = |when: When| {
            let needs: Vec<String> = match when {
                When::Before => Vec::new(),
                When::After => stages.iter().map(|stage| words::identifier(&stage.id)).collect(),
            };
            plan.jobs_of(ID, trigger)
                .filter(|job| job.when == when)
                .map(|job| self::plain(plan, job, trigger, needs.clone()))
                .collect()
        };
        Definition {
            branch: &plan.branch,
            reviews: options.host() == Host::GitHub,
            batch: options.batch(),
            pool: options.pool(trigger),
            image: options.image(),
            organization: &plan.organization,
            cloud_url: &plan.cloud_url,
            cli: &plan.cli,
            changes: changes(plan, &stages),
            plain_before: plain(When::Before),
            plain_after: plain(When::After),
            stages: stages.iter().map(|stage| job(plan, options, stage)).collect(),
        }
    }
}

fn changes(plan: &Plan, stages: &[&Stage]) -> Option<Changes> {
    let paths = words::filters(stages);
    let condition = words::plain_condition(plan, Trigger::ChangeRequest, When::Before);
    (!paths.is_empty()).then_some(Changes { condition, paths })
}

fn plain<'a>(plan: &Plan, job: &'a PlainJob, trigger: Trigger, needs: Vec<String>) -> Plain<'a> {
    Plain {
        id: words::identifier(&job.id),
        name: &job.id,
        needs,
        condition: words::plain_condition(plan, trigger, job.when),
        timeout: job.timeout_minutes,
        tool: words::tool(&job.runtime),
        script: stopping(Prepared::own(&job.id, &job.run, &job.directory)),
    }
}

fn job<'a>(plan: &'a Plan, options: &'a Options, stage: &'a Stage) -> Job<'a> {
    Job {
        id: words::identifier(&stage.id),
        name: stage.title(),
        needs: words::needs(plan, stage),
        condition: words::condition(plan, stage),
        locked: stage.lock.is_some(),
        timeout: stage.timeout_minutes,
        environment: stage.environment.as_deref(),
        tool: words::tool(&stage.runtime),
        prepare: Scripts::new(plan, stage, words::HOME).prepared().into_iter().map(stopping).collect(),
        connection: options.connection(stage).map(|connection| connection.name.value.as_str()),
        mint: words::told(plan, options, stage),
        deploys: stage.action == Action::Deploy,
        request: stage.request(),
        directory: &stage.directory,
        stack: stage.qualified(&plan.organization),
        team: &stage.token.team,
        token_seconds: stage.token.lifetime_seconds.to_string(),
        stop_after: stage.stop_after_seconds.to_string(),
    }
}

/// A script of the user's own stops at a line that fails; a reviewed one says so itself.
fn stopping(mut script: Prepared<'_>) -> Prepared<'_> {
    if script.dependencies_of.is_none() {
        script.text = words::stopping(&script.text);
    }
    script
}
