//! Every gate in force was declared.
//!
//! A gate before opening makes every unattended pipeline fail that opens the environment, since none can wait for an
//! approval. A gate before a change asks people for more than was agreed, and is a notice.
//!
//! Instead: delete it, or declare it: `approvers` and `gate_open` in the organization's spec.
//!
//! ```json actual bad
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-2", "name": "stop", "enabled": true, "rule": {"ruleType": "approval_required",
//!    "numApprovalsRequired": 1, "allowSelfApproval": false, "requireReapprovalOnChange": true,
//!    "eligibleApprovers": [{"eligibilityType": "team_member", "name": "operators"}]},
//!    "target": {"entityType": "environment", "actionTypes": ["open"], "qualifiedName": "app/production"}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/change-gates/acme?entityType=environment&qualifiedName=app%2Fproduction", "body": {"gates": [
//!   {"id": "gate-1", "name": "another name"}]}}
//! ```

use stackgate_cloud::GateAction;
use stackgate_report::Level;

use super::{doing, wanted};
use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "gate-not-declared", group: Group::Gates, text: include_str!("gate_not_declared.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let declared = view.declared_environments();
    for (name, environment) in view.environments().filter(|(name, _)| declared.contains(name)) {
        let wanted = if view.opens_production(name) { wanted(view) } else { Vec::new() };
        for gate in environment.gates.here().into_iter().flatten().filter(|gate| gate.enabled) {
            for action in gate.actions.iter().filter(|action| !wanted.contains(action)) {
                let (level, permits) = match action {
                    GateAction::Update => (Level::Notice, "people wait for an approval that was not agreed"),
                    _ => {
                        (Level::Low, "an unattended pipeline that opens it fails, since it cannot wait for an approval")
                    }
                };
                let what = format!("nobody declared the gate `{}` before {} `{name}`", gate.name, doing(action));
                found.add(
                    Told::new(Class::NotDeclared, level, format!("environment {name}"), what).permits(permits).mend(
                        format!(
                            "{}, or declare it: `approvers` and `gate_open`",
                            view.commands.gate("DELETE", &gate.id)
                        ),
                    ),
                );
            }
        }
    }
}
