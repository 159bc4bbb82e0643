//! `environment` and `resource_group`: what stands before a job.
//!
//! What must hold: approvals hold back a job that starts a deployment and no other action; a name with variables is made at
//! run time. Source: GitLab, "Deployment approvals", "`environment`", "Resource group".

use stackgate_provider::Taking;
use stackgate_provider::facts::{Gate, GateKind, Job, Value, Weakness};
use stackgate_provider::yaml::Node;

use super::{Reading, values};

/// Reads both.
pub(super) fn read(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(node) = keys.take("environment") {
        let place = keys.place("environment");
        let mut said = super::keys(node);
        let name = node.as_str().or_else(|| said.text("name"));
        let action = said.text("action").unwrap_or("start");
        if let Some(name) = name {
            let name = values::value(name);
            let mut weak = Vec::new();
            if matches!(name, Value::Made(..)) {
                weak.push(Weakness::MadeName);
            }
            if action != "start" {
                weak.push(Weakness::DoesNotBlock);
            }
            job.gates.push(Gate { kind: GateKind::Environment(name), weak, place });
        }
        for key in ["action", "deployment_tier", "on_stop", "auto_stop_in", "kubernetes"] {
            said.setting(key, &format!("environment.{key}"), &mut job.settings);
        }
        // A link for people.
        job.presentation.extend(said.text("url").map(|url| format!("environment {url}")));
        reading.finish(&said, Some(&job.id.clone()), "environment");
    }
    if let Some(node) = keys.take("resource_group") {
        let text = node.as_str().or_else(|| node.get("key").and_then(Node::as_str)).unwrap_or_default();
        // One that may be interrupted is ended by a newer pipeline, if that is not turned off outside the file.
        let cancels = keys.take("interruptible").and_then(Node::as_bool).unwrap_or(false);
        let kind = GateKind::Lock { name: values::value(text), cancels, drops_waiting: false };
        job.gates.push(Gate { kind, weak: Vec::new(), place: keys.place("resource_group") });
    }
}
