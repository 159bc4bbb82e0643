//! What the file must come to, computed from the plan: the other side of reading back.
//!
//! What must hold: no template is consulted here, and what a reviewer reads literally in a template is written down a
//! second time here, so that a line which goes missing there is missed here.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::plan::{PlainJob, Plan, Runtime, Stage, Trigger, When};
use stackgate_provider::{Event, File, Job, Lock, Pipeline, Script, Scripts, Step, text_of};

use crate::options::Options;
use crate::{ID, auditing, words};

/// The one file, or none where this provider has no stage.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    if plan.auditing.is_some() {
        return auditing::pipeline(plan, options);
    }
    let mut pipeline = Pipeline::default();
    if plan.stages_of(ID).next().is_some() {
        pipeline.files.insert(options.path().to_owned(), file(plan, options));
    }
    pipeline
}

fn file(plan: &Plan, options: &Options) -> File {
    let mut file = File::default();
    if options.path.is_none() {
        file.settings.insert("workflow.auto_cancel.on_new_commit".into(), "interruptible".into());
        file.events = words::triggers(plan).into_iter().map(|trigger| event(plan, trigger)).collect();
    }
    for job in words::jobs(plan) {
        file.jobs.insert(job.id.clone(), plain(plan, options, job));
    }
    for stage in plan.stages_of(ID) {
        file.jobs.insert(stage.id.clone(), self::stage(plan, options, stage));
    }
    if words::reports(plan)
        && let Some(first) = words::stages(plan, Trigger::ChangeRequest).first()
    {
        file.jobs.insert(words::REPORT.into(), report(plan, options, first));
    }
    file
}

fn event(plan: &Plan, trigger: Trigger) -> Event {
    match trigger {
        Trigger::ChangeRequest => Event::ChangeRequest(plan.branch.clone()),
        Trigger::Push => Event::Push(plan.branch.clone()),
        Trigger::Schedule => words::event_of(&words::event(plan, trigger)),
    }
}

fn stage(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let tags = words::tags(options, stage);
    let mut job = common(options, &[stage.trigger], stage.timeout_minutes, &tags, &stage.runtime);
    job.conditions = vec![words::condition(plan, stage.trigger)];
    let changes = words::changes(stage);
    if !changes.is_empty() {
        job.settings.insert("rules.0.changes".into(), changes.join("\n"));
    }
    if stage.gate.is_some() {
        job.approval = Some("manual".into());
        job.settings.insert("rules.0.allow_failure".into(), "false".into());
    }
    need(&mut job, words::needs(plan, stage), "artifacts: false");
    if let Some(name) = &stage.environment {
        job.environment = Some(name.clone());
        job.settings.insert("environment.action".into(), "start".into());
        job.settings.insert("environment.deployment_tier".into(), words::tier(stage).into());
    }
    job.lock = words::lock(stage).map(|name| Lock { name: name.into(), cancels: false });
    job.may_mint = BTreeSet::from([stage.token.audience.clone()]);
    job.settings.insert("id_tokens".into(), "STACKGATE_ID_TOKEN".into());

    let scripts = Scripts::new(plan, stage, words::HOME);
    let values: BTreeMap<String, String> =
        words::scripts(&scripts).into_iter().flat_map(|script| script.variables).collect();
    let expanded = ["STACKGATE_HOME", "STACKGATE_ID_TOKEN_FILE"];
    let literal: Vec<&str> = values.keys().map(String::as_str).filter(|name| !expanded.contains(name)).collect();
    job.settings.insert("script.exports".into(), literal.join(" "));
    job.settings.insert("script.exports.expanded".into(), expanded.join(" "));
    job.variables.extend(values);

    job.steps.push(reviewed("hide-id-token-gitlab"));
    job.steps.push(step(&scripts.install_cli()));
    job.steps.extend(scripts.prepare().iter().map(step));
    job.steps.extend(scripts.plugins().as_ref().map(step));
    job.steps.push(step(&scripts.guard()));
    job.steps.push(reviewed("id-token-gitlab"));
    job.steps.push(step(&scripts.login(words::ID_TOKEN_FILE)));
    job.steps.push(step(&scripts.run()));
    let mut clean_up = step(&scripts.clean_up());
    clean_up.condition = Some("after_script".into());
    clean_up.variables = BTreeMap::from([("STACKGATE_HOME".into(), words::HOME.into())]);
    clean_up.settings.insert("exports.expanded".into(), "STACKGATE_HOME".into());
    job.steps.push(clean_up);
    job
}

fn plain(plan: &Plan, options: &Options, plain: &PlainJob) -> Job {
    let tags = words::plain_tags(options);
    let mut job = common(options, &plain.triggers, plain.timeout_minutes, &tags, &plain.runtime);
    job.conditions = vec![words::conditions(plan, plain).join(" || ")];
    if plain.when == When::After {
        for index in 0..plain.triggers.len() {
            job.settings.insert(format!("rules.{index}.when"), "always".into());
        }
    }
    need(&mut job, words::plain_needs(plan, plain), "artifacts: false, optional: true");
    job.steps.push(step(&Script::own(&plain.id, &plain.run, &plain.directory)));
    job
}

fn report(plan: &Plan, options: &Options, first: &Stage) -> Job {
    let mut job = common(options, &[Trigger::ChangeRequest], 5, &words::plain_tags(options), &first.runtime);
    job.conditions = vec![words::condition(plan, Trigger::ChangeRequest)];
    job.variables = settings(&[("GIT_STRATEGY", "none")]);
    need(&mut job, Vec::new(), "");
    job.steps.push(reviewed("report-gitlab"));
    job
}

/// What every job says.
pub(crate) fn common(options: &Options, triggers: &[Trigger], minutes: u32, tags: &[&str], runtime: &Runtime) -> Job {
    Job {
        limit_minutes: Some(minutes),
        runner: (!tags.is_empty()).then(|| tags.join(", ")),
        image: Some(runtime.image.as_ref().map(|image| image.pinned()).unwrap_or_default()),
        variables: settings(&[("FF_GIT_URLS_WITHOUT_TOKENS", "true"), ("GIT_DEPTH", "1"), ("GIT_STRATEGY", "clone")]),
        settings: settings(&[
            ("stage", options.stage()),
            ("inherit.default", "false"),
            ("inherit.variables", "false"),
            ("image.entrypoint", ""),
            ("interruptible", if words::interruptible(triggers) { "true" } else { "false" }),
        ]),
        ..Job::default()
    }
}

/// Names what the job waits for; an empty list is a statement too: the job does not wait for GitLab's own stages.
pub(crate) fn need(job: &mut Job, needs: Vec<String>, how: &str) {
    if needs.is_empty() {
        job.settings.insert("needs".into(), "nothing".into());
    }
    for need in &needs {
        job.settings.insert(format!("needs.{need}"), how.into());
    }
    job.needs = needs.into_iter().collect();
}

/// A script as GitLab has it: the name of the user's own steps alone, and no variables, which are the job's.
pub(crate) fn step(script: &Script) -> Step {
    let mut step = Step::from(script);
    step.variables.clear();
    step.name = script.role.is_none().then(|| script.name.clone());
    step
}

pub(crate) fn reviewed(role: &str) -> Step {
    let script = text_of(role).unwrap_or_default().to_owned();
    Step { role: Some(role.into()), script: Some(script), ..Step::default() }
}

pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
