//! One job gets the token of one team.
//!
//! A preview's team reads and a deploy's team writes, so that code which nobody has reviewed cannot deploy. That
//! holds only as long as no token of a change request fits the policies of both: a job asks for whichever team it
//! likes.
//!
//! Instead: let the policy of the team that deploys ask for something that no change request has: the event, the
//! protected branch, the environment.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:*",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:*",
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
//!   "url": "https://gitlab.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "project_path:acme/app:ref_type:branch:ref:*",
//!         "project_id": "99",
//!         "pipeline_source": "merge_request_event"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "project_path:acme/app:ref_type:branch:ref:main",
//!         "project_id": "99"
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
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:pull_request",
//!         "event_name": "pull_request",
//!         "repository_id": "4242"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "db-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:pull_request",
//!         "event_name": "pull_request",
//!         "repository_id": "4242"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://gitlab.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "project_path:acme/app:ref_type:branch:ref:*",
//!         "project_id": "99",
//!         "pipeline_source": "merge_request_event"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "project_path:acme/app:ref_type:branch:ref:main",
//!         "project_id": "99",
//!         "namespace_id": "7",
//!         "pipeline_source": "push",
//!         "ref_protected": "true",
//!         "environment": "production"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Requests, View, allows, is_of_requests};

pub(super) static RULE: AuditRule = AuditRule {
    id: "policy-multi-team",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("policy_multi_team.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let views: Vec<View<'_>> = allows(subject).filter(|view| view.team().is_some()).collect();
    for (at, one) in views.iter().enumerate() {
        for other in &views[at + 1..] {
            let (Some(first), Some(second)) = (one.team(), other.team()) else { continue };
            if first == second || one.issuer.url != other.issuer.url || !one.meets(other) {
                continue;
            }
            if !apart(subject, one, other) {
                continue;
            }
            let message = format!(
                "a job of a change request fits the policies of the teams `{first}` and `{second}` of `{}`, and gets the token of \
                 whichever it asks for",
                one.issuer.url
            );
            let help = "let the team that deploys ask for an event, a protected branch or an environment of its own";
            findings.add(Some(second), Place::default(), message, help);
        }
    }
}

/// Whether one of the two is for change requests and the other is not, and change requests fit both: by what the source says
/// of the teams, or else by their claims.
fn apart(subject: &PoliciesSubject, one: &View<'_>, other: &View<'_>) -> bool {
    let known = |view: &View<'_>| view.team().is_some_and(|team| subject.pipeline_team(team).is_some());
    if known(one) && known(other) {
        return is_of_requests(subject, one) != is_of_requests(subject, other);
    }
    match (one.requests(), other.requests()) {
        (Requests::Never, _) | (_, Requests::Never) | (Requests::Only, Requests::Only) => false,
        _ => true,
    }
}
