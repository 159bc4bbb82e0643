//! A pipeline opens its own stacks' ESC environments, and changes none.
//!
//! An ESC environment holds credentials. Whoever may change one decides what every stack that opens it runs with,
//! so that a pipeline's token with `write` on it reaches further than its stacks. A change request's job runs code
//! that nobody has reviewed; a team of such jobs that may open production's environment hands its credentials to
//! the author of any change.
//!
//! Instead: grant a pipeline's team `open` on what its own stacks open; let change requests open environments of
//! their own, with credentials that read.
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
//!       "stacks": {"app/production": "write"},
//!       "environments": {"app/production": {"permission": "write"}}
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
//!       "stacks": {"app/dev": "read"},
//!       "environments": {"app/production": {"permission": "open"}}
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
//!       "environments": {"app/production": {"permission": "open"}}
//!     },
//!     "app-preview": {
//!       "kind": "pipeline",
//!       "class": "change-request",
//!       "stacks": {"app/dev": "read"},
//!       "environments": {"app/dev": {"permission": "open"}, "app/production": {"permission": "read"}}
//!     }
//!   }
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "esc-role-excess",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("esc_role_excess.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let teams = subject.grants.iter().flat_map(|grants| &grants.teams).filter(|team| team.of_pipelines);
    for team in teams {
        for (environment, permission) in &team.environments {
            let (message, help) = match permission.as_str() {
                // A preview's team is the matter of `preview-write-team`.
                "write" | "admin" if !team.previews => (
                    format!(
                        "the pipeline's team has `{permission}` on the ESC environment `{environment}`: its token changes what every \
                         stack that opens it runs with"
                    ),
                    format!("grant `open` on `{environment}`, or nothing where no stack of the pipeline opens it"),
                ),
                "open" if team.of_change_requests && is_of_production_alone(subject, environment) => (
                    format!(
                        "the team of change requests opens `{environment}`, production's ESC environment: the author of any change \
                         has its credentials"
                    ),
                    format!("take `{environment}` from this team, and give previews an environment of their own"),
                ),
                _ => continue,
            };
            findings.add(Some(&team.team), Place::default(), message, help);
        }
    }
}

/// Whether production opens an environment, and nothing else does.
fn is_of_production_alone(subject: &PoliciesSubject, environment: &str) -> bool {
    let stacks =
        subject.stacks.iter().flatten().filter(|(_, stack)| stack.environments.iter().any(|own| own == environment));
    let mut stacks = stacks.peekable();
    stacks.peek().is_some() && stacks.all(|(_, stack)| stack.production)
}
