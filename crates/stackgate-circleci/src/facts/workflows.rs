//! Workflows: which jobs run, for what, after what.
//!
//! What must hold: a job is one invocation; its id is `workflow/name`. A schedule in the file is the only thing that starts
//! such a workflow; any other starts for whatever the project is set to. Source: CircleCI, configuration reference,
//! `workflows`.

use stackgate_provider::facts::{
    Aspect, Clause, ClauseKind, Condition, Credential, CredentialKind, Event, Gate, GateKind, Job, Need, Place, Scope,
    Setting, Value, Weakness,
};
use stackgate_provider::yaml::{Node, Value as Yaml};
use stackgate_provider::{Taking, canonical};

use super::substitution::{Parameters, value};
use super::{Reading, conditions, filters, jobs};

/// How many jobs a configuration may have here.
const MOST_JOBS: usize = 10_000;

/// The clauses that all jobs of a workflow share.
struct Workflow {
    name: String,
    clauses: Vec<Clause>,
}

pub(super) fn read(node: &Node, reading: &mut Reading<'_>) {
    for entry in node.as_mapping().into_iter().flatten() {
        // Version 2 wants its number here as well.
        if entry.key.text != "version" {
            workflow(&entry.key.text, &entry.value, Place::new(0, entry.key.span), reading);
        }
    }
    gates(reading);
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
    let mut keys = Taking::new(0, node);
    let mut clauses = vec![match keys.take("triggers") {
        Some(triggers) => scheduled(triggers, keys.place("triggers")),
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
    let shared = Workflow { name: name.to_owned(), clauses };
    if let Some(jobs) = keys.take("jobs") {
        for item in jobs.as_sequence().unwrap_or_default() {
            if reading.gathering.observation.jobs.len() >= MOST_JOBS {
                let why = format!("there are more than {MOST_JOBS} jobs");
                reading.undecided(Aspect::Limit, None, why, Place::new(0, item.span));
                return;
            }
            invocation(item, &shared, reading);
        }
    }
    reading.finish(&keys, None, &format!("workflows.{name}"));
}

fn scheduled(triggers: &Node, place: Place) -> Clause {
    let one = |trigger: &Node| {
        let branches = trigger.get("schedule").and_then(|schedule| schedule.get("filters"));
        Condition::all([Condition::Event(Event::Schedule), filters::read(branches)])
    };
    let condition = Condition::any(triggers.as_sequence().unwrap_or_default().iter().map(one));
    Clause { kind: ClauseKind::Trigger, condition, place }
}

fn invocation(item: &Node, workflow: &Workflow, reading: &mut Reading<'_>) {
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
    let mut job = Job { id: unique(&format!("{}/{shown}", workflow.name), reading), place, ..Job::default() };
    job.when.clone_from(&workflow.clauses);
    let at = if keys.take("filters").is_some() { keys.place("filters") } else { place };
    job.when.push(Clause { kind: ClauseKind::Job, condition: filters::read(keys.take("filters")), place: at });
    if let Some(requires) = keys.take("requires") {
        job.needs = needs(requires, &workflow.name);
    }
    contexts(&mut keys, &mut job);
    lock(&mut keys, &mut job);
    let kind = keys.text("type");
    keys.setting("override-with", "override-with", &mut job.settings);
    let mut parameters = Parameters::new();
    if let Some(matrix) = keys.take("matrix") {
        let at = keys.place("matrix");
        job.settings.push(Setting { key: "matrix".into(), value: canonical(matrix), place: at });
        matrix_parameters(matrix, &mut parameters);
    }
    let around = [keys.take("pre-steps"), keys.take("post-steps")];
    // Whatever else stands here is a parameter of the job.
    for (key, node, _) in keys.rest() {
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
    reading.gathering.observation.jobs.push(job);
}

/// A matrix makes a job for each combination; here it is one, whose values are lists.
fn matrix_parameters(matrix: &Node, parameters: &mut Parameters) {
    for entry in matrix.get("parameters").and_then(Node::as_mapping).into_iter().flatten() {
        let text = format!("<< matrix.{} >>", entry.key.text);
        let scalar = stackgate_provider::yaml::Scalar { text, plain: false, block: false };
        parameters.insert(entry.key.text.clone(), Node { span: entry.value.span, value: Yaml::Scalar(scalar) });
    }
}

fn unique(id: &str, reading: &Reading<'_>) -> String {
    let taken = |id: &str| reading.gathering.observation.jobs.iter().any(|job| job.id == id);
    if !taken(id) {
        return id.to_owned();
    }
    // CircleCI numbers a second job of the same name.
    (1..=MOST_JOBS).map(|number| format!("{id}-{number}")).find(|id| !taken(id)).unwrap_or_else(|| id.to_owned())
}

fn needs(node: &Node, workflow: &str) -> Vec<Need> {
    let mut all = Vec::new();
    for item in node.as_sequence().unwrap_or_default() {
        let place = Place::new(0, item.span);
        match &item.value {
            Yaml::Scalar(scalar) => {
                all.push(Need { job: format!("{workflow}/{}", scalar.text), blocks: true, place });
            }
            // `- job: [success, failed]`, or `- job: failed`.
            Yaml::Mapping(mapping) => {
                for entry in mapping {
                    let ends: Vec<&str> = match entry.value.as_sequence() {
                        Some(ends) => ends.iter().filter_map(Node::as_str).collect(),
                        None => entry.value.as_str().into_iter().collect(),
                    };
                    let blocks = ends == ["success"];
                    all.push(Need { job: format!("{workflow}/{}", entry.key.text), blocks, place });
                }
            }
            _ => {}
        }
    }
    all
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

/// The approvals that a job waits for, directly or through others, are gates of that job.
fn gates(reading: &mut Reading<'_>) {
    let observation = &reading.gathering.observation;
    let found: Vec<Vec<Gate>> = observation
        .jobs
        .iter()
        .map(|job| {
            let approvals = observation.needed(job).into_iter().flat_map(|needed| &needed.gates);
            let own = approvals.filter(|gate| matches!(gate.kind, GateKind::Approval(_)));
            own.map(|gate| Gate { kind: gate.kind.clone(), weak: weak(gate, job), place: gate.place }).collect()
        })
        .collect();
    for (job, gates) in reading.gathering.observation.jobs.iter_mut().zip(found) {
        let is_approval =
            job.steps.is_empty() && job.gates.iter().any(|gate| matches!(gate.kind, GateKind::Approval(_)));
        if !is_approval {
            job.gates.extend(gates);
        }
    }
}

/// Behind a context an approval is what that context's restrictions make of it.
fn weak(gate: &Gate, job: &Job) -> Vec<Weakness> {
    let restricted = job.gates.iter().any(|own| matches!(own.kind, GateKind::Environment(_)));
    gate.weak.iter().copied().filter(|weak| !(restricted && *weak == Weakness::Anybody)).collect()
}
