//! A pipeline's team deploys stacks that its repositories have.
//!
//! What a team was granted once it keeps. A stack that has gone to another repository, or that nobody describes any
//! more, can still be deployed by the pipeline that had it, past the review of whoever has it now.
//!
//! Only what the source itself says is compared: a spec's or an organization's grants with its stacks, not what
//! Pulumi Cloud holds today.
//!
//! Instead: take the grant away, or describe the stack in the spec of the repository that deploys it.
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
//!       "stacks": {"app/production": "write", "billing/production": "write"},
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
//!       "stacks": {"app/production": "write", "network/production": "read"},
//!       "environments": {}
//!     }
//!   }
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "team-grant-breadth",
    group: Group::Policies,
    severity: Severity::Medium,
    providers: &["pulumi"],
    text: include_str!("team_grant_breadth.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let (Some(grants), Some(known)) = (&subject.grants, &subject.stacks) else { return };
    for team in grants.teams.iter().filter(|team| team.of_pipelines) {
        // To read another repository's stack is to use its outputs.
        for (stack, permission) in team.stacks.iter().filter(|(_, permission)| permission != "read") {
            if !known.contains_key(stack) {
                let message = format!(
                    "the pipeline's team has `{permission}` on `{stack}`, which is no stack here: its token deploys what another \
                     repository answers for"
                );
                findings.add(Some(&team.team), Place::default(), message, format!("take the grant on `{stack}` away"));
            }
        }
    }
}
