//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use serde::Serialize;
use stackgate_provider::plan::{Action, Cli, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Prepared, Scripts};

use crate::options::Options;
use crate::{ID, words};

/// The whole config.
#[derive(Serialize)]
pub(crate) struct Config<'a> {
    branch: &'a str,
    organization: &'a str,
    cloud_url: &'a str,
    cli: &'a Cli,
    plain: Vec<Plain<'a>>,
    stages: Vec<Job<'a>>,
    preview: Option<Workflow>,
    deploy: Option<Workflow>,
}

#[derive(Serialize)]
struct Plain<'a> {
    id: &'a str,
    image: String,
    resource_class: &'a str,
    silence: String,
    script: Prepared<'a>,
}

#[derive(Serialize)]
struct Job<'a> {
    id: &'a str,
    image: String,
    resource_class: &'a str,
    silence: String,
    /// The path filters of a preview; none where every change is previewed.
    paths: Option<String>,
    prepare: Vec<Prepared<'a>>,
    audience: &'a str,
    deploys: bool,
    request: Option<&'a str>,
    directory: &'a str,
    stack: String,
    team: &'a str,
    // Text, as every variable is.
    token_seconds: String,
    stop_after: String,
}

#[derive(Serialize)]
struct Workflow {
    when: String,
    jobs: Vec<Entry>,
}

/// A job in a workflow.
#[derive(Default, Serialize)]
struct Entry {
    id: String,
    /// Nothing is said of it but its name.
    alone: bool,
    approval: bool,
    context: Option<String>,
    lock: Option<String>,
    /// Jobs that must have succeeded.
    needs: Vec<String>,
    /// Jobs that must have ended, however.
    ends: Vec<String>,
}

impl<'a> Config<'a> {
    /// The config of a plan.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options) -> Config<'a> {
        let used = |job: &PlainJob| {
            let mut triggers = [Trigger::ChangeRequest, Trigger::Push].into_iter();
            triggers.any(|trigger| words::plain(plan, trigger).iter().any(|other| other.id == job.id))
        };
        let jobs = plan.jobs.iter().filter(|job| job.provider == ID && used(job));
        Config {
            branch: &plan.branch,
            organization: &plan.organization,
            cloud_url: &plan.cloud_url,
            cli: &plan.cli,
            plain: jobs.map(|job| plain(options, job)).collect(),
            stages: plan.stages_of(ID).map(|stage| self::job(plan, options, stage)).collect(),
            preview: workflow(plan, options, Trigger::ChangeRequest),
            deploy: workflow(plan, options, Trigger::Push),
        }
    }
}

fn plain<'a>(options: &'a Options, job: &'a PlainJob) -> Plain<'a> {
    Plain {
        id: &job.id,
        image: words::image(&job.runtime),
        resource_class: options.resource_class(),
        silence: words::silence(job.timeout_minutes),
        script: Prepared::own(&job.id, &job.run, &job.directory),
    }
}

fn job<'a>(plan: &'a Plan, options: &'a Options, stage: &'a Stage) -> Job<'a> {
    let filtered = stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty();
    Job {
        id: &stage.id,
        image: words::image(&stage.runtime),
        resource_class: options.resource_class_of(stage),
        silence: words::silence(stage.timeout_minutes),
        paths: filtered.then(|| stage.paths.join(" ")),
        prepare: Scripts::new(plan, stage, words::HOME).prepared(),
        audience: &stage.token.audience,
        deploys: stage.action == Action::Deploy,
        request: stage.request(),
        directory: &stage.directory,
        stack: stage.qualified(&plan.organization),
        team: &stage.token.team,
        token_seconds: stage.token.lifetime_seconds.to_string(),
        stop_after: stage.stop_after_seconds.to_string(),
    }
}

fn workflow(plan: &Plan, options: &Options, trigger: Trigger) -> Option<Workflow> {
    let stages = words::stages(plan, trigger);
    if stages.is_empty() {
        return None;
    }
    let ids: Vec<String> = stages.iter().map(|stage| stage.id.clone()).collect();
    let plain = words::plain(plan, trigger);
    let of = |when: When| plain.iter().filter(move |job| job.when == when);
    let mut jobs: Vec<Entry> = of(When::Before).map(|job| Entry { id: job.id.clone(), ..Entry::default() }).collect();
    for stage in &stages {
        let waits = words::waits(plan, stage);
        let approval = words::approval(stage);
        if let Some(id) = approval.clone() {
            jobs.push(Entry { id, approval: true, needs: waits.clone(), ..Entry::default() });
        }
        jobs.push(Entry {
            id: stage.id.clone(),
            context: options.context_of(stage).map(str::to_owned),
            lock: words::lock(stage).filter(|_| stage.action == Action::Deploy),
            needs: waits.into_iter().chain(approval).collect(),
            ..Entry::default()
        });
    }
    jobs.extend(of(When::After).map(|job| Entry { id: job.id.clone(), ends: ids.clone(), ..Entry::default() }));
    for job in &mut jobs {
        job.alone =
            !job.approval && job.context.is_none() && job.lock.is_none() && job.needs.is_empty() && job.ends.is_empty();
    }
    Some(Workflow { when: words::when(plan, options, trigger), jobs })
}
