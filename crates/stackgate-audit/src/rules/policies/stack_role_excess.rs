//! A pipeline deploys its stacks, and administers none; a preview changes none.
//!
//! An administrator of a stack deletes it, hands it to somebody else and decides who may deploy it. A pipeline
//! needs none of that: `write` is all that an update takes. A preview runs the code of whoever proposes a change, so that a
//! team which only previews and may write lets that code deploy. `read` is all that a preview takes.
//!
//! Instead: grant the team that deploys `write`, the team that previews `read`, and let people of their own team administer
//! the stack.
//!
//! ```json pulumi bad
//! {
//!   "issuers": {},
//!   "stacks": {
//!     "app/dev": {"tier": "development", "esc": ["app/dev"]},
//!     "app/production": {"tier": "production", "esc": ["app/production"]}
//!   },
//!   "teams": {
//!     "app-production": {
//!       "kind": "pipeline",
//!       "class": "production",
//!       "stacks": {"app/production": "admin"},
//!       "environments": {}
//!     }
//!   }
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "issuers": {},
//!   "stacks": {
//!     "app/dev": {"tier": "development", "esc": ["app/dev"]},
//!     "app/production": {"tier": "production", "esc": ["app/production"]}
//!   },
//!   "teams": {
//!     "app-production": {
//!       "kind": "pipeline",
//!       "class": "production",
//!       "stacks": {"app/production": "write"},
//!       "environments": {}
//!     },
//!     "operators": {"kind": "people", "stacks": {"app/production": "admin"}}
//!   }
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "stack-role-excess",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("stack_role_excess.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let teams = subject.grants.iter().flat_map(|grants| &grants.teams);
    for team in teams.filter(|team| team.of_pipelines) {
        for (stack, permission) in &team.stacks {
            let (so, needs) = match (permission.as_str(), team.previews) {
                ("admin", false) => ("its token deletes the stack and decides who may deploy it", "write"),
                ("admin" | "write", true) => ("the author of any change request deploys it", "read"),
                _ => continue,
            };
            let message = format!("the pipeline's team has `{permission}` on the stack `{stack}`: {so}");
            findings.add(Some(&team.team), Place::default(), message, format!("grant `{needs}` on `{stack}`"));
        }
    }
}
