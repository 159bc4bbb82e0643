//! A pipeline writes to its stacks, and a preview reads them.
//!
//! An administrator of a stack deletes it, hands it to somebody else and decides who may deploy it; no pipeline
//! needs that. A preview needs to read, and a team of change requests that writes lets the author of any change
//! deploy it, without a merge.
//!
//! Instead: grant the team that deploys `write`, and the team that previews `read`.
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
//! ```json pulumi bad
//! {
//!   "issuers": {},
//!   "stacks": {
//!     "app/dev": {"tier": "development", "esc": ["app/dev"]},
//!     "app/production": {"tier": "production", "esc": ["app/production"]}
//!   },
//!   "teams": {
//!     "app-preview": {
//!       "kind": "pipeline",
//!       "class": "change-request",
//!       "stacks": {"app/dev": "write"},
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
//!     "app-preview": {
//!       "kind": "pipeline",
//!       "class": "change-request",
//!       "stacks": {"app/dev": "read"},
//!       "environments": {}
//!     },
//!     "operators": {"kind": "people", "stacks": {"app/dev": "admin"}}
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
    let teams = subject.grants.iter().flat_map(|grants| &grants.teams).filter(|team| team.of_pipelines);
    for team in teams {
        let previews = team.previews || team.of_change_requests;
        for (stack, permission) in &team.stacks {
            let (may, wants) = match permission.as_str() {
                "write" | "admin" if team.of_change_requests => {
                    ("the author of any change request deploys it", "`read`")
                }
                "write" | "admin" if previews => ("a preview's job deploys it", "`read`"),
                "admin" => ("its token deletes the stack and decides who may deploy it", "`write`"),
                _ => continue,
            };
            let message = format!("the pipeline's team has `{permission}` on the stack `{stack}`: {may}");
            findings.add(Some(&team.team), Place::default(), message, format!("grant {wants} on `{stack}`"));
        }
    }
}
