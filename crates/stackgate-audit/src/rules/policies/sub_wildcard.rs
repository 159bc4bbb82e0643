//! A subject holds no wildcard that admits other repositories or other branches.
//!
//! A `*` in a subject stands for any text, colons and slashes included. `repo:acme/*` is every repository of the
//! owner, the one that an intern makes tomorrow among them. `repo:acme/app:*`, which Pulumi's own guide shows, is
//! every branch, tag and pull request of one repository: whoever can open a pull request from a branch of it has
//! the token.
//!
//! A wildcard is harmless where another claim says the same: a repository's id for its name, the branch and the
//! event, or the environment, for the rest. So the subjects of Azure's runs and of CircleCI's jobs, which end in
//! what differs, are not found where the definition or the project stands in its own claim.
//!
//! Instead: write the whole subject of the one job, or ask for the claims that the wildcard leaves open.
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
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/*", "environment": "production"}
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
//!         "sub": "project_path:acme/*",
//!         "pipeline_source": "push",
//!         "ref_protected": "true"
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
//!       "rules": {"aud": "api://AzureADTokenExchange", "sub": "p://acme/*", "rpo_ref": "refs/heads/main"}
//!     }
//!   ]
//! }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "url": "https://ci.acme.example/oidc",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "https://ci.acme.example/job/*"}
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
//!         "sub": "org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01/project/*",
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
//!         "sub": "repo:acme/app:*",
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
//!         "namespace_id": "7",
//!         "pipeline_source": "merge_request_event",
//!         "ref_type": "branch"
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
//!         "rpo_id": "3f2b1c5e-0d7a-4c7e-9c55-0b6a6a1f2e03",
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
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "https://ci.acme.example/job/platform/job/app/job/PR-*/"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::grammar::Subject;
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "sub-wildcard",
    group: Group::Policies,
    severity: Severity::Critical,
    providers: &["pulumi"],
    text: include_str!("sub_wildcard.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| !view.is_foreign()) {
        let Some(sub) = view.sub().filter(|sub| sub.contains('*')) else { continue };
        let parts = view.subject();
        let (severity, whom) = match parts.map(|parts| breadth(&view, parts)) {
            Some(None) => continue,
            Some(Some(found)) => found,
            // Of a form that nobody here knows, a wildcard may stand for anything.
            None if view.provider.is_none() || !sub.starts_with('/') => {
                (Severity::High, "every job whose subject fits the wildcard")
            }
            None => (Severity::Critical, "every service connection whose subject fits the wildcard"),
        };
        let message = format!("{} takes the subject `{sub}`: {whom} gets {}", view.name(), view.gives());
        let help = "write the whole subject of the one job, without `*`";
        findings.add_as(severity, view.about(), Place::default(), message, help);
    }
}

/// How much too wide a subject with a wildcard is, and whom it lets in.
fn breadth(view: &View<'_>, parts: Subject<'_>) -> Option<(Severity, &'static str)> {
    let pinned = |claim: &str| view.pinned(claim).is_some();
    let rest = parts.rest;
    // A wildcard before the end of the name stands for what follows it, too.
    let (whose, open) = (parts.whose.contains('*'), parts.whose.contains('*') || rest.contains('*'));
    match view.provider? {
        "github" => {
            if whose && !pinned("repository_id") && !pinned("repository") {
                return Some((Severity::Critical, "a job of any repository that fits"));
            }
            let request = view.is("event_name", "pull_request");
            let told = pinned("environment") || request || (pinned("ref") && pinned("event_name"));
            let which = if rest.starts_with("ref:refs/heads/") {
                "any branch of the repository that fits"
            } else if rest.starts_with("environment:") {
                "a job that names any environment of the repository that fits"
            } else {
                "any branch, tag and pull request of the repository"
            };
            (open && !told).then_some((Severity::High, which))
        }
        "gitlab" => {
            if whose && !pinned("project_id") && !pinned("project_path") {
                return Some((Severity::Critical, "a job of any project that fits"));
            }
            let request = view.is("pipeline_source", "merge_request_event");
            let told = request || view.is("ref_protected", "true") || (pinned("ref") && pinned("ref_type"));
            (open && !told).then_some((Severity::High, "any branch and merge request of the project"))
        }
        "azure" => {
            let definition = pinned("def_id") && (pinned("prj_id") || !whose);
            if definition {
                return None;
            }
            Some(match (whose, view.is_connection()) {
                (true, _) => (Severity::Critical, "any project of the organization that fits"),
                (false, true) => (Severity::High, "any service connection of the project"),
                (false, false) => (Severity::High, "any pipeline of the project"),
            })
        }
        "circleci" => {
            let told = !whose || pinned("oidc.circleci.com/project-id");
            (!told).then_some((Severity::Critical, "any project of the organization that fits"))
        }
        "jenkins" => {
            let job = parts.whose.split_once("/job/").map(|(_, job)| job);
            match job {
                None => Some((Severity::Critical, "any job of this Jenkins")),
                Some(job) if job.contains('*') => Some((Severity::Critical, "any job that fits")),
                // Change requests' jobs, alone or among others, are another rule's matter.
                Some(_) if rest.starts_with('*') || rest.starts_with("PR-") => None,
                Some(_) => rest.contains('*').then_some((Severity::High, "any branch that fits")),
            }
        }
        _ => None,
    }
}
