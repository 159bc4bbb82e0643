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

use std::collections::BTreeMap;

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Asks, Requests, View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "policy-multi-team",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("policy_multi_team.rs"),
    check: Check::Policies(check),
};

/// A policy with what its team is there for.
struct Known<'a> {
    view: View<'a>,
    asks: Asks,
    requests: Requests,
    /// Whether the team is one of change requests, where the source says it.
    of_requests: Option<bool>,
}

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let mut issuers: BTreeMap<&str, Vec<Known<'_>>> = BTreeMap::new();
    for view in allows(subject) {
        let Some(team) = view.team() else { continue };
        let of_requests = subject.pipeline_team(team).map(|team| team.of_change_requests);
        let known = Known { view, asks: view.asks(), requests: view.requests(), of_requests };
        issuers.entry(&view.issuer.url).or_default().push(known);
    }
    for known in issuers.values() {
        for (at, deploy) in known.iter().enumerate() {
            let mut teams: Vec<&str> = Vec::new();
            for (other, preview) in known.iter().enumerate() {
                if preview.view.team() != deploy.view.team()
                    && wider(deploy, preview, at > other)
                    && deploy.asks.meets(&preview.asks)
                {
                    teams.extend(preview.view.team().filter(|team| !teams.contains(team)));
                }
            }
            if !teams.is_empty() {
                tell(deploy.view, &teams, findings);
            }
        }
    }
}

fn tell(deploy: View<'_>, teams: &[&str], findings: &mut Findings) {
    let (name, gives, teams) = (deploy.name(), deploy.gives(), teams.join("`, `"));
    let message =
        format!("{name} admits a change request's job that may have the token of `{teams}`: it gets {gives} too");
    let help = "ask for an event, a protected branch or an environment that no change request has";
    findings.add(deploy.team(), Place::default(), message, help);
}

/// Whether the second policy is one for change requests and the first is not, and yet they fit the first: by what the source
/// says of the teams, or else by their claims. Of two that take change requests among others, by the same subject, the
/// `later` is found.
fn wider(deploy: &Known<'_>, preview: &Known<'_>, later: bool) -> bool {
    if let (Some(deploy), Some(preview)) = (deploy.of_requests, preview.of_requests) {
        return preview && !deploy;
    }
    match (deploy.requests, preview.requests) {
        (Requests::Also, Requests::Only) => true,
        (Requests::Also, Requests::Also) => {
            later && deploy.view.sub().is_some() && deploy.view.sub() == preview.view.sub()
        }
        (Requests::Never | Requests::Only, _) | (_, Requests::Never) => false,
    }
}
