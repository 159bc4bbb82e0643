//! A policy asks for what its issuer's tokens say.
//!
//! Each system's tokens have a subject and claims of their own. A policy with GitHub's subject under GitLab's
//! issuer admits nobody: the job is refused, and whoever mends it in haste takes rules away until it passes. So
//! does one that asks for a claim which no token of the issuer has, for an audience that Azure never gives, or for
//! a claim of CircleCI's without the double quotes that its dots need.
//!
//! Instead: write the policy for the issuer's own system; `stackgate trust policies` renders one.
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
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production"}
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
//!         "repository_owner_id": "77",
//!         "project_id": "99"
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
//!         "aud": "urn:pulumi:org:acme",
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
//!         "sub": "org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01/project/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02/user/*",
//!         "\"oidc.circleci.com/project-id\"": "9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02",
//!         "\"oidc.circleci.com/vcs-origin\"": "github.com/acme/app",
//!         "\"oidc.circleci.com/vcs-ref\"": "refs/heads/main",
//!         "\"oidc.circleci.com/context-ids\"": "*9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b04*",
//!         "oidc.circleci.com/ssh-rerun": "false"
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
//!   "url": "https://github.acme.example/_services/token",
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
use crate::grammar::{AZURE_AUDIENCES, AZURE_RUN_CLAIMS, provider_of_claim};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "policy-provider-mismatch",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("policy_provider_mismatch.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject) {
        let Some((wrong, help)) = mismatch(&view) else { continue };
        let message = format!("{} {wrong}, so that no job gets {}", view.name(), view.gives());
        findings.add(view.about(), Place::default(), message, help);
    }
}

fn mismatch(view: &View<'_>) -> Option<(String, String)> {
    let provider = view.provider?;
    if view.is_foreign() {
        let sub = view.sub().unwrap_or_default();
        let wrong = format!("asks for the subject `{sub}`, which is not of the form that its issuer's tokens have");
        return Some((
            wrong,
            "write the subject as the issuer's own system does, or move the policy to its issuer".into(),
        ));
    }
    if provider == "azure"
        && let Some(aud) = view.pinned("aud").filter(|aud| !AZURE_AUDIENCES.contains(aud))
    {
        let wrong = format!("asks for the audience `{aud}`, and Azure's tokens have a fixed one");
        return Some((wrong, format!("ask for `aud: {}`", AZURE_AUDIENCES[0])));
    }
    view.policy.rules.keys().find_map(|path| {
        if path.starts_with("oidc.circleci.com/") {
            let wrong = format!("asks for the claim `{path}`, whose dots are read as steps of a path");
            return Some((wrong, format!("write it between double quotes: `\"{path}\"`")));
        }
        let foreign = match provider_of_claim(path)? {
            // Whoever runs Jenkins names its claims.
            of if of != provider => provider != "jenkins",
            _ => view.is_connection() && AZURE_RUN_CLAIMS.contains(&path.as_str()),
        };
        foreign.then(|| {
            let wrong = format!("asks for the claim `{path}`, which its tokens do not have");
            (wrong, format!("ask for what stands in its place in the issuer's tokens, not for `{path}`"))
        })
    })
}
