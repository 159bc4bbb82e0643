//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use serde::Serialize;
use stackgate_provider::plan::{Cli, Plan, Stage, Trigger};
use stackgate_provider::{Prepared, Scripts};

use crate::options::Options;
use crate::words::{self, Entry, Layout};

/// One file.
#[derive(Serialize)]
pub(crate) struct Jenkinsfile<'a> {
    branch: &'a str,
    organization: &'a str,
    cloud_url: &'a str,
    cli: &'a Cli,
    docker: bool,
    limit: u32,
    stages: Vec<StageView<'a>>,
}

#[derive(Serialize)]
struct StageView<'a> {
    name: String,
    push: bool,
    gate: Option<GateView>,
    image: Option<String>,
    label: &'a str,
    timeout: u32,
    plain: Option<Prepared<'a>>,
    pulumi: Option<PulumiView<'a>>,
}

#[derive(Serialize)]
struct GateView {
    question: String,
    submitter: String,
}

#[derive(Serialize)]
struct PulumiView<'a> {
    directory: &'a str,
    stack: String,
    // Text, as every variable is.
    stop_after: String,
    team: &'a str,
    token_seconds: String,
    credential: &'a str,
    lock: Option<String>,
    filter: Option<FilterView>,
    request: Option<&'a str>,
    prepare: Vec<Prepared<'a>>,
}

#[derive(Serialize)]
struct FilterView {
    paths: String,
    check_out: String,
    preview: String,
}

impl<'a> Jenkinsfile<'a> {
    /// The context of one file.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options, layout: &Layout<'a>) -> Jenkinsfile<'a> {
        Jenkinsfile {
            branch: &plan.branch,
            organization: &plan.organization,
            cloud_url: &plan.cloud_url,
            cli: &plan.cli,
            docker: options.docker(),
            limit: words::limit(layout, options),
            stages: layout.entries.iter().map(|entry| view(plan, options, layout, *entry)).collect(),
        }
    }
}

fn view<'a>(plan: &'a Plan, options: &'a Options, layout: &Layout<'a>, entry: Entry<'a>) -> StageView<'a> {
    let (trigger, runtime, timeout) = match entry {
        Entry::Stage(stage) => (stage.trigger, &stage.runtime, stage.timeout_minutes),
        Entry::Plain(job, trigger) => (trigger, &job.runtime, job.timeout_minutes),
    };
    let (mut gate, mut plain, mut pulumi) = (None, None, None);
    match entry {
        Entry::Stage(stage) => {
            gate = stage
                .gate
                .map(|_| GateView { question: words::question(plan, options, stage), submitter: options.submitter() });
            pulumi = Some(self::pulumi(plan, options, stage));
        }
        Entry::Plain(job, _) => plain = Some(Prepared::own(&job.id, &job.run, &job.directory)),
    }
    StageView {
        name: words::name(entry),
        push: trigger == Trigger::Push,
        gate,
        image: runtime.image.as_ref().map(|image| image.pinned()),
        label: words::label(entry, layout.kind, options),
        timeout,
        plain,
        pulumi,
    }
}

fn pulumi<'a>(plan: &'a Plan, options: &'a Options, stage: &'a Stage) -> PulumiView<'a> {
    PulumiView {
        directory: &stage.directory,
        stack: stage.qualified(&plan.organization),
        stop_after: stage.stop_after_seconds.to_string(),
        team: &stage.token.team,
        token_seconds: stage.token.lifetime_seconds.to_string(),
        credential: words::credential(stage, options),
        lock: words::lock(stage),
        filter: words::paths(stage).map(|paths| FilterView {
            paths,
            check_out: words::check_out(stage),
            preview: words::preview(stage),
        }),
        request: stage.request(),
        prepare: Scripts::new(plan, stage, words::HOME).prepared(),
    }
}
