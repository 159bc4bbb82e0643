//! A policy gives a team's token.
//!
//! A token of the organization may do on every stack what any member may. A person's token is that person, with all
//! that the person may do, and looks like the person in the audit log. A pipeline needs neither. An administrator's
//! token is another rule's matter.
//!
//! A token of the organization that a custom role bounds is no such thing: it carries that role and nothing else.
//!
//! Instead: let the policy give the token of a team that has what the job needs, or bind the organization's token
//! to a role with `roleID`.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "organization",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "personal",
//!       "userLogin": "ada",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "organization",
//!       "roleID": "3c1f0f6e-0000-4000-8000-000000000009",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;
use stackgate_trust::TokenType;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::allows;

pub(super) static RULE: AuditRule = AuditRule {
    id: "policy-token-type",
    group: Group::Policies,
    severity: Severity::Critical,
    providers: &["pulumi"],
    text: include_str!("policy_token_type.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject) {
        let admin = view.policy.authorized_permissions.iter().any(|permission| permission == "admin");
        let (severity, may) = match view.policy.token_type {
            // `token-admin-scope` says it.
            _ if admin => continue,
            TokenType::Organization if view.policy.role_id.is_none() => {
                (Severity::Critical, "which may do on every stack what any member may")
            }
            TokenType::Personal => (Severity::High, "which may do all that the person may, and looks like the person"),
            TokenType::Organization | TokenType::Team | TokenType::Runner => continue,
        };
        let message = format!("{} lets a job have {}, {may}", view.name(), view.gives());
        let help = "let it give the token of a team that has what the job needs";
        findings.add_as(severity, view.about(), Place::default(), message, help);
    }
}
