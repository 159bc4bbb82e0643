//! Reads a pipeline back, key by key; the inverse of the templates.
//!
//! What must hold: every key is either understood or reported, so that nothing which a pipeline says is overlooked. It
//! reads what the templates write; hand-written pipelines use more keys, which it reports.

use stackgate_provider::yaml::Node;
use stackgate_provider::{Artifact, Event, File, Job, Keys, Lock, Observed, Reading, Step};

use crate::{shell, words};

/// What the file says.
pub(crate) fn observe(files: &[Artifact]) -> Observed {
    let mut reading = Reading::default();
    let mut observed = Observed::default();
    for artifact in files {
        if let Some(root) = reading.open(artifact) {
            let file = pipeline(&root, &mut reading);
            observed.pipeline.files.insert(artifact.path.clone(), file);
        }
    }
    observed.unknown = reading.unknown;
    observed
}

/// Keys of the root that are no jobs; the templates use `workflow` alone.
const GLOBAL: &[&str] = &[
    "default",
    "include",
    "stages",
    "variables",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
];

fn pipeline(root: &Node, reading: &mut Reading) -> File {
    let mut file = File::default();
    let mut keys = reading.keys(root, "");
    if let Some(node) = keys.take("workflow") {
        workflow(node, &mut file, reading);
    }
    for (name, node) in keys.others() {
        if GLOBAL.contains(&name) {
            reading.report(name, "a global key");
        } else {
            file.jobs.insert(name.to_owned(), job(node, name, reading));
        }
    }
    file
}

fn workflow(node: &Node, file: &mut File, reading: &mut Reading) {
    let mut keys = reading.keys(node, "workflow");
    for rule in items(keys.take("rules"), "workflow.rules", reading) {
        let mut rule = reading.keys(rule, "workflow.rules");
        let event = rule.text("if", reading).map(|text| words::event_of(&text));
        file.events.insert(event.unwrap_or_else(|| Event::Other("anything".into())));
        rule.finish(reading);
    }
    if let Some(node) = keys.take("auto_cancel") {
        let mut cancel = reading.keys(node, "workflow.auto_cancel");
        cancel.setting("on_new_commit", "workflow.auto_cancel.on_new_commit", &mut file.settings, reading);
        cancel.finish(reading);
    }
    keys.finish(reading);
}

fn job(node: &Node, path: &str, reading: &mut Reading) -> Job {
    let mut job = Job::default();
    let mut keys = reading.keys(node, path);
    keys.setting("stage", "stage", &mut job.settings, reading);
    keys.setting("interruptible", "interruptible", &mut job.settings, reading);
    if let Some(node) = keys.take("inherit") {
        let mut inherit = reading.keys(node, path);
        inherit.setting("default", "inherit.default", &mut job.settings, reading);
        inherit.setting("variables", "inherit.variables", &mut job.settings, reading);
        inherit.finish(reading);
    }
    let rules = items(keys.take("rules"), path, reading);
    self::rules(rules, path, &mut job, reading);
    needs(keys.take("needs"), path, &mut job, reading);
    if let Some(node) = keys.take("environment") {
        let mut environment = reading.keys(node, path);
        job.environment = environment.text("name", reading);
        environment.setting("action", "environment.action", &mut job.settings, reading);
        environment.setting("deployment_tier", "environment.deployment_tier", &mut job.settings, reading);
        environment.finish(reading);
    }
    if let Some(name) = keys.text("resource_group", reading) {
        // A resource group waits; what cancels a job that runs is that it may be interrupted.
        let cancels = job.settings.get("interruptible").is_some_and(|value| value == "true");
        job.lock = Some(Lock { name, cancels });
    }
    if let Some(text) = keys.text("timeout", reading) {
        job.limit_minutes = text.strip_suffix(" minutes").and_then(|minutes| minutes.parse().ok());
        if job.limit_minutes.is_none() {
            reading.report(path, &format!("expected minutes, found {text:?}"));
        }
    }
    if let Some(node) = keys.take("tags") {
        job.runner = Some(reading.list(node, path).join(", "));
    }
    if let Some(node) = keys.take("image") {
        let mut image = reading.keys(node, path);
        job.image = image.text("name", reading);
        if let Some(node) = image.take("entrypoint") {
            job.settings.insert("image.entrypoint".into(), reading.list(node, path).join(" "));
        }
        image.finish(reading);
    }
    if let Some(node) = keys.take("variables") {
        job.variables = reading.texts(node, path);
    }
    if let Some(node) = keys.take("id_tokens") {
        id_tokens(node, path, &mut job, reading);
    }
    if let Some(node) = keys.take("artifacts") {
        flat(node, "artifacts", &mut job, reading);
    }
    scripts(&mut keys, path, &mut job, reading);
    keys.finish(reading);
    job
}

/// What a job keeps for people, key by key: a list by its lines, a mapping by its own keys.
fn flat(node: &Node, path: &str, job: &mut Job, reading: &mut Reading) {
    let mut keys = reading.keys(node, path);
    for (key, node) in keys.others() {
        let path = format!("{path}.{key}");
        if node.as_mapping().is_some() {
            flat(node, &path, job, reading);
        } else if node.as_sequence().is_some() {
            let all = reading.list(node, &path).join("\n");
            job.settings.insert(path, all);
        } else {
            let text = reading.text(node, &path);
            job.settings.insert(path, text);
        }
    }
}

fn rules(rules: &[Node], path: &str, job: &mut Job, reading: &mut Reading) {
    let mut conditions = Vec::new();
    for (index, node) in rules.iter().enumerate() {
        let mut rule = reading.keys(node, path);
        conditions.push(rule.text("if", reading).unwrap_or_else(|| "true".into()));
        if let Some(node) = rule.take("changes") {
            let mut changes = reading.keys(node, path);
            let paths = changes.take("paths").map(|node| reading.list(node, path)).unwrap_or_default();
            changes.finish(reading);
            job.settings.insert(format!("rules.{index}.changes"), paths.join("\n"));
        }
        match rule.text("when", reading) {
            Some(when) if when == "manual" && rules.len() == 1 => job.approval = Some(when),
            Some(when) => {
                job.settings.insert(format!("rules.{index}.when"), when);
            }
            None => {}
        }
        rule.setting("allow_failure", &format!("rules.{index}.allow_failure"), &mut job.settings, reading);
        rule.finish(reading);
    }
    // Any one of the rules lets the job run.
    if !conditions.is_empty() {
        job.conditions = vec![conditions.join(" || ")];
    }
}

fn needs(node: Option<&Node>, path: &str, job: &mut Job, reading: &mut Reading) {
    let needs = items(node, path, reading);
    if node.is_some() && needs.is_empty() {
        job.settings.insert("needs".into(), "nothing".into());
    }
    for node in needs {
        let mut need = reading.keys(node, path);
        let name = need.text("job", reading).unwrap_or_default();
        let mut how = Vec::new();
        for key in ["artifacts", "optional"] {
            how.extend(need.text(key, reading).map(|text| format!("{key}: {text}")));
        }
        need.finish(reading);
        job.settings.insert(format!("needs.{name}"), how.join(", "));
        job.needs.insert(name);
    }
}

fn id_tokens(node: &Node, path: &str, job: &mut Job, reading: &mut Reading) {
    let mut names = Vec::new();
    let mut keys = reading.keys(node, path);
    for (name, node) in keys.others() {
        let mut token = reading.keys(node, path);
        let audiences = token.take("aud").map(|node| reading.list(node, path));
        job.may_mint.extend(audiences.unwrap_or_else(|| vec!["*".into()]));
        token.finish(reading);
        names.push(name);
    }
    names.sort_unstable();
    job.settings.insert("id_tokens".into(), names.join(" "));
}

fn scripts(keys: &mut Keys<'_>, path: &str, job: &mut Job, reading: &mut Reading) {
    let (exports, steps) = script(keys.take("script"), path, reading);
    for (key, names) in [("script.exports", exports.names(false)), ("script.exports.expanded", exports.names(true))] {
        if !names.is_empty() {
            job.settings.insert(key.into(), names);
        }
    }
    for (name, (value, _)) in exports.all {
        if job.variables.insert(name.clone(), value).is_some() {
            reading.report(path, &format!("{name:?} is set twice"));
        }
    }
    job.steps.extend(steps);
    // A shell of its own, which sees none of the above.
    let (exports, steps) = script(keys.take("after_script"), path, reading);
    for mut step in steps {
        step.condition = Some("after_script".into());
        for (key, names) in [("exports", exports.names(false)), ("exports.expanded", exports.names(true))] {
            if !names.is_empty() {
                step.settings.insert(key.into(), names);
            }
        }
        step.variables = exports.all.iter().map(|(name, (value, _))| (name.clone(), value.clone())).collect();
        job.steps.push(step);
    }
}

/// What a script exports before it does anything else: each value, and whether the shell expands it.
#[derive(Default)]
struct Exports {
    all: std::collections::BTreeMap<String, (String, bool)>,
}

impl Exports {
    fn names(&self, expanded: bool) -> String {
        let names = self.all.iter().filter(|(_, (_, is))| *is == expanded).map(|(name, _)| name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }
}

/// The exports that a script begins with, and its other items as steps; a later export is a step that nobody knows.
fn script(node: Option<&Node>, path: &str, reading: &mut Reading) -> (Exports, Vec<Step>) {
    let mut exports = Exports::default();
    let mut steps = Vec::new();
    for item in items(node, path, reading) {
        let text = reading.text(item, path);
        match shell::exports(&text) {
            Some(found) if steps.is_empty() => {
                for (name, value) in found.variables {
                    if exports.all.insert(name.clone(), (value, found.expanded)).is_some() {
                        reading.report(path, &format!("{name:?} is set twice"));
                    }
                }
            }
            _ => steps.push(shell::step(&text)),
        }
    }
    (exports, steps)
}

/// The items of a list; anything else is reported.
fn items<'n>(node: Option<&'n Node>, path: &str, reading: &mut Reading) -> &'n [Node] {
    let Some(node) = node else { return &[] };
    node.as_sequence().unwrap_or_else(|| {
        reading.report(path, &format!("expected a list, found {}", node.kind()));
        &[]
    })
}
