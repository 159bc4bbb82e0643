//! `default:` and the keys at the top that came before it.
//!
//! What must hold: a job that says a key itself has nothing of the default; `inherit: default` is obeyed. What a job has from
//! here, all jobs have. Source: GitLab, "`default`" and "`inherit`".

use std::collections::BTreeSet;

use stackgate_provider::yaml::{Entry, Node, Value};

use super::{Reading, merge};

/// The keys that a default may have.
const KEYS: &[&str] = &[
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "hooks",
    "id_tokens",
    "identity",
    "image",
    "interruptible",
    "retry",
    "services",
    "tags",
    "timeout",
];

/// The keys at the top that are defaults.
pub(super) const TOP: &[&str] = &["after_script", "before_script", "cache", "image", "services"];

/// What jobs have by default.
pub(super) struct Defaults {
    entries: Vec<Entry>,
}

impl Defaults {
    /// Of a whole configuration.
    pub(super) fn read(root: &Node, reading: &mut Reading<'_>) -> Defaults {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in root.get("default").and_then(Node::as_mapping).into_iter().flatten() {
            if KEYS.contains(&entry.key.text.as_str()) {
                entries.push(entry.clone());
            } else {
                reading.gathering.unknown_key(None, "default", &entry.key.text, Reading::at(entry.key.span));
            }
        }
        for entry in root.as_mapping().into_iter().flatten() {
            let known = entries.iter().any(|known| known.key.text == entry.key.text);
            if TOP.contains(&entry.key.text.as_str()) && !known {
                entries.push(entry.clone());
            }
        }
        Defaults { entries }
    }

    /// A job with what it has by default, and the names of those keys.
    pub(super) fn under(&self, job: &Node, reading: &mut Reading<'_>) -> (Node, BTreeSet<String>) {
        let said = job.get("inherit").and_then(|node| node.get("default"));
        let wanted = |name: &str| match said {
            Some(node) if node.as_bool().is_some() => node.as_bool() == Some(true),
            Some(node) => merge::texts(node).contains(&name),
            None => true,
        };
        let mut entries: Vec<Entry> = job.as_mapping().into_iter().flatten().cloned().collect();
        let mut inherited = BTreeSet::new();
        // A job that starts another pipeline runs nothing, so that only this matters to it.
        let starts = job.get("trigger").is_some();
        for entry in &self.entries {
            let name = entry.key.text.as_str();
            let own = job.get(name).is_some();
            if !own && wanted(name) && (!starts || name == "interruptible") && reading.affords(&entry.value) {
                inherited.insert(name.to_owned());
                entries.push(entry.clone());
            }
        }
        (Node { span: job.span, value: Value::Mapping(merge::mapping(entries)) }, inherited)
    }
}
