//! A policy names one team.
//!
//! The name of a team in a policy is a pattern too. `*` is every team of the organization: a job that the policy is
//! for may ask for the token of any of them, of the administrators' as well. A dot is any one character, so that
//! `app.deploy` is `app-deploy` too. The same goes for the person and the runner that a policy names.
//!
//! Instead: write the name of the one team; give a team whose name holds a dot another name.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "*",
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
//!       "tokenType": "team",
//!       "teamName": "app-*",
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
//!       "tokenType": "team",
//!       "teamName": "app.production",
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

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::allows;

pub(super) static RULE: AuditRule = AuditRule {
    id: "team-scope-wildcard",
    group: Group::Policies,
    severity: Severity::Critical,
    providers: &["pulumi"],
    text: include_str!("team_scope_wildcard.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject) {
        let Some(name) = view.of().filter(|name| name.contains(['*', '?', '.'])) else { continue };
        let (severity, what) = if name.contains('*') {
            (Severity::Critical, "a job may ask for the token of each that fits")
        } else {
            (Severity::Medium, "in which the dot or the question mark stands for other characters too")
        };
        let message = format!("{} is for `{name}`, {what}", view.name());
        let help = "write the one name, without `*`, `?` and `.`";
        findings.add_as(severity, view.about(), Place::default(), message, help);
    }
}
