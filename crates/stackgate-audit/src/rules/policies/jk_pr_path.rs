//! A policy for Jenkins names the branch's own job.
//!
//! In a multibranch project the jobs of change requests stand beside those of branches: `…/job/app/job/main/` and
//! `…/job/app/job/PR-7/`. A subject with a wildcard at the end is both, so that a change request's Jenkinsfile has
//! the deploy's token. A credential that is global has the address of Jenkins itself for its subject, which every
//! job that may use it shares.
//!
//! Instead: write the address of the branch's job to the end, with the slash, and keep the credential in the folder
//! of that job.
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
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "https://ci.acme.example/job/platform/job/app/*"}
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
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "https://ci.acme.example/job/platform/job/app/job/*/"}
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
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "https://ci.acme.example/"}
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
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "https://ci.acme.example/job/platform/job/app/job/main/"
//!       }
//!     },
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "https://ci.acme.example/job/platform/job/app/job/PR-*/"
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
//!     },
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
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Requests, View, allows, deploys};

pub(super) static RULE: AuditRule = AuditRule {
    id: "jk-pr-path",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("jk_pr_path.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.provider == Some("jenkins") && !view.is_foreign()) {
        let Some(sub) = view.sub() else { continue };
        let (wrong, help) = if is_root(&view, sub) {
            (
                "the subject of a global credential, which every job that may use it has",
                "use a credential of the job's own folder, and ask for the address of the branch's job",
            )
        } else if admits_all(&view) {
            (
                "which the jobs of change requests fit too",
                "write the address of the branch's own job to the end, such as `…/job/main/`",
            )
        } else if view.requests() == Requests::Only && deploys(subject, &view) {
            (
                "which is that of change requests, for a team that deploys",
                "give change requests the token of a team of their own, which reads",
            )
        } else {
            continue;
        };
        let message = format!("{} takes `{sub}`, {wrong}: a change's author gets {}", view.name(), view.gives());
        findings.add(view.about(), Place::default(), message, help);
    }
}

/// Whether it is the address of Jenkins itself.
fn is_root(view: &View<'_>, sub: &str) -> bool {
    let base = view.issuer.url.split_once("/oidc").map(|(base, _)| base);
    base == Some(sub.trim_end_matches('/'))
}

/// Whether a wildcard at the end of a job's address is any branch of it.
fn admits_all(view: &View<'_>) -> bool {
    view.subject().is_some_and(|parts| {
        let job = parts.whose.split_once("/job/").map(|(_, job)| job);
        parts.rest.starts_with('*') && job.is_some_and(|job| !job.contains('*'))
    })
}
