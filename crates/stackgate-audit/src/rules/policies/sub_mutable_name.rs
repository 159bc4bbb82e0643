//! A policy knows a repository by its id.
//!
//! A name is free again after a renaming, a transfer or a deletion. Whoever takes it then has every token that a
//! policy gives to the name; nobody notices, since nothing changed at Pulumi Cloud. The ids that GitHub, GitLab and
//! Azure put into a token beside the names are never given twice. CircleCI's subject is of ids already; Jenkins has
//! none, and the old form of a service connection's token on Azure neither.
//!
//! Instead: ask for `repository_id` and `repository_owner_id` on GitHub, for `project_id` and `namespace_id` on
//! GitLab, for `prj_id` and `def_id` on Azure.
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
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push"
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
//!         "pipeline_source": "push",
//!         "ref_protected": "true",
//!         "environment": "production"
//!       }
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
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/app",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "rpo_ref": "refs/heads/main"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "url": "https://oidc.circleci.com/org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "\"oidc.circleci.com/vcs-origin\"": "github.com/acme/app",
//!         "\"oidc.circleci.com/vcs-ref\"": "refs/heads/main",
//!         "\"oidc.circleci.com/ssh-rerun\"": "false",
//!         "\"oidc.circleci.com/context-ids\"": "*9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b04*"
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
//!         "sub": "repo:acme@77/app@4242:environment:production",
//!         "environment": "production",
//!         "ref": "refs/heads/main",
//!         "event_name": "push"
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
//!   "url": "https://vstoken.dev.azure.com/3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "api://AzureADTokenExchange",
//!         "sub": "p://acme/platform/*",
//!         "org_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e01",
//!         "prj_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e02",
//!         "def_id": "12",
//!         "rpo_ref": "refs/heads/main"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://oidc.circleci.com/org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01/project/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02/user/*",
//!         "\"oidc.circleci.com/project-id\"": "9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02",
//!         "\"oidc.circleci.com/vcs-origin\"": "github.com/acme/app",
//!         "\"oidc.circleci.com/vcs-ref\"": "refs/heads/main",
//!         "\"oidc.circleci.com/ssh-rerun\"": "false",
//!         "\"oidc.circleci.com/context-ids\"": "*9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b04*"
//!       }
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "url": "https://ci.acme.example/oidc/job/platform/job/app",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "https://ci.acme.example/job/platform/job/app/job/main/"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "sub-mutable-name",
    group: Group::Policies,
    severity: Severity::Medium,
    providers: &["pulumi"],
    text: include_str!("sub_mutable_name.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| !view.is_foreign()) {
        let Some((severity, lacks)) = lacks(&view) else { continue };
        let message = format!(
            "{} knows the repository by its name alone: whoever takes the name after a renaming or a deletion gets {}",
            view.name(),
            view.gives()
        );
        findings.add_as(severity, view.about(), Place::default(), message, format!("ask for {lacks} as well"));
    }
}

/// What a policy that goes by a name lacks.
fn lacks(view: &View<'_>) -> Option<(Severity, &'static str)> {
    let pinned = |claim: &str| view.pinned(claim).is_some();
    // A name with a wildcard is no name, and `sub-wildcard` says it.
    let parts = view.subject().filter(|parts| !parts.whose.contains('*'));
    let named = |claims: &[&str]| parts.is_some() || claims.iter().any(|claim| pinned(claim));
    // The owner's id keeps strangers out; within the owner's, the name can still change hands.
    let owned = |is: bool| if is { Severity::Low } else { Severity::Medium };
    match view.provider? {
        "github" => {
            let by_ids = view.subject().is_some_and(|parts| {
                let id = |part: &str| part.split_once('@').is_some_and(|(_, id)| !id.contains('*'));
                parts.whose.split('/').count() == 2 && parts.whose.split('/').all(id)
            });
            let names = named(&["repository", "job_workflow_ref", "workflow_ref"]);
            let severity = owned(pinned("repository_owner_id"));
            (names && !pinned("repository_id") && !by_ids).then_some((severity, "`repository_id`"))
        }
        "gitlab" => {
            let severity = owned(pinned("namespace_id"));
            (named(&["project_path"]) && !pinned("project_id")).then_some((severity, "`project_id`"))
        }
        "azure" if view.is_connection() => None,
        "azure" => {
            let (project, definition) = (pinned("prj_id"), pinned("def_id"));
            let severity = owned(project);
            let open = parts.is_some_and(|parts| parts.rest.contains('*') && !definition);
            (named(&[]) && !open && !(project && definition)).then_some((severity, "`prj_id` and `def_id`"))
        }
        "circleci" => {
            let named = pinned("oidc.circleci.com/vcs-origin");
            let lacks = named && view.subject().is_none() && !pinned("oidc.circleci.com/project-id");
            lacks.then_some((Severity::Medium, "`\"oidc.circleci.com/project-id\"`"))
        }
        _ => None,
    }
}
