//! Workflows: which jobs run, for what, after what.
//!
//! What must hold: a job is one invocation; its id is `workflow/name`. A schedule in the file is the only thing that starts
//! such a workflow; any other starts for whatever the project is set to. Source: CircleCI, configuration reference,
//! `workflows`.

use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Condition, Credential, CredentialKind, Event, Gate, GateKind, Job, Place, Scope,
    Setting, Value, Weakness,
};
use stackgate_provider::yaml::{Node, Value as Yaml};
use stackgate_provider::{Taking, canonical};

use super::needs::Names;
use super::substitution::{Parameters, value};
use super::{Reading, conditions, filters, jobs, needs};

/// How many jobs a configuration may have here.
const MOST_JOBS: usize = 10_000;

/// What all jobs of a workflow share, and the names that they have there.
struct Workflow {
    name: String,
    clauses: Vec<Clause>,
    names: Names,
    /// Whether the jobs of a group are read, which holds no other groups.
    grouped: bool,
}

pub(super) fn read(node: &Node, reading: &mut Reading<'_>) {
    for entry in node.as_mapping().into_iter().flatten() {
        // Version 2 wants its number here as well.
        if entry.key.text != "version" {
            workflow(&entry.key.text, &entry.value, Place::new(0, entry.key.span), reading);
        }
    }
    needs::gates(reading);
}

/// The one job of a configuration without workflows.
pub(super) fn alone(name: &str, reading: &mut Reading<'_>) {
    let Some(definition) = reading.definitions.job(name) else { return };
    let place = Place::new(0, definition.span);
    let mut job = Job { id: name.to_owned(), place, ..Job::default() };
    job.when.push(started(place));
    job.when.push(Clause {
        kind: ClauseKind::Job,
        condition: filters::read(definition.get("branches").map(|_| &definition)),
        place,
    });
    jobs::fill(&mut job, name, &Parameters::new(), None, reading);
    reading.gathering.observation.jobs.push(job);
}

/// Whatever the project is set to.
fn started(place: Place) -> Clause {
    let events = [
        Event::Push,
        Event::Tag,
        Event::ChangeRequest,
        Event::ForkChangeRequest,
        Event::Manual,
        Event::Schedule,
        Event::Api,
    ];
    Clause { kind: ClauseKind::Trigger, condition: Condition::any(events.map(Condition::Event)), place }
}

fn workflow(name: &str, node: &Node, place: Place, reading: &mut Reading<'_>) {
    if !reading.mapping(node, "a workflow", None) {
        return;
    }
    let mut keys = Taking::new(0, node);
    let mut clauses = vec![match keys.take("triggers") {
        Some(triggers) => scheduled(reading.items(triggers, "`triggers`", None, 0), keys.place("triggers")),
        None => started(place),
    }];
    if let Some(when) = keys.take("when") {
        clauses.push(Clause {
            kind: ClauseKind::Pipeline,
            condition: conditions::read(when),
            place: keys.place("when"),
        });
    }
    if let Some(unless) = keys.take("unless") {
        let condition = conditions::read(unless).negated();
        clauses.push(Clause { kind: ClauseKind::Pipeline, condition, place: keys.place("unless") });
    }
    let mut settings = Vec::new();
    keys.setting("max_auto_reruns", &format!("{name}.max_auto_reruns"), &mut settings);
    reading.gathering.observation.settings.extend(settings);
    if let Some(text) = keys.text("description") {
        reading.gathering.observation.presentation.push(text.to_owned());
    }
    let mut shared = Workflow { name: name.to_owned(), clauses, names: Names::new(), grouped: false };
    let from = reading.gathering.observation.jobs.len();
    if let Some(jobs) = keys.take("jobs") {
        invocations(jobs, &mut shared, reading);
    }
    needs::resolve(from, &shared.names, reading);
    reading.finish(&keys, None, &format!("workflows.{name}"));
}

fn scheduled(triggers: &[Node], place: Place) -> Clause {
    let one = |trigger: &Node| {
        let branches = trigger.get("schedule").and_then(|schedule| schedule.get("filters"));
        Condition::all([Condition::Event(Event::Schedule), filters::read(branches)])
    };
    let condition = Condition::any(triggers.iter().map(one));
    Clause { kind: ClauseKind::Trigger, condition, place }
}

fn invocations(jobs: &Node, workflow: &mut Workflow, reading: &mut Reading<'_>) {
    for item in reading.items(jobs, "`jobs` of a workflow", None, 0) {
        if reading.gathering.observation.jobs.len() >= MOST_JOBS {
            let known = reading.gathering.observation.undecided.iter().any(|one| one.aspect == Aspect::Limit);
            if !known {
                let why = format!("there are more than {MOST_JOBS} jobs");
                reading.undecided(Aspect::Limit, None, why, Place::new(0, item.span));
            }
            return;
        }
        invocation(item, workflow, reading);
    }
}

/// The jobs of a group stand where the group is called: what that says counts for each, and what it requires for those
/// that require none of the group. Source: CircleCI, "Controlling serial execution across your organization".
fn group(jobs: &Node, name: &str, call: &Job, workflow: &mut Workflow, reading: &mut Reading<'_>) {
    let from = reading.gathering.observation.jobs.len();
    workflow.grouped = true;
    invocations(jobs, workflow, reading);
    workflow.grouped = false;
    let mut ids = Vec::new();
    let mut ended = false;
    for job in reading.gathering.observation.jobs.get_mut(from..).unwrap_or_default() {
        if job.needs.is_empty() {
            job.needs.clone_from(&call.needs);
        }
        // A call names a few contexts; each of them is one more for every job.
        reading.left = reading.left.saturating_sub(call.gates.len() * 100);
        if reading.left == 0 {
            ended = true;
            break;
        }
        job.gates.extend(call.gates.iter().cloned());
        job.credentials.extend(call.credentials.iter().cloned());
        if let (Some(said), Some(own)) = (call.when.last(), job.when.last_mut()) {
            own.condition = Condition::all([own.condition.clone(), said.condition.clone()]);
        }
        ids.push(job.id.clone());
    }
    workflow.names.entry(name.to_owned()).or_default().extend(ids);
    if ended {
        reading.undecided(Aspect::Limit, None, "the groups of jobs come to too much", call.place);
    }
}

fn invocation(item: &Node, workflow: &mut Workflow, reading: &mut Reading<'_>) {
    let (name, given) = match &item.value {
        Yaml::Scalar(scalar) => (scalar.text.as_str(), None),
        Yaml::Mapping(mapping) => match mapping.iter().next() {
            Some(entry) => (entry.key.text.as_str(), Some(&entry.value)),
            None => return,
        },
        _ => {
            let why = format!("a job is a name or a mapping, found {}", item.kind());
            return reading.undecided(Aspect::Syntax, None, why, Place::new(0, item.span));
        }
    };
    let place = Place::new(0, item.span);
    let empty = Node { span: item.span, value: Yaml::Null };
    let mut keys = Taking::new(0, given.unwrap_or(&empty));
    let shown = keys.text("name").unwrap_or(name);
    let mut job = Job { place, ..Job::default() };
    job.when.clone_from(&workflow.clauses);
    let at = if keys.take("filters").is_some() { keys.place("filters") } else { place };
    job.when.push(Clause { kind: ClauseKind::Job, condition: filters::read(keys.take("filters")), place: at });
    if let Some(requires) = keys.take("requires") {
        job.needs = needs::read(reading.items(requires, "`requires`", None, 0));
    }
    contexts(&mut keys, &mut job);
    lock(&mut keys, &mut job);
    let jobs_of = reading.definitions.group(name).filter(|_| !workflow.grouped);
    if let Some(jobs) = jobs_of {
        reading.finish(&keys, None, &format!("workflows.{}.{name}", workflow.name));
        return group(&jobs, shown, &job, workflow, reading);
    }
    job.id = unique(&format!("{}/{shown}", workflow.name), reading);
    workflow.names.entry(shown.to_owned()).or_default().push(job.id.clone());
    let kind = keys.text("type");
    keys.setting("override-with", "override-with", &mut job.settings);
    let mut parameters = Parameters::new();
    if let Some(matrix) = keys.take("matrix") {
        let at = keys.place("matrix");
        job.settings.push(Setting { key: "matrix".into(), value: canonical(matrix), place: at });
        matrix_parameters(matrix, &mut parameters);
        // All of a matrix is required by its alias, or by the name of the job that it calls.
        let alias = matrix.get("alias").and_then(Node::as_str).unwrap_or(name);
        let ids = workflow.names.entry(alias.to_owned()).or_default();
        if !ids.contains(&job.id) {
            ids.push(job.id.clone());
        }
        reading.matrix = matrix.get("parameters").cloned();
    }
    let around = [keys.take("pre-steps"), keys.take("post-steps")];
    // Whatever else stands here is a parameter of the job.
    let definition = reading.definitions.job(name);
    let declared = definition.as_ref().map(|definition| definition.get("parameters"));
    for (key, node, place) in keys.rest() {
        let unknown = kind.is_some() || declared.is_some_and(|all| all.and_then(|all| all.get(key)).is_none());
        if unknown {
            let id = job.id.clone();
            reading.gathering.unknown_key(Some(&id), name, key, place);
        }
        parameters.insert(key.to_owned(), node.clone());
    }
    match kind {
        Some("approval") => {
            job.settings.push(Setting { key: "type".into(), value: "approval".into(), place });
            job.gates.push(Gate { kind: GateKind::Approval(None), weak: vec![Weakness::Anybody], place });
        }
        Some("no-op") => job.settings.push(Setting { key: "type".into(), value: "no-op".into(), place }),
        _ => jobs::fill(&mut job, name, &parameters, Some(around), reading),
    }
    reading.matrix = None;
    reading.gathering.observation.jobs.push(job);
}

/// A matrix makes a job for each combination; here it is one, whose values are lists.
fn matrix_parameters(matrix: &Node, parameters: &mut Parameters) {
    for entry in matrix.get("parameters").and_then(Node::as_mapping).into_iter().flatten() {
        // One value is no choice.
        if let Some([only]) = entry.value.as_sequence() {
            parameters.insert(entry.key.text.clone(), only.clone());
            continue;
        }
        let text = format!("<< matrix.{} >>", entry.key.text);
        let scalar = stackgate_provider::yaml::Scalar { text, plain: false, block: false };
        parameters.insert(entry.key.text.clone(), Node { span: entry.value.span, value: Yaml::Scalar(scalar) });
    }
}

fn unique(id: &str, reading: &mut Reading<'_>) -> String {
    // CircleCI numbers a second job of the same name.
    let mut made = id.to_owned();
    while reading.ids.contains_key(&made) {
        let number = reading.ids.entry(id.to_owned()).or_insert(0);
        *number += 1;
        made = format!("{id}-{number}");
    }
    reading.ids.insert(made.clone(), 0);
    made
}

/// A context is the nearest that CircleCI has to an environment: it holds secrets, and its restrictions are a gate.
fn contexts(keys: &mut Taking<'_>, job: &mut Job) {
    let Some(node) = keys.take("context") else { return };
    let names: Vec<&Node> = match node.as_sequence() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    };
    for name in names {
        let Some(text) = name.as_str() else { continue };
        let place = Place::new(0, name.span);
        let name = value(text);
        let weak = if name.as_literal().is_none() { vec![Weakness::MadeName] } else { Vec::new() };
        job.gates.push(Gate { kind: GateKind::Environment(name.clone()), weak, place });
        job.credentials.push(Credential {
            kind: CredentialKind::Stored("context".into(), name),
            variable: None,
            scope: Scope::Job,
            wide: false,
            place,
        });
    }
    if let Some(gate) = job.gates.first() {
        let kind = CredentialKind::Oidc(Vec::new());
        let place = gate.place;
        job.credentials.push(Credential {
            kind,
            variable: Some("CIRCLE_OIDC_TOKEN".into()),
            scope: Scope::Job,
            wide: false,
            place,
        });
    }
}

/// A newer job waits, and takes the place of one that waits: the older is not run then.
fn lock(keys: &mut Taking<'_>, job: &mut Job) {
    let Some(text) = keys.text("serial-group") else { return };
    let kind = GateKind::Lock { name: lock_name(text), cancels: false, drops_waiting: true };
    job.gates.push(Gate { kind, weak: Vec::new(), place: keys.place("serial-group") });
}

/// A name of the project is made of pipeline values, and is the same for every run.
fn lock_name(text: &str) -> Value {
    value(text)
}
