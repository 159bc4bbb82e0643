//! Environments and concurrency: what stands before a job.
//!
//! What must hold: GitHub's defaults count: a newer run takes the place of one that waits, and the one that runs goes on.
//! Source: "Control the concurrency of workflows and jobs" in GitHub's documentation.

use stackgate_provider::facts::{Gate, GateKind, Setting, Value as FactValue, Weakness};
use stackgate_provider::yaml::{Node, Value};

use super::canonical::boolean;
use super::job::Draft;
use super::reading::{File, Reading};
use super::scope::Scope;

/// `concurrency`, of a workflow or a job, and what else it says.
pub(super) fn lock(
    node: &Node,
    file: &File,
    scope: &Scope,
    job: Option<&str>,
    reading: &mut Reading,
) -> Option<(Gate, Vec<Setting>)> {
    let (mut cancels, mut drops_waiting) = (false, true);
    let mut settings = Vec::new();
    let group = match &node.value {
        Value::Scalar(_) => Some(reading.value(node, file, scope, job).value),
        Value::Mapping(entries) => {
            let mut group = None;
            for entry in entries {
                match entry.key.text.as_str() {
                    "group" => group = Some(reading.value(&entry.value, file, scope, job).value),
                    "cancel-in-progress" => {
                        let made = reading.value(&entry.value, file, scope, job);
                        let known = made.value.as_literal().and_then(super::canonical::truth);
                        // Where an expression decides, it may.
                        cancels = known.unwrap_or(true);
                        if known.is_none() {
                            let key = "concurrency.cancel-in-progress";
                            settings.push(Setting {
                                key: key.into(),
                                value: made.text,
                                place: file.at(entry.value.span),
                            });
                        }
                    }
                    "queue" => match entry.value.as_str() {
                        Some("max") => drops_waiting = false,
                        Some("single") => {}
                        _ => settings.push(reading.setting("concurrency.queue", &entry.value, file, scope)),
                    },
                    key => reading.unknown(job, "concurrency", key, file.at(entry.key.span)),
                }
            }
            group
        }
        Value::Null => None,
        _ => {
            reading.misshapen(job, "concurrency", node, file.at(node.span));
            None
        }
    };
    let kind = GateKind::Lock { name: group?, cancels, drops_waiting: drops_waiting || cancels };
    Some((Gate { kind, weak: Vec::new(), place: file.at(node.span) }, settings))
}

/// `environment` of a job.
pub(super) fn environment(node: &Node, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    let name = match &node.value {
        Value::Scalar(_) => Some(node),
        Value::Mapping(entries) => {
            for entry in entries {
                match entry.key.text.as_str() {
                    "name" => {}
                    "url" => {
                        let url = reading.value(&entry.value, file, scope, Some(&id));
                        draft.job.presentation.push(url.text);
                    }
                    // Without a record, the environment's rules hold all the same.
                    "deployment" if boolean(&entry.value) == Some(true) => {}
                    "deployment" => {
                        draft.job.settings.push(reading.setting("environment.deployment", &entry.value, file, scope));
                    }
                    key => reading.unknown(Some(&id), "environment", key, file.at(entry.key.span)),
                }
            }
            node.get("name")
        }
        Value::Null => None,
        _ => {
            reading.misshapen(Some(&id), "environment", node, file.at(node.span));
            None
        }
    };
    let Some(name) = name else { return };
    let made = reading.value(name, file, scope, Some(&id));
    if made.value.as_literal() == Some("") {
        return;
    }
    let weak = if matches!(made.value, FactValue::Made(..)) { vec![Weakness::MadeName] } else { Vec::new() };
    draft.job.gates.push(Gate { kind: GateKind::Environment(made.value), weak, place: file.at(name.span) });
}
