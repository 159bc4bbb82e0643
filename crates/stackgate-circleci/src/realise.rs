//! What the config must come to, computed from the plan: the other side of reading back.
//!
//! What must hold: no template is consulted here, and what a reviewer reads literally in a template is written down a
//! second time here, so that a line which goes missing there is missed here.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::plan::{Action, PlainJob, Plan, Runtime, Stage, Trigger, When};
use stackgate_provider::{Event, File, Job, Lock, Pipeline, Script, Scripts, Step, Uses};

use crate::options::{Events, Options};
use crate::{ID, auditing, words};

/// The one file, if there are stages.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    if plan.auditing.is_some() {
        return auditing::pipeline(plan, options);
    }
    let mut pipeline = Pipeline::default();
    if plan.stages_of(ID).next().is_none() {
        return pipeline;
    }
    let mut file = File { settings: settings(&[("version", "2.1")]), ..File::default() };
    for trigger in [Trigger::ChangeRequest, Trigger::Push] {
        if !words::stages(plan, trigger).is_empty() {
            workflow(plan, options, trigger, &mut file);
        }
    }
    pipeline.files.insert(options.path().to_owned(), file);
    pipeline
}

fn workflow(plan: &Plan, options: &Options, trigger: Trigger, file: &mut File) {
    let name = match trigger {
        Trigger::ChangeRequest => "pulumi-preview",
        Trigger::Push => "pulumi-deploy",
        Trigger::Schedule => "pulumi-audit",
    };
    file.events.insert(match (trigger, options.events()) {
        (Trigger::Push, _) => Event::Push(plan.branch.clone()),
        (Trigger::Schedule, _) => Event::Other("schedule".into()),
        (Trigger::ChangeRequest, Events::GithubApp) => Event::ChangeRequest(plan.branch.clone()),
        (Trigger::ChangeRequest, Events::Oauth) => Event::Other(format!("push to any branch but {}", plan.branch)),
    });
    let when = words::when(plan, options, trigger);
    let conditions = words::conjuncts(&when);
    file.settings.insert(format!("workflows.{name}.when"), when);
    let mut insert = |id: &str, mut job: Job| {
        job.conditions.clone_from(&conditions);
        file.jobs.insert(format!("{name}/{id}"), job);
    };
    let stages = words::stages(plan, trigger);
    for plain in words::plain(plan, trigger) {
        let mut job = self::plain(options, plain);
        if plain.when == When::After {
            for stage in &stages {
                job.needs.insert(stage.id.clone());
                job.settings.insert(format!("requires.{}", stage.id), "terminal".into());
            }
        }
        insert(&plain.id, job);
    }
    for stage in stages {
        let mut job = self::stage(plan, options, stage);
        if let Some(approval) = words::approval(stage) {
            let needs = words::waits(plan, stage).into_iter().collect();
            insert(&approval, Job { needs, settings: settings(&[("type", "approval")]), ..Job::default() });
            job.needs.insert(approval.clone());
            job.approval = Some(approval);
        }
        insert(&stage.id, job);
    }
}

fn stage(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let mut job = started(&stage.runtime, options.resource_class_of(stage));
    job.needs = words::waits(plan, stage).into_iter().collect::<BTreeSet<String>>();
    job.environment = options.context_of(stage).map(str::to_owned);
    if stage.action == Action::Deploy {
        job.lock = words::lock(stage).map(|name| Lock { name, cancels: false });
    }
    let scripts = Scripts::new(plan, stage, "/tmp/stackgate");
    let long = |script: &Script| {
        let mut step = Step::from(script);
        step.settings.insert("no_output_timeout".into(), words::silence(stage.timeout_minutes));
        step
    };
    if stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty() {
        let variables = [("STACKGATE_BRANCH", plan.branch.as_str()), ("STACKGATE_PATHS", &stage.paths.join(" "))];
        job.steps.push(reviewed("Look for changes under the stage's paths", "changes-circleci", &variables));
    }
    job.steps.push(Step::from(&scripts.install_cli()));
    job.steps.extend(scripts.prepare().iter().map(long));
    job.steps.extend(scripts.plugins().as_ref().map(long));
    job.steps.push(Step::from(&scripts.guard()));
    job.steps.push(reviewed(
        "Ask for the OIDC token",
        "id-token-circleci",
        &[
            ("STACKGATE_AUDIENCE", &stage.token.audience),
            ("STACKGATE_HOME", "/tmp/stackgate"),
            ("STACKGATE_ID_TOKEN_FILE", "/tmp/stackgate/id-token"),
        ],
    ));
    job.steps.push(Step::from(&scripts.login("/tmp/stackgate/id-token")));
    job.steps.push(long(&scripts.run()));
    let mut clean_up = Step::from(&scripts.clean_up());
    clean_up.condition = Some("always".into());
    job.steps.push(clean_up);
    job
}

fn plain(options: &Options, plain: &PlainJob) -> Job {
    let mut job = started(&plain.runtime, options.resource_class());
    let mut step = Step::from(&Script::own(&plain.id, &plain.run, &plain.directory));
    step.settings.insert("no_output_timeout".into(), words::silence(plain.timeout_minutes));
    job.steps.push(step);
    job
}

/// A job as far as all have it in common.
pub(crate) fn started(runtime: &Runtime, resource_class: &str) -> Job {
    Job {
        image: Some(words::image(runtime)),
        runner: Some(resource_class.to_owned()),
        settings: settings(&[("shell", "/bin/sh -e")]),
        steps: vec![
            Step { uses: Some(Uses { reference: "checkout".into(), inputs: BTreeMap::new() }), ..Step::default() },
            reviewed("Remove the checkout's credentials", "checkout-circleci", &[]),
        ],
        ..Job::default()
    }
}

pub(crate) fn reviewed(name: &str, role: &'static str, variables: &[(&str, &str)]) -> Step {
    Step::from(&Script::reviewed(name, role, variables))
}

pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
