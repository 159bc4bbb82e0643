//! A dot in a name that a policy trusts stands for a dot alone.
//!
//! In Pulumi Cloud's patterns a dot is any one character, a question mark is one or none, and nothing escapes them.
//! `project_path:my.group/app` also admits `my-group/app`, and on gitlab.com anybody can make a group of that name.
//! A branch `release.1` also admits `release-1`, which no protection covers.
//!
//! An id makes up for a repository's or a project's name, since it never changes and nobody can choose it. Jenkins'
//! issuer makes up for its host. Branches and environments have nothing of the kind.
//!
//! Instead: ask for the id of the repository or the project as well; give branches and environments names without
//! dots.
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
//!         "sub": "project_path:my.group/app:ref_type:branch:ref:main",
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
//!   "url": "https://token.actions.githubusercontent.com",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {
//!         "aud": "urn:pulumi:org:acme",
//!         "sub": "repo:acme/app:ref:refs/heads/release.1",
//!         "ref": "refs/heads/release.1",
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
//!   "url": "https://ci.acme.example/oidc",
//!   "policies": [
//!     {
//!       "decision": "allow",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"aud": "urn:pulumi:org:acme", "sub": "https://ci.acme.example/job/site.example/job/main/"}
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
//!         "sub": "project_path:my.group/app:ref_type:branch:ref:main",
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
    id: "sub-dot-wildcard",
    group: Group::Policies,
    severity: Severity::Medium,
    providers: &["pulumi"],
    text: include_str!("sub_dot_wildcard.rs"),
    check: Check::Policies(check),
};

/// Claims that hold a branch's or an environment's name, beside the subject.
const NAMES: [&str; 5] = ["ref", "base_ref", "environment", "rpo_ref", "oidc.circleci.com/vcs-ref"];

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    for view in allows(subject).filter(|view| !view.is_foreign()) {
        let Some((severity, claim, text)) = whose(&view).or_else(|| which(&view)) else { continue };
        let message = format!(
            "{} asks for `{claim}: {text}`, in which a dot or a question mark stands for other characters too: who has such \
             a name gets {}",
            view.name(),
            view.gives()
        );
        let help = match claim {
            "sub" if severity == Severity::High => "ask for the id of the project as well",
            "sub" => "ask for the id of what has the name as well, or give it a name without `.` and `?`",
            _ => "give the branch or the environment a name without `.` and `?`",
        };
        findings.add_as(severity, view.about(), Place::default(), message, help);
    }
}

/// A wildcard in the repository's or the project's name that no id makes up for.
fn whose<'a>(view: &View<'a>) -> Option<(Severity, &'static str, &'a str)> {
    let sub = view.sub()?;
    let parts = view.subject()?;
    let pinned = |claim: &str| view.pinned(claim).is_some();
    let covered = match view.provider? {
        "github" => pinned("repository_id"),
        "gitlab" => pinned("project_id"),
        "azure" => pinned("prj_id") || pinned("def_id"),
        "circleci" => pinned("oidc.circleci.com/project-id"),
        // The host is this Jenkins', whose issuer it is; by default the issuer is that of the very job.
        "jenkins" => {
            let job = parts.whose.split_once("/job/").map_or("", |(_, job)| job);
            !is_open(job) || view.issuer.url.ends_with(&format!("/job/{job}"))
        }
        _ => return None,
    };
    let open = view.provider == Some("jenkins") || is_open(parts.whose);
    // On gitlab.com everybody makes groups, and their names hold dots.
    let group = parts.whose.split('/').next().is_some_and(is_open);
    let claimable = view.issuer.url == "https://gitlab.com" && group && !pinned("namespace_id");
    let severity = if claimable { Severity::High } else { Severity::Medium };
    (open && !covered).then_some((severity, "sub", sub))
}

/// A wildcard in a branch's or an environment's name.
fn which<'a>(view: &View<'a>) -> Option<(Severity, &'static str, &'a str)> {
    let claims = NAMES.iter().filter_map(|claim| Some((Severity::Medium, *claim, view.pinned(claim)?)));
    let rest = view.subject().filter(|parts| is_open(parts.rest) && !parts.rest.contains('*'));
    // Where a definition or a project stands in its own claim, the rest of these subjects says nothing more.
    let counts =
        !matches!(view.provider, Some("azure" | "circleci")) || view.sub().is_some_and(|sub| sub.starts_with("sc://"));
    let sub = rest.filter(|_| counts).and_then(|_| Some((Severity::Medium, "sub", view.sub()?)));
    claims.filter(|(_, _, text)| is_open(text)).chain(sub).next()
}

fn is_open(text: &str) -> bool {
    text.contains(['.', '?'])
}
