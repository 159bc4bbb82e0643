//! Reads a config back, key by key; the inverse of the templates.
//!
//! What must hold: every key is either understood or reported, so that nothing which a config says is overlooked. It
//! reads what the templates write; hand-written configs use more keys, which it reports. A job is known by
//! `WORKFLOW/JOB`, since one definition may run in several workflows.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::yaml::Node;
use stackgate_provider::{Artifact, Event, File, Job, Lock, Observed, Reading, Step, Uses};

use crate::words;

/// What a text stands between in an expression.
const QUOTE: &str = "\"";

/// What the configs say.
pub(crate) fn observe(files: &[Artifact]) -> Observed {
    let mut reading = Reading::default();
    let mut observed = Observed::default();
    for artifact in files {
        if let Some(root) = reading.open(artifact) {
            let file = config(&root, &mut reading);
            observed.pipeline.files.insert(artifact.path.clone(), file);
        }
    }
    observed.unknown = reading.unknown;
    observed
}

fn config(root: &Node, reading: &mut Reading) -> File {
    let mut file = File::default();
    let mut keys = reading.keys(root, "");
    keys.setting("version", "version", &mut file.settings, reading);
    let mut definitions = BTreeMap::new();
    if let Some(node) = keys.take("jobs") {
        for (id, node) in reading.keys(node, "jobs").others() {
            definitions.insert(id.to_owned(), definition(node, &format!("jobs.{id}"), reading));
        }
    }
    let mut used = BTreeSet::new();
    if let Some(node) = keys.take("workflows") {
        for (name, node) in reading.keys(node, "workflows").others() {
            workflow(name, node, &definitions, &mut used, &mut file, reading);
        }
    }
    for id in definitions.keys().filter(|id| !used.contains(*id)) {
        reading.report(&format!("jobs.{id}"), "no workflow runs it");
    }
    keys.finish(reading);
    file
}

fn definition(node: &Node, path: &str, reading: &mut Reading) -> Job {
    let mut job = Job::default();
    let mut keys = reading.keys(node, path);
    match keys.take("docker").and_then(Node::as_sequence) {
        Some([container]) => {
            let mut container = reading.keys(container, &format!("{path}.docker"));
            job.image = container.text("image", reading);
            container.finish(reading);
        }
        other => reading.report(path, &format!("expected one container, found {}", other.map_or(0, <[Node]>::len))),
    }
    job.runner = keys.text("resource_class", reading);
    keys.setting("shell", "shell", &mut job.settings, reading);
    match keys.take("steps").map(Node::as_sequence) {
        Some(Some(steps)) => {
            job.steps = steps.iter().map(|node| step(node, &format!("{path}.steps"), reading)).collect()
        }
        _ => reading.report(path, "expected a list of steps"),
    }
    keys.finish(reading);
    job
}

fn step(node: &Node, path: &str, reading: &mut Reading) -> Step {
    if let Some(reference) = node.as_str() {
        return Step {
            uses: Some(Uses { reference: reference.to_owned(), inputs: BTreeMap::new() }),
            ..Step::default()
        };
    }
    let mut step = Step::default();
    let mut keys = reading.keys(node, path);
    for kind in ["store_artifacts", "store_test_results"] {
        if let Some(node) = keys.take(kind) {
            step.uses = Some(Uses { reference: kind.to_owned(), inputs: reading.texts(node, path) });
        }
    }
    if let Some(run) = keys.take("run") {
        let mut run = reading.keys(run, &format!("{path}.run"));
        step.name = run.text("name", reading);
        step.condition = run.text("when", reading);
        step.directory = run.text("working_directory", reading);
        run.setting("no_output_timeout", "no_output_timeout", &mut step.settings, reading);
        if let Some(node) = run.take("environment") {
            step.variables = reading.texts(node, path);
        }
        match run.text("command", reading) {
            Some(command) => step.set_script(&command),
            None => reading.report(path, "a `run` without `command`"),
        }
        run.finish(reading);
    }
    keys.finish(reading);
    step
}

fn workflow(
    name: &str,
    node: &Node,
    definitions: &BTreeMap<String, Job>,
    used: &mut BTreeSet<String>,
    file: &mut File,
    reading: &mut Reading,
) {
    let path = format!("workflows.{name}");
    let mut keys = reading.keys(node, &path);
    let mut conditions = Vec::new();
    match keys.text("when", reading) {
        Some(when) => {
            conditions = words::conjuncts(&when);
            file.settings.insert(format!("workflows.{name}.when"), when);
            file.events.insert(event(&conditions));
        }
        None => {
            file.events.insert(Event::Other("everything".into()));
        }
    }
    let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
    match keys.take("jobs").map(Node::as_sequence) {
        Some(Some(entries)) => {
            for node in entries {
                let (id, mut job) = entry(node, &path, definitions, used, reading);
                job.conditions.clone_from(&conditions);
                if jobs.insert(id.clone(), job).is_some() {
                    reading.report(&path, &format!("the job {id} stands twice"));
                }
            }
        }
        _ => reading.report(&path, "expected a list of jobs"),
    }
    let approvals: BTreeSet<String> = jobs
        .iter()
        .filter(|(_, job)| job.settings.get("type").is_some_and(|kind| kind == "approval"))
        .map(|(id, _)| id.clone())
        .collect();
    for (id, mut job) in jobs {
        let waits: Vec<&str> = job.needs.intersection(&approvals).map(String::as_str).collect();
        job.approval = (!waits.is_empty()).then(|| waits.join(", "));
        file.jobs.insert(format!("{name}/{id}"), job);
    }
    keys.finish(reading);
}

/// A job in a workflow, with its definition under it.
fn entry(
    node: &Node,
    path: &str,
    definitions: &BTreeMap<String, Job>,
    used: &mut BTreeSet<String>,
    reading: &mut Reading,
) -> (String, Job) {
    let (id, keys) =
        match (node.as_str(), node.as_mapping().map(|mapping| mapping.iter().collect::<Vec<_>>()).as_deref()) {
            (Some(id), _) => (id.to_owned(), None),
            (None, Some([entry])) => (entry.key.text.clone(), Some(&entry.value)),
            _ => {
                reading.report(path, &format!("expected a job, found {}", node.kind()));
                return (String::new(), Job::default());
            }
        };
    let mut extra = Job::default();
    if let Some(node) = keys {
        let path = format!("{path}.{id}");
        let mut keys = reading.keys(node, &path);
        keys.setting("type", "type", &mut extra.settings, reading);
        extra.environment = keys.take("context").map(|node| reading.list(node, &path).join(", "));
        // A group never cancels the job that runs.
        extra.lock = keys.text("serial-group", reading).map(|name| Lock { name, cancels: false });
        match keys.take("requires").map(Node::as_sequence) {
            Some(Some(items)) => items.iter().for_each(|node| requirement(node, &path, &mut extra, reading)),
            Some(None) => reading.report(&path, "expected a list under `requires`"),
            None => {}
        }
        keys.finish(reading);
    }
    if extra.settings.get("type").is_some_and(|kind| kind == "approval") {
        return (id, extra);
    }
    let Some(mut job) = definitions.get(&id).cloned() else {
        reading.report(path, &format!("the job {id} is not defined"));
        return (id, extra);
    };
    used.insert(id.clone());
    job.needs = extra.needs;
    job.environment = extra.environment;
    job.lock = extra.lock;
    job.settings.extend(extra.settings);
    (id, job)
}

/// A job that must have succeeded or, as a mapping, have ended in one of the named ways.
fn requirement(node: &Node, path: &str, job: &mut Job, reading: &mut Reading) {
    let Some(mapping) = node.as_mapping() else {
        job.needs.insert(reading.text(node, path));
        return;
    };
    for entry in mapping {
        job.needs.insert(entry.key.text.clone());
        let ends = reading.list(&entry.value, path).join(", ");
        job.settings.insert(format!("requires.{}", entry.key.text), ends);
    }
}

/// What starts a workflow, as far as its condition is one of ours; a word of its own otherwise.
fn event(conditions: &[String]) -> Event {
    let literal = |start: &str| {
        let found = conditions.iter().find_map(|condition| condition.strip_prefix(start)?.strip_prefix(QUOTE));
        found.and_then(|found| found.strip_suffix(QUOTE)).map(str::to_owned)
    };
    match literal("pipeline.event.name == ").as_deref() {
        Some("push") => match (literal("pipeline.git.branch == "), literal("pipeline.git.branch != ")) {
            (Some(branch), _) => Event::Push(branch),
            (None, Some(branch)) => Event::Other(format!("push to any branch but {branch}")),
            (None, None) => Event::Other("push".into()),
        },
        Some("pull_request") => match literal("pipeline.event.github.pull_request.base.ref == ") {
            Some(branch) => Event::ChangeRequest(branch),
            None => Event::Other("pull_request".into()),
        },
        Some(other) => Event::Other(other.to_owned()),
        None => Event::Other(conditions.join(" and ")),
    }
}
