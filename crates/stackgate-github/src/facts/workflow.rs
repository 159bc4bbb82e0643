//! A workflow: what it says for all its jobs, then the jobs.
//!
//! What must hold: a called workflow is read with what its caller hands over, and starts when its caller does.

use std::collections::BTreeMap;
use std::rc::Rc;

use stackgate_provider::diagnostic::Span;
use stackgate_provider::facts::{Aspect, Control, Need, Place, Setting, TreeError, Value, Variable};
use stackgate_provider::yaml::Node;

use super::job::{self, Workflow};
use super::reading::{File, Reading};
use super::scope::Scope;
use super::triggers::{self, Triggers};
use super::{cache, credentials, gates, permissions};

/// Variables that GitHub sets and that others than the system have a hand in: "Default environment variables".
const ENVIRONMENT: &[(&str, &str, Control)] = &[
    ("GITHUB_ACTOR", "github.actor", Control::Stranger),
    ("GITHUB_BASE_REF", "github.base_ref", Control::Member),
    ("GITHUB_HEAD_REF", "github.head_ref", Control::Stranger),
    ("GITHUB_REF", "github.ref", Control::Member),
    ("GITHUB_REF_NAME", "github.ref_name", Control::Member),
    ("GITHUB_TRIGGERING_ACTOR", "github.triggering_actor", Control::Stranger),
];

/// Reads the workflow that the reading is of.
pub(super) fn read(path: &str, reading: &mut Reading) {
    let file = match reading.open(path) {
        Ok(file) => file,
        Err(error) => return missing(path, &error, reading),
    };
    for (name, text, control) in ENVIRONMENT {
        let value = Value::Made((*text).to_owned(), *control);
        let variable = Variable { name: (*name).to_owned(), value, place: Place::default() };
        reading.observation.environment.push(variable);
    }
    let Some(root) = file.root() else { return };
    let triggers = match root.get("on") {
        Some(on) => triggers::read(on, &file, reading),
        None => {
            if root.as_mapping().is_some() {
                reading.undecided(Aspect::Syntax, None, "the workflow has no `on`".into(), file.at(root.span));
            }
            Triggers::default()
        }
    };
    let place = root.get("on").map_or_else(|| file.at(root.span), |on| file.at(on.span));
    let workflow = Workflow {
        clauses: vec![job::trigger(&triggers, place)],
        scope: Scope { callable: triggers.has("workflow_call"), ..Scope::default() },
        triggers: Rc::new(triggers),
        variables: Vec::new(),
        credentials: Vec::new(),
        permissions: permissions::unsaid(file.at(root.span)),
        most: None,
        gates: Vec::new(),
        cache: None,
        settings: Vec::new(),
        shell: None,
        directory: None,
        prefix: String::new(),
        needs: Vec::new(),
        chain: vec![path.to_owned()],
        file: file.clone(),
    };
    jobs(workflow, root, reading);
}

fn missing(path: &str, error: &TreeError, reading: &mut Reading) {
    reading.observation.sources.push((path.to_owned(), "".into()));
    let place = Place::new(0, Span::default());
    reading.undecided(Aspect::Syntax, None, format!("the file cannot be read: {error}"), place);
}

/// Reads all jobs of a workflow; returns their ids.
pub(super) fn jobs(mut workflow: Workflow, root: &Node, reading: &mut Reading) -> Vec<String> {
    let file = workflow.file.clone();
    let Some(keys) = root.as_mapping() else {
        reading.misshapen(None, "a workflow", root, file.at(root.span));
        return Vec::new();
    };
    top(&mut workflow, root, &file, reading);
    for entry in keys {
        match entry.key.text.as_str() {
            "on" | "jobs" | "env" | "permissions" | "concurrency" | "defaults" | cache::KEY => {}
            "name" | "run-name" | "description" => {
                let made = reading.value(&entry.value, &file, &workflow.scope, None);
                reading.observation.presentation.push(made.text);
            }
            key => reading.unknown(None, "", key, file.at(entry.key.span)),
        }
    }
    let Some(jobs) = root.get("jobs") else {
        reading.undecided(Aspect::Syntax, None, "the workflow has no `jobs`".into(), file.at(root.span));
        return Vec::new();
    };
    let Some(entries) = jobs.as_mapping() else {
        reading.misshapen(None, "jobs", jobs, file.at(jobs.span));
        return Vec::new();
    };
    let start = reading.observation.jobs.len();
    let mut ids = Vec::new();
    let mut became: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries {
        let made = job::read(entry, &workflow, reading);
        let own = format!("{}{}", workflow.prefix, entry.key.text);
        if made != [own.clone()] {
            became.insert(own, made.clone());
        }
        ids.extend(made);
    }
    // Who waits for a job that calls a workflow waits for all jobs of that.
    if !became.is_empty() {
        for index in start..reading.observation.jobs.len() {
            expand(index, &became, file.at(jobs.span), reading);
        }
    }
    ids
}

/// Puts the jobs of called workflows in the place of those that call; many times many of them are a limit.
fn expand(index: usize, became: &BTreeMap<String, Vec<String>>, place: Place, reading: &mut Reading) {
    let count = |need: &Need| became.get(&need.job).map_or(0, Vec::len);
    let Some(job) = reading.observation.jobs.get_mut(index) else { return };
    if !job.needs.iter().any(|need| became.contains_key(&need.job)) {
        return;
    }
    let needs = std::mem::take(&mut job.needs);
    let added = needs.iter().map(count).sum();
    let fits = reading.spend(added, place);
    let expanded = |need: Need| match became.get(&need.job) {
        Some(jobs) if fits => jobs.iter().map(|job| Need { job: job.clone(), ..need.clone() }).collect(),
        _ => vec![need],
    };
    let needs = needs.into_iter().flat_map(expanded).collect();
    if let Some(job) = reading.observation.jobs.get_mut(index) {
        job.needs = needs;
    }
}

/// What stands at the top of a workflow and counts for all its jobs.
fn top(workflow: &mut Workflow, root: &Node, file: &File, reading: &mut Reading) {
    if let Some(node) = root.get("env") {
        for (variable, expressions) in job::variables(node, file, &workflow.scope, None, reading) {
            let seers = stackgate_provider::facts::Scope::Job;
            let all = &mut workflow.credentials;
            credentials::add(all, &expressions, &workflow.scope, Some(&variable.name), &seers, true);
            workflow.scope.variables.insert(variable.name.clone(), variable.value.control());
            workflow.variables.push(variable);
        }
    }
    if let Some(node) = root.get("permissions") {
        workflow.permissions = permissions::read(node, true, file, None, reading);
        // Also where every job says its own: it counts for the job that somebody adds tomorrow.
        let guard = reading.setting("guard.permissions", node, file, &workflow.scope);
        reading.observation.settings.push(guard);
    } else if let Some(most) = &workflow.most {
        workflow.permissions.clone_from(most);
        // What the caller's job may do, each of several jobs may do.
        let several = root.get("jobs").and_then(Node::as_mapping).is_some_and(|jobs| jobs.len() > 1);
        workflow.permissions.iter_mut().for_each(|permission| permission.wide |= several);
    }
    if let Some(node) = root.get("concurrency")
        && let Some((gate, settings)) = gates::lock(node, file, &workflow.scope, None, reading)
    {
        workflow.gates.push(gate);
        reading.observation.settings.extend(settings);
    }
    if let Some(node) = root.get(cache::KEY) {
        let new = reading.setting(cache::KEY, node, file, &workflow.scope);
        cache::set(&mut workflow.settings, new, workflow.cache.as_deref());
    }
    if let Some(node) = root.get("defaults") {
        (workflow.shell, workflow.directory) = job::defaults(node, file, &workflow.scope, None, reading);
    }
}

/// The inputs that a called workflow or an action takes, where nobody gives them: their defaults.
pub(super) fn defaults(inputs: Option<&Node>, scope: &Scope) -> BTreeMap<String, super::expr::Expr> {
    let entries = inputs.and_then(Node::as_mapping).into_iter().flatten();
    let default = |node: &Node| {
        let text = node.get("default")?.as_str()?.to_owned();
        Some(scope.template(&text).0.into_expr())
    };
    entries.filter_map(|entry| Some((entry.key.text.clone(), default(&entry.value)?))).collect()
}

/// Settings for what is handed over.
pub(super) fn handed(path: &str, node: &Node, file: &File, scope: &Scope, reading: &Reading) -> Vec<Setting> {
    let entries = node.as_mapping().into_iter().flatten();
    entries.map(|entry| reading.setting(&format!("{path}.{}", entry.key.text), &entry.value, file, scope)).collect()
}
