//! A policy for GitLab asks what started the pipeline, and whether the branch is protected.
//!
//! GitLab's subject names a branch, and says nothing of what runs on it. A merge request's pipeline has its source
//! branch there, so that a merge request from a branch called `main` has the subject of a push to `main`; so have a
//! schedule, a pipeline that another project triggers, and one that somebody starts by hand with variables of his
//! choice.
//!
//! Instead: ask for `pipeline_source: push` and `ref_protected: "true"`, and for the `environment` of the deploy;
//! for previews, in a policy of their own team, for `pipeline_source: merge_request_event`.
//!
//! ```json pulumi bad
//! {
//!   "url": "https://gitlab.com",
//!   "policies": [
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
//! ```json pulumi bad
//! {
//!   "url": "https://gitlab.com",
//!   "policies": [
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
//!         "environment": "production"
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
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Requests, allows, deploys};

pub(super) static RULE: AuditRule = AuditRule {
    id: "gl-no-event-claim",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("gl_no_event_claim.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.provider == Some("gitlab") && !view.is_foreign()) {
        if view.sub().is_none() {
            continue;
        }
        if view.requests() == Requests::Only {
            if deploys(subject, &view) {
                let message = format!("{} gives merge requests {}, which deploys", view.name(), view.gives());
                let help = "give merge requests the token of a team of their own, which reads";
                findings.add(view.about(), Place::default(), message, help);
            }
            continue;
        }
        let source = view.pinned("pipeline_source").is_none().then_some("`pipeline_source`");
        // Where the subject names no branch, `sub-wildcard` says that any will do.
        let named = view.subject().is_none_or(|parts| !parts.rest.contains('*')) || source.is_some();
        let branch = (named && !view.is("ref_protected", "true")).then_some("`ref_protected: \"true\"`");
        let lacks: Vec<&str> = source.into_iter().chain(branch).collect();
        if lacks.is_empty() {
            continue;
        }
        let who = if source.is_some() {
            "a merge request's pipeline has the subject of a push to a branch of that name"
        } else {
            "a branch of that name need not be protected"
        };
        let lacks = lacks.join(" and ");
        let message = format!("{} does not ask for {lacks}: {who}, and gets {}", view.name(), view.gives());
        let help = "ask for `pipeline_source: push`, `ref_protected: \"true\"` and the deploy's `environment`";
        findings.add(view.about(), Place::default(), message, help);
    }
}
