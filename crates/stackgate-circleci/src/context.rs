//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_provider::plan::{Action, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Script, Scripts, token_of};

use crate::options::Options;
use crate::{ID, words};

/// The whole config.
#[derive(Serialize)]
pub(crate) struct Config {
    checkout: String,
    id_token: String,
    clean_up: String,
    plain: Vec<Plain>,
    stages: Vec<Job>,
    preview: Option<Workflow>,
    deploy: Option<Workflow>,
}

#[derive(Serialize)]
struct Executor {
    id: String,
    image: String,
    resource_class: String,
}

#[derive(Serialize)]
struct Plain {
    #[serde(flatten)]
    executor: Executor,
    script: ScriptView,
}

#[derive(Serialize)]
struct Job {
    #[serde(flatten)]
    executor: Executor,
    changes: Option<ScriptView>,
    before: Vec<ScriptView>,
    audience: String,
    run: Vec<ScriptView>,
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

#[derive(Serialize)]
struct ScriptView {
    name: String,
    text: String,
    directory: Option<String>,
    silence: Option<String>,
    variables: BTreeMap<String, String>,
}

impl ScriptView {
    fn new(script: Script, minutes: Option<u32>) -> ScriptView {
        ScriptView {
            name: script.name.clone(),
            directory: script.directory.clone(),
            silence: minutes.map(words::silence),
            variables: script.variables.clone(),
            text: script.in_context(),
        }
    }
}

impl Config {
    /// The config of a plan.
    pub(crate) fn new(plan: &Plan, options: &Options) -> Config {
        let script = token_of;
        let used = |job: &PlainJob| {
            let mut triggers = [Trigger::ChangeRequest, Trigger::Push].into_iter();
            triggers.any(|trigger| words::plain(plan, trigger).iter().any(|other| other.id == job.id))
        };
        Config {
            checkout: script("checkout-circleci"),
            id_token: script("id-token-circleci"),
            clean_up: script("clean-up"),
            plain: plan
                .jobs
                .iter()
                .filter(|job| job.provider == ID && used(job))
                .map(|job| plain(options, job))
                .collect(),
            stages: plan.stages_of(ID).map(|stage| self::job(plan, options, stage)).collect(),
            preview: workflow(plan, options, Trigger::ChangeRequest),
            deploy: workflow(plan, options, Trigger::Push),
        }
    }
}

fn plain(options: &Options, job: &PlainJob) -> Plain {
    Plain {
        executor: Executor {
            id: job.id.clone(),
            image: words::image(&job.runtime),
            resource_class: options.resource_class().to_owned(),
        },
        script: ScriptView::new(Script::own(&job.id, &job.run, &job.directory), Some(job.timeout_minutes)),
    }
}

fn job(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let scripts = Scripts::new(plan, stage, words::HOME);
    let minutes = Some(stage.timeout_minutes);
    let mut before = vec![ScriptView::new(scripts.install_cli(), None)];
    before.extend(scripts.prepare().into_iter().map(|script| ScriptView::new(script, minutes)));
    before.push(ScriptView::new(scripts.plugins(), minutes));
    before.push(ScriptView::new(scripts.guard(), None));
    let changes = (stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty()).then(|| {
        let paths = stage.paths.join(" ");
        let mut script = scripts.reviewed(
            "Look for changes under the stage's paths",
            "changes-circleci",
            &[("STACKGATE_BRANCH", &plan.branch), ("STACKGATE_PATHS", &paths)],
        );
        script.variables.remove("STACKGATE_HOME");
        ScriptView::new(script, None)
    });
    Job {
        executor: Executor {
            id: stage.id.clone(),
            image: words::image(&stage.runtime),
            resource_class: options.resource_class_of(stage).to_owned(),
        },
        changes,
        before,
        audience: stage.token.audience.clone(),
        run: vec![ScriptView::new(scripts.login(words::ID_TOKEN_FILE), None), ScriptView::new(scripts.run(), minutes)],
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
