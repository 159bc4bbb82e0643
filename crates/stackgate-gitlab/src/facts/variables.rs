//! `variables`: of the pipeline and of a job.
//!
//! What must hold: a job's own win over the pipeline's; `inherit: variables` is obeyed; none is a literal, since variables of
//! the project and of a pipeline's start win over all of them. Source: GitLab, "CI/CD variables", on precedence.

use stackgate_provider::facts::{Control, Value, Variable};
use stackgate_provider::yaml::Node;

use super::{Reading, merge, values};

/// The variables of a mapping; for people, their descriptions.
pub(super) fn read(node: &Node, presentation: &mut Vec<String>) -> Vec<Variable> {
    let mut all = Vec::new();
    for entry in node.as_mapping().into_iter().flatten() {
        let text = match entry.value.as_mapping() {
            Some(_) => {
                presentation.extend(entry.value.get("description").and_then(Node::as_str).map(str::to_owned));
                entry.value.get("value").and_then(Node::as_str).unwrap_or_default()
            }
            None => entry.value.as_str().unwrap_or_default(),
        };
        let raw = entry.value.get("expand").and_then(Node::as_bool) == Some(false);
        let value = if raw { Value::Made(text.to_owned(), Control::Administrator) } else { values::overridable(text) };
        all.push(Variable { name: entry.key.text.clone(), value, place: Reading::at(entry.value.span) });
    }
    all
}

/// Those of the pipeline that a job inherits, under its own.
pub(super) fn inherited(global: &[Variable], inherit: Option<&Node>, own: Vec<Variable>) -> Vec<Variable> {
    let said = inherit.and_then(|node| node.get("variables"));
    let wanted = |name: &str| match said {
        Some(node) if node.as_bool().is_some() => node.as_bool() == Some(true),
        Some(node) => merge::texts(node).contains(&name),
        None => true,
    };
    let covered = |name: &str| own.iter().any(|variable| variable.name == name);
    let mut all: Vec<Variable> =
        global.iter().filter(|variable| wanted(&variable.name) && !covered(&variable.name)).cloned().collect();
    all.extend(own);
    all
}

/// Variables that a rule sets: sometimes this value, sometimes another.
pub(super) fn sometimes(node: &Node, all: &mut Vec<Variable>) {
    for new in read(node, &mut Vec::new()) {
        match all.iter_mut().find(|known| known.name == new.name) {
            Some(known) if known.value.text() != new.value.text() => {
                let text = format!("{} or {}", known.value.text(), new.value.text());
                known.value = Value::Made(text, known.value.control().max(new.value.control()));
            }
            Some(_) => {}
            None => all.push(new),
        }
    }
}

/// The text of a variable as the file gives it.
pub(super) fn given<'v>(all: &'v [Variable], name: &str) -> Option<&'v str> {
    all.iter().rev().find(|variable| variable.name == name).map(|variable| variable.value.text())
}
