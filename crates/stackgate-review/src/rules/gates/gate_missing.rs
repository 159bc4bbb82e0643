//! Every gate that was declared is there, and in force.
//!
//! Whoever may write a production environment decides what production's pipeline gets that opens it. Where the
//! organization's spec names `approvers`, one of that team looks at each change first. A gate that is gone, or switched
//! off, lets one person alone do it.
//!
//! Instead: apply the access program, and find out who took it away.
//!
//! ```json actual bad
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "enabled": false}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "without": {"gates": ["gate-1"]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "enabled": true}]}}
//! ```

use stackgate_report::Level;

use super::{doing, wanted};
use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "gate-missing", group: Group::Gates, text: include_str!("gate_missing.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let approvers = view.declared.approvers.as_deref().unwrap_or_default();
    for (name, environment) in view.environments().filter(|(name, _)| view.opens_production(name)) {
        let Some(gates) = environment.gates.here() else { continue };
        for action in wanted(view) {
            let of_action: Vec<_> = gates.iter().filter(|gate| gate.actions.contains(&action)).collect();
            if of_action.iter().any(|gate| gate.enabled) {
                continue;
            }
            let what = match of_action.first() {
                Some(gate) => format!("the gate `{}` before {} `{name}` is switched off", gate.name, doing(&action)),
                None => format!("no gate stands before {} `{name}`", doing(&action)),
            };
            found.add(
                Told::new(Class::Missing, Level::High, format!("environment {name}"), what)
                    .permits("whoever may do it does it alone, and nobody looks at it first")
                    .mend(APPLY)
                    .facts(format!("one approval of {approvers}"), None),
            );
        }
    }
}
