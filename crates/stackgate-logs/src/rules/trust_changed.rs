//! Trust and rights are changed by whoever applies the access program.
//!
//! Issuers, policies, roles, gates, teams and the organization's settings decide who gets which token and what it reaches.
//! The spec declares them, and the access program applies them, under one identity. A change by anybody else is a change
//! that nobody reviewed, until the next apply undoes it, or does not.
//!
//! Instead: ask who did it and why. What is wanted goes into the spec; everything else is undone by applying the access
//! program again. `stackgate review` shows what differs now. Whoever applies the program is named in `auditing.operators`.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "oidc-issuer-registered", "description": "Registered OIDC issuer \"CI\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "authorization-policy-updated", "description": "Updated", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}, "tokenName": "access-program"}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "oidc-issuer-registered", "description": "Registered OIDC issuer \"CI\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "operator"}}
//! {"timestamp": 1764000000, "event": "authorization-policy-updated", "description": "Updated", "sourceIP": "192.0.2.1", "user": {"githubLogin": "acme"}, "tokenName": "access-program"}
//! ```

use stackgate_report::Level;

use crate::catalogue::Class;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::quoted;

pub(super) static RULE: LogRule = LogRule {
    id: "log-trust-changed",
    level: Level::High,
    text: include_str!("trust_changed.rs"),
    check: Check::Each { classes: &[Class::Trust], see, tell },
};

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    if seen.context.is_operator(seen.who) {
        return None;
    }
    let level = match &*seen.event.slug {
        "oidc-issuer-deleted" | "team-deleted" | "custom-role-deleted" | "stack-collaborator-removed" => Level::Medium,
        "change-gate-created" | "deployment-runner-pool-deleted" | "vcs-github-installation-linked" => Level::Medium,
        "team-created" => Level::Medium,
        _ => Level::High,
    };
    let object = seen.stack.or_else(|| quoted(&seen.event.description)).unwrap_or_default();
    Hit::new(level, object)
}

fn tell(hits: &Hits<'_>) -> Words {
    let did = match hits.slug {
        "authorization-policy-updated" => "changed who may mint which token",
        "oidc-issuer-registered" => "registered an OIDC issuer",
        "oidc-issuer-updated" => "changed an OIDC issuer",
        "oidc-issuer-deleted" => "removed an OIDC issuer",
        "organization-settings-changed" => "changed the organization's settings",
        "organization-backend-changed" => "changed by what people log in",
        "saml-configuration-updated" => "changed the single sign-on",
        "change-gate-created" => "made a gate",
        "change-gate-updated" => "changed a gate",
        "change-gate-deleted" => "removed a gate",
        "custom-role-created" => "made a role",
        "custom-role-updated" => "changed what a role permits",
        "custom-role-deleted" => "removed a role",
        "member-role-changed" => "changed a member's role",
        "team-created" => "made a team",
        "team-updated" => "changed a team",
        "team-deleted" => "removed a team",
        "stack-collaborator-added" | "stack-collaborator-permissions-changed" => "let a person at a stack",
        "stack-collaborator-removed" => "took a person's right to a stack",
        "deployment-settings-role-updated" => "changed the role that a stack's deployments have",
        "organization-deployment-default-role-updated" => "changed the role that deployments have",
        "deployment-runner-pool-created" => "registered a pool of deployment runners",
        "deployment-runner-pool-deleted" => "removed a pool of deployment runners",
        "vcs-github-installation-linked" => "linked an installation of the GitHub App",
        _ => "changed what is trusted",
    };
    let object = if hits.object.is_empty() { String::new() } else { format!(" (`{}`)", hits.object) };
    let help = if hits.context.has_operators() {
        "take it into the spec, or apply the access program again; `stackgate review` shows what differs now"
    } else {
        "name whoever applies the access program in `auditing.operators`; if it was not he, apply the program again"
    };
    Words {
        level: hits.level,
        message: format!("{} {did}{object}, and does not apply the access program", hits.who),
        help: help.into(),
    }
}
