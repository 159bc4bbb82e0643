//! A policy for GitHub asks for what its one kind of job has.
//!
//! GitHub's subject has one of three forms: a job that names an environment has `environment:`, whatever its
//! branch; another has `ref:`, or `pull_request` for a pull request. So a policy with the form `ref:` refuses the
//! job as soon as that names an environment, and whoever mends it in haste writes `*`. A policy with the form
//! `environment:` says nothing of the branch: any branch that the environment's own settings let in has the token.
//! And a policy with `pull_request` gives its team's token to whatever a pull request's author writes.
//!
//! Instead: write the form that the job has; for a deploy the environment in the subject, and beside it `ref` and
//! `event_name`. Give pull requests a team of their own, which reads.
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
//!         "sub": "repo:acme/app:ref:refs/heads/main",
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
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:environment:production",
//!         "environment": "production",
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
//!       "teamName": "app-production",
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
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Requests, View, allows, deploys};

pub(super) static RULE: AuditRule = AuditRule {
    id: "gh-env-claim-missing",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("gh_env_claim_missing.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.provider == Some("github") && !view.is_foreign()) {
        if view.requests() == Requests::Only && deploys(subject, &view) {
            let message = format!("{} gives pull requests {}, which deploys", view.name(), view.gives());
            let help = "give pull requests the token of a team of their own, which reads";
            findings.add(view.about(), Place::default(), message, help);
        } else if let Some((severity, wrong, help)) = form(&view) {
            let message = format!("{}, with the subject `{}`, {wrong}", view.name(), view.sub().unwrap_or_default());
            findings.add_as(severity, view.about(), Place::default(), message, help);
        }
    }
}

/// What is wrong with the form of a subject beside the other claims.
fn form(view: &View<'_>) -> Option<(Severity, &'static str, &'static str)> {
    let rest = view.subject()?.rest;
    let environment = view.rule("environment");
    if rest.starts_with("ref:") && environment.is_some() {
        let wrong = "asks for an environment and for the subject of a job without one, so that no job gets the token";
        return Some((Severity::High, wrong, "write `environment:<name>` in place of `ref:…` in the subject"));
    }
    if rest == "pull_request" && environment.is_some() {
        let wrong =
            "asks for an environment and for the subject of a pull request without one, so that no job gets the token";
        return Some((Severity::High, wrong, "leave the environment out, in the policy and in the job"));
    }
    // On the branch too: a workflow for `pull_request_target`, which is handed what a change's author writes.
    if rest.starts_with("ref:refs/heads/") && view.rule("event_name").is_none() && !rest.contains('*') {
        let wrong = "names the branch and not the event, and `pull_request_target` runs on that branch as well";
        return Some((Severity::Medium, wrong, "ask for `event_name: push` as well"));
    }
    let named = rest.strip_prefix("environment:").filter(|named| !named.contains('*'))?;
    if environment.is_some_and(|asked| asked != named && !asked.contains('*')) {
        let wrong = "asks for two environments, so that no job gets the token";
        return Some((Severity::High, wrong, "write the same environment in `sub` and in `environment`"));
    }
    let branch = view.rule("ref").or_else(|| view.rule("workflow_ref")).or_else(|| view.rule("job_workflow_ref"));
    if branch.is_none() || view.rule("event_name").is_none() {
        let wrong = "names the environment, and not the branch or the event that may deploy to it, which are then up to the \
                     environment's settings alone";
        return Some((Severity::Medium, wrong, "ask for `ref` and `event_name` as well"));
    }
    None
}
