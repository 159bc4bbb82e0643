//! A policy asks whose job it is.
//!
//! An audience says for whom a token is made, and anybody who has an account at the CI system can ask for one with
//! that audience. A policy that asks for the audience alone, or for a subject of wildcards alone, gives the team's
//! token to every job of every tenant of a shared issuer such as github.com's, and to every job of everybody at an
//! issuer that is one organization's own.
//!
//! Instead: ask for the subject, and beside it for the ids of the repository, the branch and the event; `stackgate
//! trust policies` shows how a spec's own do.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "urn:pulumi:org:acme"}
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "api://AzureADTokenExchange", "sub": "*"}
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
//!         "repository_id": "4242",
//!         "environment": "production",
//!         "event_name": "push",
//!         "ref": "refs/heads/main"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::grammar::is_shared;
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "policy-no-sub",
    group: Group::Policies,
    severity: Severity::Critical,
    providers: &["pulumi"],
    text: include_str!("policy_no_sub.rs"),
    check: Check::Policies(check),
};

/// Claims that say whose job it is, besides the subject.
const WHOSE: [&str; 9] = [
    "repository_id",
    "repository",
    "job_workflow_ref",
    "workflow_ref",
    "project_id",
    "project_path",
    "def_id",
    "rpo_id",
    "oidc.circleci.com/project-id",
];

/// Claims that say no more than whose the repository is.
const OWNER: [&str; 4] = ["repository_owner", "repository_owner_id", "namespace_id", "namespace_path"];

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.sub().is_none() && !says(view)) {
        let (severity, whom) = if OWNER.iter().any(|claim| view.pinned(claim).is_some()) {
            (Severity::Critical, "every job of everything that the owner has")
        } else if is_shared(&view.issuer.url) {
            (Severity::Critical, "everybody who has an account there")
        } else {
            (Severity::High, "every job of everybody there")
        };
        let message = format!("{} asks for no subject: {whom} gets {}", view.name(), view.gives());
        let help = "ask for `sub` with the one subject that the job has, and for the ids of its repository";
        findings.add_as(severity, view.about(), Place::default(), message, help);
    }
}

fn says(view: &View<'_>) -> bool {
    WHOSE.iter().any(|claim| view.pinned(claim).is_some())
}
