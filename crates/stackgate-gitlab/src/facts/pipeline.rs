//! A whole pipeline: what stands at the top of its configuration, and its jobs.
//!
//! What must hold: every key at the top that is not one of GitLab's is a job, unless it begins with a full stop. A pipeline that
//! another one started has its jobs under the name of the job that started it.

use stackgate_provider::canonical;
use stackgate_provider::facts::{Aspect, Clause, ClauseKind, Condition, Place, Setting, Variable};
use stackgate_provider::yaml::{Mapping, Node, Value};

use super::defaults::{self, Defaults};
use super::extends::{self, Bases};
use super::needs::Waiting;
use super::{Reading, conditions, files, include, inputs, jobs, merge, needs, reference, rules, variables};

/// How many jobs are read.
const MOST_JOBS: usize = 10_000;

/// What all jobs of a pipeline have from its top.
pub(super) struct Pipeline {
    /// What stands before the names of its jobs.
    pub(super) prefix: String,
    /// Whether another pipeline started it.
    pub(super) child: bool,
    /// How many pipelines stand above it.
    pub(super) depth: usize,
    /// What starts it, and what holds it back.
    pub(super) when: Vec<Clause>,
    /// Whether it has `workflow: rules`.
    pub(super) workflow: bool,
    /// Its stages, in order.
    pub(super) stages: Vec<String>,
    /// Its variables.
    pub(super) variables: Vec<Variable>,
    /// What jobs have by default.
    pub(super) defaults: Defaults,
    /// What jobs extend.
    pub(super) bases: Bases,
    /// The job of another pipeline that started it.
    pub(super) starter: Option<String>,
}

/// Reads the pipeline file itself.
pub(super) fn root(path: &str, reading: &mut Reading<'_>) {
    let opened = match files::open(path, reading) {
        Ok(opened) => opened,
        Err(error) => {
            reading.gathering.observation.sources.push((path.to_owned(), "".into()));
            reading.gathering.undecided(Aspect::Syntax, None, error.to_string(), Place::default());
            return;
        }
    };
    let given = inputs::of_root(opened.header.as_ref());
    reading.inputs = inputs::controls(&given);
    if let Some(header) = &opened.header {
        let place = Reading::at(header.span);
        let value = canonical(header);
        reading.gathering.observation.settings.push(Setting { key: "spec".into(), value, place });
    }
    let Some(body) = opened.body else { return };
    let node = include::body_of(&body, &given, path, &[], reading);
    let kind = ClauseKind::Trigger;
    let place = Reading::at(body.span);
    whole(&node, "", vec![Clause { kind, condition: conditions::started(), place }], None, 0, reading);
    needs::approvals(reading);
}

/// Reads a configuration that is put together of all its files.
pub(super) fn whole(
    node: &Node,
    prefix: &str,
    mut when: Vec<Clause>,
    starter: Option<String>,
    depth: usize,
    reading: &mut Reading<'_>,
) {
    let Some(mapping) = node.as_mapping() else { return };
    let (mapping, bases) = extends::resolve(mapping, reading);
    let mapping = reference::resolve(&mapping, reading);
    let node = Node { span: node.span, value: Value::Mapping(mapping.clone()) };
    let child = starter.is_some();
    let workflow = workflow(&node, prefix, child, &mut when, reading);
    let mut presentation = Vec::new();
    let mut variables = node.get("variables").map(|node| variables::read(node, &mut presentation)).unwrap_or_default();
    reading.gathering.observation.presentation.extend(presentation);
    // A rule of the workflow sets variables for all jobs.
    for rule in node.get("workflow").and_then(|node| node.get("rules")).map(merge::flat).unwrap_or_default() {
        if let Some(node) = rule.get("variables") {
            variables::sometimes(node, &mut variables);
        }
    }
    let defaults = Defaults::read(&node, reading);
    let stages = stages(&mapping);
    let prefix = prefix.to_owned();
    let pipeline = Pipeline { prefix, child, depth, when, workflow, stages, variables, defaults, bases, starter };
    let mut waiting = Vec::new();
    for entry in &mapping {
        let name = entry.key.text.as_str();
        if name.starts_with('.') || is_reserved(name) {
            continue;
        }
        if entry.value.as_mapping().is_none() {
            let why = format!("`{name}` is no job: expected a mapping, found {}", entry.value.kind());
            reading.undecided(Aspect::Syntax, None, why, entry.key.span);
            continue;
        }
        if reading.gathering.observation.jobs.len() >= MOST_JOBS {
            reading.limit(&format!("there are more than {MOST_JOBS} jobs"), entry.key.span);
            break;
        }
        let one: Option<Waiting> = jobs::read(entry, &pipeline, reading);
        waiting.extend(one);
    }
    needs::settle(&waiting, &pipeline, reading);
}

/// The keys at the top that are no jobs. `pages` is one.
fn is_reserved(name: &str) -> bool {
    defaults::TOP.contains(&name)
        || matches!(name, "$schema" | "default" | "include" | "spec" | "stages" | "types" | "variables" | "workflow")
}

fn stages(root: &Mapping) -> Vec<String> {
    let said = root.get("stages").or_else(|| root.get("types"));
    let said: Vec<String> = match said {
        Some(node) => merge::texts(node).into_iter().map(str::to_owned).collect(),
        None => ["build", "test", "deploy"].map(str::to_owned).to_vec(),
    };
    let own = said.into_iter().filter(|stage| stage != ".pre" && stage != ".post");
    std::iter::once(".pre".to_owned()).chain(own).chain([".post".to_owned()]).collect()
}

/// What holds back the whole pipeline; whether it has rules.
fn workflow(node: &Node, prefix: &str, child: bool, when: &mut Vec<Clause>, reading: &mut Reading<'_>) -> bool {
    let kind = ClauseKind::Pipeline;
    let Some(workflow) = node.get("workflow") else {
        when.push(Clause { kind, condition: Condition::Always, place: Reading::at(node.span) });
        return false;
    };
    let mut keys = super::keys(workflow);
    let observation = &mut reading.gathering.observation;
    observation.presentation.extend(keys.text("name").map(str::to_owned));
    keys.setting("auto_cancel", &format!("{prefix}workflow.auto_cancel"), &mut observation.settings);
    let said = keys.take("rules").filter(|node| !node.is_null());
    let place = if said.is_some() { keys.place("rules") } else { Reading::at(workflow.span) };
    let condition = said.map_or(Condition::Always, |node| rules::workflow(node, child, reading));
    when.push(Clause { kind, condition, place });
    reading.finish(&keys, None, "workflow");
    said.is_some()
}
