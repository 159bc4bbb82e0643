//! Rules about the gates before production's ESC environments.

mod gate_missing;
mod gate_not_declared;
mod gate_weaker;

use stackgate_cloud::{Approver, Gate, GateAction};

use crate::rule::ReviewRule;
use crate::view::View;

pub(super) static RULES: &[&ReviewRule] = &[&gate_missing::RULE, &gate_not_declared::RULE, &gate_weaker::RULE];

/// What is declared to need an approval, on each of production's environments.
fn wanted(view: &View<'_>) -> Vec<GateAction> {
    match (&view.declared.approvers, view.declared.gate_open) {
        (None, _) => Vec::new(),
        (Some(_), false) => vec![GateAction::Update],
        (Some(_), true) => vec![GateAction::Update, GateAction::Open],
    }
}

/// An action's word in a sentence.
fn doing(action: &GateAction) -> String {
    match action {
        GateAction::Update => "changing".into(),
        GateAction::Open => "opening".into(),
        GateAction::Other(word) => format!("`{word}` on"),
    }
}

/// What of a gate asks for less than was declared: one approval of the approvers' team, not of whoever asks, and again after
/// a change.
fn weaknesses(gate: &Gate, team: &str) -> Vec<String> {
    let mut weak = Vec::new();
    match gate.approvals {
        None => weak.push("it is of a kind that this version of stackgate does not know".to_owned()),
        Some(0) => weak.push("it needs no approval".to_owned()),
        Some(_) => {}
    }
    if gate.self_approval {
        weak.push("whoever asks may approve himself".to_owned());
    }
    if !gate.reapproval {
        weak.push("a change after the approval needs no new one".to_owned());
    }
    let others: Vec<String> = gate
        .approvers
        .iter()
        .filter_map(|approver| match approver {
            Approver::Team(name) if name == team => None,
            Approver::Team(name) => Some(format!("the team `{name}`")),
            Approver::User(login) => Some(format!("`{login}`")),
            Approver::Permission(word) => Some(format!("whoever has `{word}` on it")),
            Approver::Other(word) => Some(format!("`{word}`")),
        })
        .collect();
    if !others.is_empty() {
        weak.push(format!("{} may approve", others.join(", ")));
    }
    // Without anybody who may, nobody can; with others alone it was said.
    if gate.approvers.is_empty() {
        weak.push("it names nobody who may approve".to_owned());
    }
    weak
}
