//! What the two files must come to, computed from the plan: the other side of reading back.
//!
//! What must hold: no template is consulted here, and what a reviewer reads literally in a template is written down a
//! second time here, so that a line which goes missing there is missed here. A stage with its one job is one job.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::plan::{PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Event, File, Job, Lock, Pipeline, Script, Scripts, Step, Uses};

use crate::options::{Host, Options};
use crate::words::{self, Tool};
use crate::{ID, auditing};

/// Both files, or the one that has stages.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    if plan.auditing.is_some() {
        return auditing::pipeline(plan, options);
    }
    let mut pipeline = Pipeline::default();
    for trigger in [Trigger::ChangeRequest, Trigger::Push] {
        let stages = words::stages(plan, trigger);
        if !stages.is_empty() {
            pipeline.files.insert(options.file(trigger), file(plan, options, trigger, &stages));
        }
    }
    pipeline
}

fn file(plan: &Plan, options: &Options, trigger: Trigger, stages: &[&Stage]) -> File {
    let mut file = File { settings: settings(&[("appendCommitMessageToRunName", "false")]), ..File::default() };
    match (trigger, options.host()) {
        (Trigger::ChangeRequest, Host::GitHub) => {
            file.events.insert(Event::ChangeRequest(plan.branch.clone()));
            file.settings.extend(settings(&[("trigger", "none"), ("pr.autoCancel", "true"), ("pr.drafts", "false")]));
        }
        (Trigger::ChangeRequest, Host::AzureRepos) => {
            file.settings.extend(settings(&[("trigger", "none"), ("pr", "none")]))
        }
        (Trigger::Push | Trigger::Schedule, _) => {
            file.events.insert(Event::Push(plan.branch.clone()));
            let batch = if options.batch() { "true" } else { "false" };
            file.settings.extend(settings(&[("trigger.batch", batch), ("pr", "none")]));
        }
    }
    let paths = words::filters(stages);
    if !paths.is_empty() {
        file.jobs.insert(words::CHANGES.into(), changes(plan, &paths));
    }
    for job in plan.jobs_of(ID, trigger) {
        file.jobs.insert(words::identifier(&job.id), plain(plan, trigger, stages, job));
    }
    for stage in stages {
        file.jobs.insert(words::identifier(&stage.id), self::stage(plan, options, stage));
    }
    let runner = match options.pool(trigger) {
        Some(pool) => format!("pool {pool}"),
        None => format!("image {}", options.image()),
    };
    for job in file.jobs.values_mut() {
        job.runner = Some(runner.clone());
    }
    file
}

fn changes(plan: &Plan, paths: &str) -> Job {
    let condition = words::plain_condition(plan, Trigger::ChangeRequest, When::Before);
    let mut job = job("Find the projects that changed", 10, &condition, ("job", "find"));
    job.steps.push(checkout("2"));
    let mut step = script(&Script::reviewed("Compare the paths", "changes-azure", &[("STACKGATE_PATHS", paths)]));
    step.settings.extend(settings(&[("name", "paths"), ("target.settableVariables", "[unchanged]")]));
    job.steps.push(step);
    job
}

fn plain(plan: &Plan, trigger: Trigger, stages: &[&Stage], plain: &PlainJob) -> Job {
    let condition = words::plain_condition(plan, trigger, plain.when);
    let mut job = job(&plain.id, plain.timeout_minutes, &condition, ("job", "own"));
    if plain.when == When::After {
        job.needs = stages.iter().map(|stage| words::identifier(&stage.id)).collect();
    }
    job.steps.push(checkout("1"));
    job.steps.extend(words::tool(&plain.runtime).as_ref().map(tool));
    job.steps.push(script(&Script::own(&plain.id, &plain.run, &plain.directory)));
    job
}

fn stage(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let kind = match stage.trigger {
        Trigger::ChangeRequest | Trigger::Schedule => "job",
        Trigger::Push => "deployment",
    };
    let mut job = job(&stage.title(), stage.timeout_minutes, &words::condition(plan, stage), (kind, "pulumi"));
    job.needs = words::needs(plan, stage).into_iter().collect();
    job.may_mint = BTreeSet::from(["*".to_owned()]);
    if stage.trigger == Trigger::Push {
        job.settings.insert("strategy".into(), "runOnce.deploy".into());
        job.environment.clone_from(&stage.environment);
        // An exclusive lock on the environment is what this setting orders.
        job.lock = stage.lock.as_ref().and(stage.environment.clone()).map(|name| Lock { name, cancels: false });
    }
    let scripts = Scripts::new(plan, stage, words::HOME);
    job.steps.push(checkout("1"));
    job.steps.extend(words::tool(&stage.runtime).as_ref().map(tool));
    job.steps.push(script(&scripts.install_cli()));
    job.steps.extend(scripts.prepare().iter().map(script));
    job.steps.extend(scripts.plugins().as_ref().map(script));
    job.steps.push(script(&scripts.guard()));
    if let Some(connection) = options.connection(stage) {
        let inputs = [
            ("azureSubscription", connection.name.value.as_str()),
            ("inlineScript", "exit 1"),
            ("scriptLocation", "inlineScript"),
            ("scriptType", "bash"),
        ];
        let mut step = task("Name the service connection", "AzureCLI@2", &inputs);
        step.condition = Some("false".into());
        job.steps.push(step);
    }
    let mut mint = script(&words::mint(plan, options, stage));
    mint.variables.extend(settings(&[
        ("STACKGATE_ID_TOKEN_FILE", "$(Agent.TempDirectory)/stackgate/id-token"),
        ("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)"),
    ]));
    job.steps.push(mint);
    job.steps.push(script(&scripts.login(words::ID_TOKEN_FILE)));
    job.steps.push(script(&scripts.run()));
    let mut clean_up = script(&scripts.clean_up());
    clean_up.condition = Some("always()".into());
    job.steps.push(clean_up);
    job
}

pub(crate) fn job(title: &str, minutes: u32, condition: &str, (kind, id): (&str, &str)) -> Job {
    Job {
        conditions: vec![condition.to_owned()],
        limit_minutes: Some(minutes),
        settings: settings(&[("displayName", title), (kind, id), ("workspace.clean", "all")]),
        ..Job::default()
    }
}

pub(crate) fn checkout(depth: &str) -> Step {
    let inputs =
        settings(&[("repository", "self"), ("clean", "true"), ("fetchDepth", depth), ("persistCredentials", "false")]);
    let uses = Some(Uses { reference: "checkout".into(), inputs });
    Step { name: Some("Check out the repository".into()), uses, ..Step::default() }
}

fn tool(tool: &Tool) -> Step {
    let inputs: Vec<(&str, &str)> = tool.inputs.iter().map(|(input, value)| (*input, value.as_str())).collect();
    task(tool.name, tool.task, &inputs)
}

pub(crate) fn task(name: &str, task: &str, inputs: &[(&str, &str)]) -> Step {
    Step {
        name: Some(name.into()),
        uses: Some(Uses { reference: task.into(), inputs: settings(inputs) }),
        ..Step::default()
    }
}

pub(crate) fn script(script: &Script) -> Step {
    let mut step = Step::from(&words::own(script.clone()));
    step.settings = settings(&[("target.commands", "restricted"), ("target.settableVariables", "none")]);
    step
}

pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
