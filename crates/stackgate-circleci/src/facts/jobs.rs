//! A job's own part: its machine, its variables, its steps.
//!
//! What must hold: what a call gives is put in before anything else is read. A job of an orb from elsewhere is one step of
//! foreign code, since nobody can look inside from here.

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, Does, Job, Place, Setting, Step, Variable};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::substitution::{Parameters, value};
use super::{Reading, pulumi, runners, steps};

/// Fills a job from its definition; `around` are steps before and after, as the invocation gives them.
pub(super) fn fill(
    job: &mut Job,
    name: &str,
    given: &Parameters,
    around: Option<[Option<&Node>; 2]>,
    reading: &mut Reading<'_>,
) {
    let [before, after] = around.unwrap_or_default();
    let Some(definition) = reading.definitions.job(name) else {
        return foreign(job, name, given, [before, after], reading);
    };
    if !reading.mapping(&definition, &format!("the job `{name}`"), Some(&job.id.clone())) {
        return;
    }
    let Some(made) = reading.made(&definition, given, &job.id) else { return };
    let mut keys = Taking::new(0, &made);
    keys.take("parameters");
    // What a job is described with is for people.
    if let Some(text) = keys.text("description") {
        job.presentation.push(text.to_owned());
    }
    let kind = keys.text("type");
    if let Some(kind) = kind.filter(|kind| *kind != "build") {
        job.settings.push(Setting { key: "type".into(), value: kind.to_owned(), place: keys.place("type") });
    }
    if kind == Some("approval") {
        let kind = stackgate_provider::facts::GateKind::Approval(None);
        let weak = vec![stackgate_provider::facts::Weakness::Anybody];
        job.gates.push(stackgate_provider::facts::Gate { kind, weak, place: job.place });
    } else {
        // A job of another type does what the type does, and not its steps.
        keys.setting("type", "type", &mut job.settings);
    }
    runners::read(&mut keys, name, job, reading);
    keys.setting("parallelism", "parallelism", &mut job.settings);
    keys.setting("circleci_ip_ranges", "circleci_ip_ranges", &mut job.settings);
    keys.setting("retention", "retention", &mut job.settings);
    // What a job of type `release` says: the plan that another job starts, and what is watched then.
    keys.setting("plan_name", "plan_name", &mut job.settings);
    keys.setting("validation", "guard.validation", &mut job.settings);
    // Without workflows these are the filters of the job; with them they do nothing.
    keys.take("branches");
    let own = keys.take("steps");
    for part in [before, own, after].into_iter().flatten() {
        steps::read(part, name, job, reading);
    }
    let id = job.id.clone();
    reading.finish(&keys, Some(&id), &format!("jobs.{name}"));
    limit(job);
}

/// A job of an orb from elsewhere.
fn foreign(job: &mut Job, name: &str, given: &Parameters, around: [Option<&Node>; 2], reading: &mut Reading<'_>) {
    let [before, after] = around;
    if let Some(part) = before {
        steps::read(part, name, job, reading);
    }
    match reading.definitions.orb(name, "").cloned() {
        Some(orb) => {
            let inputs = inputs(given.iter().map(|(key, node)| (key.as_str(), node)));
            let mut code = orb;
            code.place = job.place;
            let place = job.place;
            pulumi::orb(name, &inputs, place, job);
            let name = Some(name.to_owned());
            job.steps.push(Step { name, place, does: Does::Use { code, inputs }, ..Step::default() });
        }
        None => {
            let why = format!("the job `{name}` is not defined");
            let (id, place) = (job.id.clone(), job.place);
            reading.undecided(Aspect::Code, Some(&id), why, place);
        }
    }
    if let Some(part) = after {
        steps::read(part, name, job, reading);
    }
}

/// Values of a call as inputs.
pub(super) fn inputs<'n>(given: impl Iterator<Item = (&'n str, &'n Node)>) -> Vec<Variable> {
    given
        .map(|(name, node)| Variable {
            name: name.to_owned(),
            value: node.as_str().map_or_else(|| value(&canonical(node)), value),
            place: Place::new(0, node.span),
        })
        .collect()
}

/// Variables: a mapping, or a list of mappings or of `NAME=value`.
pub(super) fn environment(node: &Node, file: usize) -> Vec<Variable> {
    let mut all: Vec<Variable> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |name: &str, text: &str, span| {
        let variable = Variable { name: name.to_owned(), value: value(text), place: Place::new(file, span) };
        match known.get(name).and_then(|at| all.get_mut(*at)) {
            Some(before) => *before = variable,
            None => {
                known.insert(name.to_owned(), all.len());
                all.push(variable);
            }
        }
    };
    let parts: Vec<&Node> = match node.as_sequence() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    };
    for part in parts {
        if let Some((name, text)) = part.as_str().and_then(|text| text.split_once('=')) {
            add(name, text, part.span);
        }
        for entry in part.as_mapping().into_iter().flatten() {
            add(&entry.key.text, entry.value.as_str().unwrap_or_default(), entry.value.span);
        }
    }
    all
}

/// A job has no limit of its own in the file; a step without output is ended by its own, ten minutes unless it says another.
fn limit(job: &mut Job) {
    let said = job.steps.iter().flat_map(|step| &step.settings).filter(|setting| setting.key == "no_output_timeout");
    let longest = said.filter_map(|setting| Some((minutes(&setting.value)?, setting.place))).max();
    job.limit_said = longest.is_some();
    job.limit_minutes = longest.map(|(minutes, place)| stackgate_provider::facts::Placed::new(minutes, place));
}

/// `60m`, `1.5h`, `90s`, or their canonical spelling in quotes.
fn minutes(text: &str) -> Option<u32> {
    let text = text.trim_matches('"');
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().ok()?;
    let minutes = match unit {
        "h" => number * 60.0,
        "m" => number,
        "s" => number / 60.0,
        _ => return None,
    };
    // Beyond what any job may run, the number says nothing.
    (0.0..=100_000.0).contains(&minutes).then_some(minutes.ceil() as u32)
}
