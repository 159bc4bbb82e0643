//! A token is made for Pulumi Cloud, and for nothing else.
//!
//! The audience says whom a token is meant for. Without it, or with one that other services take too, whoever is
//! handed the token for another purpose can exchange it: a cloud provider's client, a signing service, a package
//! registry, or a log in which that one is printed. The defaults of GitHub, which is the owner's address, of
//! CircleCI, which is the organization's id, and of GitLab and Jenkins, which is an address of their own, are such
//! audiences.
//!
//! Azure's tokens have a fixed audience, so that asking for another admits nobody; there the rest of the rules must
//! tell the job.
//!
//! Instead: let the job ask for the audience `urn:pulumi:org:<organization>`, and let the policy ask for exactly
//! that.
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
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "https://github.com/acme",
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
//!   "url": "https://gitlab.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "*",
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
//!         "aud": "9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01",
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
//! ```json pulumi bad
//! {
//!   "url": "https://ci.acme.example/oidc/job/platform/job/app",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"sub": "https://ci.acme.example/job/platform/job/app/job/main/"}
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
//!         "aud": "pulumi-acme-production",
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

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::grammar::AZURE_AUDIENCES;
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows};

pub(super) static RULE: AuditRule = AuditRule {
    id: "aud-unrestricted",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("aud_unrestricted.rs"),
    check: Check::Policies(check),
};

/// Audiences that other services take.
const ELSEWHERE: [&str; 4] = ["sts.amazonaws.com", "sigstore", "api://AzureADTokenExchange", "pypi"];

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| !view.is_foreign() && view.sub().is_some()) {
        let wrong = match view.rule("aud") {
            None => "asks for no audience".to_owned(),
            Some(aud) if aud.contains('*') => format!("takes any audience that fits `{aud}`"),
            Some(aud) => match shared(&view, aud, subject.organization.as_deref()) {
                Some(by) => format!("takes the audience `{aud}`, {by}"),
                None => continue,
            },
        };
        let message =
            format!("{} {wrong}: a token that was made for another service gets {} too", view.name(), view.gives());
        let organization = subject.organization.as_deref().unwrap_or("<organization>");
        let help = match view.provider {
            Some("azure") => format!("ask for `aud: {}`, which every such token has", azure(&view)),
            _ => format!(
                "let the job ask for the audience `urn:pulumi:org:{organization}`, and ask for exactly that here"
            ),
        };
        findings.add(view.about(), Place::default(), message, help);
    }
}

fn azure(view: &View<'_>) -> &'static str {
    if view.issuer.url.starts_with("https://login.") { AZURE_AUDIENCES[1] } else { AZURE_AUDIENCES[0] }
}

/// Who else takes an audience.
fn shared(view: &View<'_>, aud: &str, organization: Option<&str>) -> Option<&'static str> {
    if view.provider == Some("azure") {
        // Another one admits nobody, which another rule says.
        return None;
    }
    let own = || view.issuer.url.split_once("/oidc").map_or(view.issuer.url.as_str(), |(base, _)| base);
    if ELSEWHERE.contains(&aud) || aud.contains("iam.googleapis.com/") {
        Some("which another service takes")
    } else if view.provider == Some("github") && aud.starts_with("https://github.com/") {
        Some("which is GitHub's default for every service")
    } else if view.provider == Some("circleci") && view.issuer.url.ends_with(&format!("/{aud}")) {
        Some("which is CircleCI's default for every service")
    } else if aud == view.issuer.url || aud.trim_end_matches('/') == own() {
        Some("which is the issuer's default for every service")
    } else if let (Some(theirs), Some(ours)) = (aud.strip_prefix("urn:pulumi:org:"), organization) {
        (theirs != ours).then_some("which is that of another organization at Pulumi Cloud")
    } else {
        None
    }
}
