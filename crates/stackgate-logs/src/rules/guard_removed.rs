//! Guards are taken away by whoever applies the access program.
//!
//! Deletion protection, policy packs, a customer's own key and the export of the audit log stand between a mistake or an
//! intruder and what he wants. Paused deployments stop what the spec declares. Whoever takes one away first has a reason.
//!
//! Instead: ask who did it, and put the guard back. Whoever applies the access program is named in `auditing.operators`.
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "environment-deletion-protection-disabled", "description": "Disabled deletion protection of environment \"shop/prod\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```
//!
//! ```jsonl events bad
//! {"timestamp": 1764000000, "event": "audit-log-export-disabled", "description": "Disabled", "sourceIP": "192.0.2.1", "user": {"githubLogin": "operator"}}
//! ```
//!
//! ```jsonl events good
//! {"timestamp": 1764000000, "event": "stack-deployments-paused", "description": "Paused deployments of stack \"shop/production\"", "sourceIP": "192.0.2.1", "user": {"githubLogin": "operator"}}
//! {"timestamp": 1764000000, "event": "environment-deletion-protection-enabled", "description": "Enabled", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! {"timestamp": 1764000000, "event": "stack-deployments-resumed", "description": "Resumed", "sourceIP": "192.0.2.1", "user": {"githubLogin": "mallory"}}
//! ```

use stackgate_report::Level;

use crate::catalogue::Class;
use crate::rule::{Check, Hit, Hits, LogRule, Seen, Words};
use crate::who::quoted;

pub(super) static RULE: LogRule = LogRule {
    id: "log-guard-removed",
    level: Level::Medium,
    text: include_str!("guard_removed.rs"),
    check: Check::Each { classes: &[Class::Guard, Class::Other], see, tell },
};

/// Events about the audit log itself are in no list yet; they are told whoever did it.
const AUDIT_LOG: &str = "audit-log";

fn see<'a>(seen: &Seen<'a>) -> Option<Hit<'a>> {
    let object = seen.environment.map(str::to_owned).or_else(|| seen.stack.map(str::to_owned));
    let object = object.or_else(|| quoted(&seen.event.description).map(str::to_owned)).unwrap_or_default();
    if seen.event.slug.starts_with(AUDIT_LOG) {
        return Hit::new(Level::High, object);
    }
    if seen.class != Class::Guard || seen.context.is_operator(seen.who) {
        return None;
    }
    let production = seen.environment.is_some_and(|name| seen.context.production(name) == Some(true));
    let level = match &*seen.event.slug {
        "customer-managed-key-disabled" | "customer-managed-key-disabled-all" => Level::High,
        "environment-deletion-protection-disabled" if !production => Level::Low,
        _ => Level::Medium,
    };
    Hit::new(level, object)
}

fn tell(hits: &Hits<'_>) -> Words {
    let did = match hits.slug {
        "environment-deletion-protection-disabled" => "switched off the deletion protection of an environment",
        "organization-deployments-paused" => "paused all deployments",
        "stack-deployments-paused" => "paused the deployments of a stack",
        "policy-pack-disabled" | "policy-pack-deleted" => "took a policy pack away",
        "policy-group-deleted" => "removed a policy group",
        slug if slug.starts_with(AUDIT_LOG) => "changed the audit log or its export",
        _ => "disabled the organization's own key",
    };
    let object = if hits.object.is_empty() { String::new() } else { format!(" (`{}`)", hits.object) };
    let help = "ask why, and put the guard back; whoever applies the access program is named in `auditing.operators`";
    Words { level: hits.level, message: format!("{} {did}{object}", hits.who), help: help.into() }
}
