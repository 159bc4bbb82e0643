//! A job's container and its services.
//!
//! What must hold: an image is foreign code with its pin; a password for a registry is a secret that no step sees.

use stackgate_provider::facts::{Scope as Seers, Setting};
use stackgate_provider::yaml::{Mapping, Node, Value};

use super::job::Draft;
use super::reading::{File, Reading};
use super::scope::Scope;
use super::{credentials, pin};

/// `container`.
pub(super) fn read(node: &Node, file: &File, scope: &mut Scope, draft: &mut Draft, reading: &mut Reading) {
    one(node, "container", file, scope, draft, reading);
    // Steps run inside, and see its variables.
    if let Some(variables) = node.get("env") {
        draft.variables(variables, file, scope, false, reading);
    }
}

/// `services`.
pub(super) fn services(node: &Node, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    match &node.value {
        Value::Mapping(services) => {
            for service in services {
                let path = format!("services.{}", service.key.text);
                one(&service.value, &path, file, scope, draft, reading);
                if let Some(variables) = service.value.get("env").and_then(Node::as_mapping) {
                    environment(variables, &path, file, scope, draft, reading);
                }
            }
        }
        Value::Null => {}
        Value::Scalar(_) => draft.job.settings.push(reading.setting("services", node, file, scope)),
        _ => reading.misshapen(Some(&id), "services", node, file.at(node.span)),
    }
}

fn one(node: &Node, path: &str, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    match &node.value {
        Value::Scalar(_) => image(node, file, scope, draft, reading),
        Value::Mapping(entries) => {
            for entry in entries {
                let key = entry.key.text.as_str();
                let whole = format!("{path}.{key}");
                match key {
                    "image" => image(&entry.value, file, scope, draft, reading),
                    "env" => {}
                    "credentials" => {
                        for part in entry.value.as_mapping().into_iter().flatten() {
                            let made = reading.value(&part.value, file, scope, Some(&id));
                            let nobody = Seers::Steps(Vec::new());
                            credentials::add(
                                &mut draft.job.credentials,
                                &made.expressions,
                                scope,
                                None,
                                &nobody,
                                false,
                            );
                            if part.key.text == "username" {
                                let key = format!("{whole}.username");
                                let place = file.at(part.value.span);
                                draft.job.settings.push(Setting { key, value: made.text, place });
                            }
                        }
                    }
                    "options" | "ports" | "volumes" | "entrypoint" | "command" => {
                        draft.job.settings.push(reading.setting(&whole, &entry.value, file, scope));
                    }
                    _ => reading.unknown(Some(&id), path, key, file.at(entry.key.span)),
                }
            }
        }
        Value::Null => {}
        _ => reading.misshapen(Some(&id), path, node, file.at(node.span)),
    }
}

fn image(node: &Node, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let made = reading.value(node, file, scope, Some(&draft.job.id.clone()));
    if made.text.is_empty() {
        return;
    }
    let comment = pin::comment(file, node.span);
    draft.job.code.push(pin::image(&made.text, file.at(node.span), comment));
}

/// A service's variables: no step sees them.
fn environment(variables: &Mapping, path: &str, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    for variable in variables {
        let made = reading.value(&variable.value, file, scope, Some(&id));
        let nobody = Seers::Steps(Vec::new());
        credentials::add(&mut draft.job.credentials, &made.expressions, scope, None, &nobody, false);
        let key = format!("{path}.env.{}", variable.key.text);
        draft.job.settings.push(Setting { key, value: made.text, place: file.at(variable.value.span) });
    }
}
