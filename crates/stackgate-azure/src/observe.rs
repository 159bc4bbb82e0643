//! Reads a definition's file back, key by key; the inverse of the templates.
//!
//! What must hold: every key is either understood or reported, so that nothing which a file says is overlooked; a key
//! whose absence means more than its presence (`trigger`, `pr`, `dependsOn`) is missed. It reads what the templates
//! write; hand-written files use more keys, which it reports.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::yaml::Node;
use stackgate_provider::{Artifact, Event, File, Job, Keys, Lock, Observed, Reading, Step, Uses};

/// What the files say.
pub(crate) fn observe(files: &[Artifact]) -> Observed {
    let mut reading = Reading::default();
    let mut observed = Observed::default();
    for artifact in files {
        if let Some(root) = reading.open(artifact) {
            let file = definition(&root, &mut reading);
            observed.pipeline.files.insert(artifact.path.clone(), file);
        }
    }
    observed.unknown = reading.unknown;
    observed
}

fn definition(root: &Node, reading: &mut Reading) -> File {
    let mut file = File::default();
    let mut keys = reading.keys(root, "");
    keys.setting("appendCommitMessageToRunName", "appendCommitMessageToRunName", &mut file.settings, reading);
    for key in ["trigger", "pr"] {
        event(key, keys.take(key), &mut file, reading);
    }
    for node in keys.take("schedules").and_then(Node::as_sequence).unwrap_or_default() {
        schedule(node, &mut file, reading);
    }
    let runner = keys.take("pool").map(|node| pool(node, "pool", reading));
    for node in keys.take("stages").and_then(Node::as_sequence).unwrap_or_default() {
        let (id, mut job) = stage(node, reading);
        job.runner = job.runner.or_else(|| runner.clone());
        if file.jobs.insert(id.clone(), job).is_some() {
            reading.report("stages", &format!("two stages are called {id:?}"));
        }
    }
    keys.finish(reading);
    file
}

/// `trigger` or `pr`: a list of branches, or `none`. Left out, either means every branch.
fn event(key: &'static str, node: Option<&Node>, file: &mut File, reading: &mut Reading) {
    let Some(node) = node else {
        file.events.insert(Event::Other(format!("{key} on every branch")));
        return;
    };
    if let Some(word) = node.as_str() {
        file.settings.insert(key.into(), word.into());
        return;
    }
    let mut keys = reading.keys(node, key);
    for option in ["autoCancel", "batch", "drafts"] {
        keys.setting(option, &format!("{key}.{option}"), &mut file.settings, reading);
    }
    match keys.take("branches") {
        Some(node) => {
            let mut filters = reading.keys(node, "branches");
            let included = filters.take("include").map(|node| reading.list(node, "include")).unwrap_or_default();
            filters.finish(reading);
            file.events.extend(
                included
                    .into_iter()
                    .map(|branch| if key == "pr" { Event::ChangeRequest(branch) } else { Event::Push(branch) }),
            );
        }
        None => {
            file.events.insert(Event::Other(format!("{key} on every branch")));
        }
    }
    keys.finish(reading);
}

/// A time that starts it, with the branches; without `always`, only where something changed.
fn schedule(node: &Node, file: &mut File, reading: &mut Reading) {
    let mut keys = reading.keys(node, "schedules");
    let cron = keys.text("cron", reading).unwrap_or_default();
    if keys.text("displayName", reading).as_deref() != Some("Pulumi audit") {
        reading.report("schedules", "a schedule of another name");
    }
    let branches = keys.take("branches").map(|node| {
        let mut filters = reading.keys(node, "branches");
        let included = filters.take("include").map(|node| reading.list(node, "include")).unwrap_or_default();
        filters.finish(reading);
        included
    });
    let always = keys.text("always", reading).is_some_and(|text| text == "true");
    let how = if always { ", always" } else { "" };
    let on = branches.unwrap_or_default().join(" ");
    file.events.insert(Event::Other(format!("schedule {cron} on {on}{how}")));
    keys.finish(reading);
}

fn pool(node: &Node, path: &str, reading: &mut Reading) -> String {
    let mut keys = reading.keys(node, path);
    let name = keys.text("name", reading).map(|name| format!("pool {name}"));
    let image = keys.text("vmImage", reading).map(|image| format!("image {image}"));
    keys.finish(reading);
    [name, image].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn stage(node: &Node, reading: &mut Reading) -> (String, Job) {
    let mut keys = reading.keys(node, "stages");
    let id = keys.text("stage", reading).unwrap_or_default();
    let path = format!("stages.{id}");
    let mut settings = BTreeMap::new();
    keys.setting("displayName", "displayName", &mut settings, reading);
    let needs = match keys.take("dependsOn") {
        Some(node) => reading.list(node, &path).into_iter().collect(),
        None => {
            reading.report(&path, "without `dependsOn`, it waits for the stage above it");
            BTreeSet::new()
        }
    };
    let conditions = keys.text("condition", reading).into_iter().collect();
    let lock_behavior = keys.text("lockBehavior", reading);
    let jobs = keys.take("jobs").and_then(Node::as_sequence).unwrap_or_default();
    keys.finish(reading);
    let mut job = match jobs {
        [node] => job(node, &path, reading),
        _ => {
            reading.report(&path, &format!("expected one job, found {}", jobs.len()));
            Job::default()
        }
    };
    job.needs = needs;
    job.conditions = conditions;
    job.settings.extend(settings);
    match (lock_behavior.as_deref(), &job.environment) {
        (None, _) => {}
        (Some("sequential"), Some(name)) => job.lock = Some(Lock { name: name.clone(), cancels: false }),
        (Some("runLatest"), Some(name)) => job.lock = Some(Lock { name: name.clone(), cancels: true }),
        (Some(other), _) => reading.report(&path, &format!("lockBehavior is {other:?}")),
    }
    (id, job)
}

fn job(node: &Node, path: &str, reading: &mut Reading) -> Job {
    let mut job = Job::default();
    let mut keys = reading.keys(node, path);
    for kind in ["deployment", "job"] {
        keys.setting(kind, kind, &mut job.settings, reading);
    }
    job.runner = keys.take("pool").map(|node| pool(node, path, reading));
    job.limit_minutes = keys.take("timeoutInMinutes").and_then(|node| reading.number(node, path));
    if let Some(node) = keys.take("workspace") {
        let mut workspace = reading.keys(node, path);
        workspace.setting("clean", "workspace.clean", &mut job.settings, reading);
        workspace.finish(reading);
    }
    if let Some(node) = keys.take("environment") {
        let mut environment = reading.keys(node, path);
        job.environment = environment.text("name", reading);
        environment.finish(reading);
    }
    let hook = keys.take("strategy").and_then(|node| deploy_hook(node, path, &mut job, reading));
    for node in keys.take("steps").or(hook).and_then(Node::as_sequence).unwrap_or_default() {
        job.steps.push(step(node, path, reading));
    }
    if job.steps.iter().any(|step| step.variables.contains_key("SYSTEM_ACCESSTOKEN")) {
        job.may_mint.insert("*".into());
    }
    keys.finish(reading);
    job
}

/// The steps below `strategy: runOnce: deploy`.
fn deploy_hook<'n>(node: &'n Node, path: &str, job: &mut Job, reading: &mut Reading) -> Option<&'n Node> {
    let mut strategy = reading.keys(node, path);
    let once = strategy.take("runOnce");
    strategy.finish(reading);
    let mut once = reading.keys(once?, path);
    let deploy = once.take("deploy");
    once.finish(reading);
    let mut deploy = reading.keys(deploy?, path);
    let steps = deploy.take("steps");
    deploy.finish(reading);
    job.settings.insert("strategy".into(), "runOnce.deploy".into());
    steps
}

fn step(node: &Node, path: &str, reading: &mut Reading) -> Step {
    let mut step = Step::default();
    let mut keys = reading.keys(node, path);
    step.name = keys.text("displayName", reading);
    step.condition = keys.text("condition", reading);
    step.directory = keys.text("workingDirectory", reading);
    keys.setting("name", "name", &mut step.settings, reading);
    if let Some(node) = keys.take("env") {
        step.variables = reading.texts(node, path);
    }
    if let Some(node) = keys.take("target") {
        target(node, path, &mut step, reading);
    }
    step.uses = uses(&mut keys, path, reading);
    match (keys.text("bash", reading), &step.uses) {
        (Some(text), None) => step.set_script(&text),
        (Some(_), Some(_)) => reading.report(path, "a step is of two kinds"),
        (None, _) => {}
    }
    keys.finish(reading);
    step
}

fn uses(keys: &mut Keys<'_>, path: &str, reading: &mut Reading) -> Option<Uses> {
    if let Some(repository) = keys.text("checkout", reading) {
        let mut inputs = BTreeMap::from([("repository".to_owned(), repository)]);
        for key in ["clean", "fetchDepth", "persistCredentials"] {
            keys.setting(key, key, &mut inputs, reading);
        }
        return Some(Uses { reference: "checkout".into(), inputs });
    }
    let reference = keys.text("task", reading)?;
    let inputs = keys.take("inputs").map(|node| reading.texts(node, path)).unwrap_or_default();
    Some(Uses { reference, inputs })
}

fn target(node: &Node, path: &str, step: &mut Step, reading: &mut Reading) {
    let mut target = reading.keys(node, path);
    target.setting("commands", "target.commands", &mut step.settings, reading);
    if let Some(node) = target.take("settableVariables") {
        let names = match node.as_sequence() {
            Some(_) => format!("[{}]", reading.list(node, path).join(", ")),
            None => reading.text(node, path),
        };
        step.settings.insert("target.settableVariables".into(), names);
    }
    target.finish(reading);
}
