//! A policy for CircleCI asks for the branch or the context, and for no rerun with SSH.
//!
//! CircleCI's subject names the project and the person, and every job of every branch has it. The claim `vcs-ref`
//! names the branch, `vcs-origin` the repository, and `context-ids` the contexts that the job runs in, whose
//! restrictions CircleCI checks before. A job that was started again with SSH is a shell in the hands of whoever
//! did it, and `ssh-rerun` says so.
//!
//! Instead: ask for `vcs-origin`, `vcs-ref`, `context-ids` and `ssh-rerun: "false"`, each between double quotes
//! with `oidc.circleci.com/` before it.
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
//!         "sub": "org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01/project/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02/user/*"
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
//!         "\"oidc.circleci.com/context-ids\"": "*9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b04*"
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
//!   "url": "https://oidc.circleci.com/org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-preview",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "org/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b01/project/9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02/user/*",
//!         "\"oidc.circleci.com/project-id\"": "9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b02",
//!         "\"oidc.circleci.com/vcs-origin\"": "github.com/acme/app",
//!         "\"oidc.circleci.com/ssh-rerun\"": "false",
//!         "\"oidc.circleci.com/context-ids\"": "*9b1d3c5e-7f20-4a63-8c11-5d2e4f6a7b04*"
//!       }
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{View, allows, deploys, is_of_requests};

pub(super) static RULE: AuditRule = AuditRule {
    id: "cc-no-vcs-claims",
    group: Group::Policies,
    severity: Severity::High,
    providers: &["pulumi"],
    text: include_str!("cc_no_vcs_claims.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| view.provider == Some("circleci") && !view.is_foreign()) {
        if view.sub().is_none() && view.pinned("oidc.circleci.com/project-id").is_none() {
            continue;
        }
        let lacks = lacks(&view, deploys(subject, &view), is_of_requests(subject, &view));
        let Some((_, worst)) = lacks.first() else { continue };
        let names: Vec<&str> = lacks.iter().map(|(name, _)| *name).collect();
        let (names, gives) = (names.join(", "), view.gives());
        let message = format!("{} does not ask for {names}: {worst} gets {gives}", view.name());
        let help = format!("ask for {names} as well");
        findings.add(view.about(), Place::default(), message, help);
    }
}

/// What a policy lacks, with who is let in, the worst first.
fn lacks(view: &View<'_>, deploys: bool, of_requests: bool) -> Vec<(&'static str, &'static str)> {
    let own = |claim: &str| view.rule(&format!("oidc.circleci.com/{claim}"));
    // The longer form of the subject repeats both.
    let rest = view.subject().map_or("", |parts| parts.rest);
    let in_subject = |part: &str| rest.split_once(part).is_some_and(|(_, value)| !value.starts_with('*'));
    let branch = view.pinned("oidc.circleci.com/vcs-ref").is_some() || in_subject("/vcs-ref/") && !rest.ends_with('*');
    let context = own("context-ids").is_some();
    let mut lacks = Vec::new();
    if !branch && !context {
        let what = "`\"oidc.circleci.com/vcs-ref\"` or `\"oidc.circleci.com/context-ids\"`";
        // A preview runs on any branch, and where nothing but previews runs, no context tells it from anything.
        if !of_requests {
            lacks.push((what, "a job of any branch"));
        }
    } else if !branch && deploys && !of_requests {
        lacks.push(("`\"oidc.circleci.com/vcs-ref\"`", "a job of any branch that may use the context"));
    }
    if own("ssh-rerun") != Some("false") {
        lacks.push(("`\"oidc.circleci.com/ssh-rerun\": \"false\"`", "whoever starts the job again with SSH"));
    }
    if own("vcs-origin").is_none() && !in_subject("/vcs-origin/") {
        lacks.push(("`\"oidc.circleci.com/vcs-origin\"`", "a job whose repository is another"));
    }
    lacks
}
