//! Parameters of the pipeline in conditions: a push, a tag and a change request give none, so that the defaults count there.
//!
//! What must hold: only what is started by hand, through the API or by a schedule can give another value, and for those a
//! condition stays undecided. A configuration that another one continues with gets its values from that one: for such a file
//! nothing is assumed. Source: CircleCI, "Pipeline values and parameters", on passing parameters.

use std::collections::BTreeMap;

use stackgate_provider::facts::{Condition, Event, Observation};
use stackgate_provider::yaml::Node;

/// The defaults of the pipeline's parameters.
pub(crate) type Defaults = BTreeMap<String, String>;

/// The file that a pipeline begins with, as long as its project says nothing else.
const FIRST: &str = ".circleci/config.yml";

/// Reads the defaults of a file.
pub(crate) fn read(parameters: Option<&Node>, path: &str) -> Defaults {
    let mut all = Defaults::new();
    if path != FIRST {
        return all;
    }
    for entry in parameters.and_then(Node::as_mapping).into_iter().flatten() {
        if let Some(text) = entry.value.get("default").and_then(Node::as_str) {
            all.insert(entry.key.text.clone(), text.to_owned());
        }
    }
    all
}

/// Puts them into every condition.
pub(crate) fn assume(observation: &mut Observation, defaults: &Defaults) {
    if defaults.is_empty() {
        return;
    }
    for job in &mut observation.jobs {
        for clause in &mut job.when {
            clause.condition = assumed(&clause.condition, defaults);
        }
        for condition in job.steps.iter_mut().filter_map(|step| step.condition.as_mut()) {
            *condition = assumed(condition, defaults);
        }
    }
}

fn assumed(condition: &Condition, defaults: &Defaults) -> Condition {
    match condition {
        Condition::All(parts) => Condition::all(parts.iter().map(|part| assumed(part, defaults))),
        Condition::Any(parts) => Condition::any(parts.iter().map(|part| assumed(part, defaults))),
        Condition::Not(inner) => assumed(inner, defaults).negated(),
        Condition::Opaque(text) => match holds(text, defaults) {
            Some(true) => Condition::any([given().negated(), condition.clone()]),
            Some(false) => Condition::all([given(), condition.clone()]),
            None => condition.clone(),
        },
        other => other.clone(),
    }
}

/// What can give a parameter another value.
fn given() -> Condition {
    Condition::any([Event::Api, Event::Manual, Event::Schedule].map(Condition::Event))
}

/// Whether a text like `pipeline.parameters.x`, or that and `== value`, holds with the defaults.
fn holds(text: &str, defaults: &Defaults) -> Option<bool> {
    let text = text.strip_prefix("pipeline.parameters.")?;
    match text.split_once(" == ") {
        Some((name, value)) => Some(defaults.get(name)? == value),
        None => Some(!matches!(defaults.get(text)?.as_str(), "" | "false" | "0" | "no" | "off" | "null")),
    }
}
