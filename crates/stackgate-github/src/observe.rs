//! Reads a workflow back, key by key; the inverse of the templates.
//!
//! What must hold: every key is either understood or reported, so that nothing which a workflow says is overlooked. It
//! reads what the templates write; hand-written workflows use more keys, which it reports.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::yaml::Node;
use stackgate_provider::{Artifact, Event, File, Job, Lock, Observed, Reading, Step, Uses};

/// What the workflows say.
pub(crate) fn observe(files: &[Artifact]) -> Observed {
    let mut reading = Reading::default();
    let mut observed = Observed::default();
    for artifact in files {
        if let Some(root) = reading.open(artifact) {
            let file = workflow(&root, &mut reading);
            observed.pipeline.files.insert(artifact.path.clone(), file);
        }
    }
    observed.unknown = reading.unknown;
    observed
}

fn workflow(root: &Node, reading: &mut Reading) -> File {
    let mut file = File::default();
    let mut keys = reading.keys(root, "");
    keys.setting("name", "name", &mut file.settings, reading);
    if let Some(on) = keys.take("on") {
        file.events = events(on, reading);
    }
    if let Some(permissions) = keys.take("permissions") {
        file.settings.insert("permissions".into(), flat(&reading.texts(permissions, "permissions")));
    }
    if let Some(node) = keys.take("concurrency") {
        let mut concurrency = reading.keys(node, "concurrency");
        concurrency.setting("group", "concurrency.group", &mut file.settings, reading);
        concurrency.setting("cancel-in-progress", "concurrency.cancel-in-progress", &mut file.settings, reading);
        concurrency.finish(reading);
    }
    if let Some(jobs) = keys.take("jobs").and_then(Node::as_mapping) {
        for entry in jobs {
            let job = job(&entry.value, &format!("jobs.{}", entry.key.text), reading);
            file.jobs.insert(entry.key.text.clone(), job);
        }
    }
    keys.finish(reading);
    file
}

fn events(on: &Node, reading: &mut Reading) -> BTreeSet<Event> {
    let mut events = BTreeSet::new();
    let mut keys = reading.keys(on, "on");
    for (word, node) in keys.others() {
        if word == "schedule" {
            for one in node.as_sequence().unwrap_or_default() {
                let mut schedule = reading.keys(one, word);
                let cron = schedule.text("cron", reading).unwrap_or_default();
                events.insert(Event::Other(format!("schedule {cron}")));
                schedule.finish(reading);
            }
            continue;
        }
        let mut filters = reading.keys(node, word);
        let branches = filters.take("branches").map(|node| reading.list(node, "branches")).unwrap_or_default();
        let types = filters.take("types").map(|node| reading.list(node, "types")).unwrap_or_default();
        filters.finish(reading);
        events.extend(types.iter().map(|kind| Event::Other(format!("{word} {kind}"))));
        if branches.is_empty() && types.is_empty() {
            events.insert(Event::Other(word.to_owned()));
        }
        events.extend(branches.into_iter().map(|branch| match word {
            "pull_request" => Event::ChangeRequest(branch),
            "push" => Event::Push(branch),
            other => Event::Other(format!("{other} {branch}")),
        }));
    }
    events
}

fn job(node: &Node, path: &str, reading: &mut Reading) -> Job {
    let mut job = Job::default();
    let mut keys = reading.keys(node, path);
    keys.setting("name", "name", &mut job.settings, reading);
    if let Some(needs) = keys.take("needs") {
        job.needs = reading.list(needs, path).into_iter().collect();
    }
    job.conditions.extend(keys.text("if", reading));
    job.runner = keys.text("runs-on", reading);
    job.limit_minutes = keys.take("timeout-minutes").and_then(|node| reading.number(node, path));
    if let Some(node) = keys.take("environment") {
        let mut environment = reading.keys(node, path);
        job.environment = environment.text("name", reading);
        environment.finish(reading);
    }
    if let Some(node) = keys.take("permissions") {
        job.permissions = reading.texts(node, path);
        if job.permissions.is_empty() {
            job.settings.insert("permissions".into(), String::new());
        }
        if job.permissions.get("id-token").is_some_and(|level| level == "write") {
            job.may_mint.insert("*".into());
        }
    }
    if let Some(node) = keys.take("concurrency") {
        let mut concurrency = reading.keys(node, path);
        let name = concurrency.text("group", reading).unwrap_or_default();
        // Left out, GitHub keeps the running job; the templates say so in words.
        match concurrency.text("cancel-in-progress", reading).as_deref() {
            Some("false") => job.lock = Some(Lock { name, cancels: false }),
            Some("true") => job.lock = Some(Lock { name, cancels: true }),
            other => reading.report(path, &format!("cancel-in-progress is {other:?}")),
        }
        concurrency.setting("queue", "concurrency.queue", &mut job.settings, reading);
        concurrency.finish(reading);
    }
    if let Some(node) = keys.take("outputs") {
        for (output, value) in reading.texts(node, path) {
            job.settings.insert(format!("outputs.{output}"), value);
        }
    }
    for node in keys.take("steps").and_then(Node::as_sequence).unwrap_or_default() {
        job.steps.push(step(node, path, reading));
    }
    keys.finish(reading);
    job
}

fn step(node: &Node, path: &str, reading: &mut Reading) -> Step {
    let mut step = Step::default();
    let mut keys = reading.keys(node, path);
    step.name = keys.text("name", reading);
    step.condition = keys.text("if", reading);
    step.directory = keys.text("working-directory", reading);
    keys.setting("id", "id", &mut step.settings, reading);
    keys.setting("shell", "shell", &mut step.settings, reading);
    if let Some(node) = keys.take("env") {
        step.variables = reading.texts(node, path);
    }
    let inputs = keys.take("with").map(|node| reading.texts(node, path)).unwrap_or_default();
    match keys.text("uses", reading) {
        Some(reference) => step.uses = Some(Uses { reference, inputs }),
        None if !inputs.is_empty() => reading.report(path, "`with` without `uses`"),
        None => {}
    }
    if let Some(run) = keys.text("run", reading) {
        step.set_script(&run);
    }
    keys.finish(reading);
    step
}

fn flat(map: &BTreeMap<String, String>) -> String {
    map.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
}
