//! A gate asks for what was declared.
//!
//! Declared is one approval of somebody in the approvers' team, who is not the one who asks, and a new one after a change.
//! A gate where people approve themselves, or where others may approve, is passed by one person alone. Where several gates
//! stand before one action, all must be passed, so that one that is as declared is enough.
//!
//! Instead: apply the access program, and find out who changed it.
//!
//! ```json actual bad
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "rule": {"allowSelfApproval": true}}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "rule": {"eligibleApprovers": [{"eligibilityType": "specific_user", "user": {"githubLogin": "eve"}}]}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "rule": {"numApprovalsRequired": 2}}]}}
//! ```

use stackgate_report::Level;

use super::{doing, wanted, weaknesses};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "gate-weaker", group: Group::Gates, text: include_str!("gate_weaker.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(approvers) = view.declared.approvers.as_deref() else { return };
    for (name, environment) in view.environments().filter(|(name, _)| view.opens_production(name)) {
        let gates = environment.gates.here().into_iter().flatten().filter(|gate| gate.enabled);
        let gates: Vec<_> = gates.collect();
        for action in wanted(view) {
            let of_action: Vec<_> = gates.iter().filter(|gate| gate.actions.contains(&action)).collect();
            if of_action.iter().any(|gate| weaknesses(gate, approvers).is_empty()) {
                continue;
            }
            for gate in of_action {
                let weak = weaknesses(gate, approvers).join("; ");
                let what =
                    format!("the gate `{}` before {} `{name}` asks for less ({weak})", gate.name, doing(&action));
                found.add(
                    Told::new(Class::Widened, Level::High, format!("environment {name}"), what)
                        .permits("one person alone, or one who was not chosen for it, can pass it")
                        .mend(APPLY)
                        .facts(format!("one approval of {approvers}"), weak),
                );
            }
        }
    }
}
