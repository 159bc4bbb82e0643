//! Everything that is compared can be read.
//!
//! What the token may not read may be as declared or wide open; it is told as unknown, and never as fine. The review then
//! ends with 2, whatever else it found: it is not whole. A part that is always refused, since no scope covers it, can stand
//! in a baseline; it is still told every night. A failure of the server, or a run that was stopped, cannot.
//!
//! Instead: review with a token that may read it. The scopes are those of an auditor: `audit_logs:read`,
//! `auth_policies:read`, `oidc_issuers:read` and the like; `stackgate show checklist` and the guide name them.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/tokens?filter=all", "status": 403, "body": {"code": 403, "message": "organization_tokens:read is missing"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": []}}
//! ```

use std::collections::BTreeMap;

use stackgate_cloud::{Refusal, Unknown};
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::listed;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "review-unread", group: Group::Entities, text: include_str!("review_unread.rs"), check };

/// What is there of a part that was refused for good, as far as this token goes.
const REFUSED: &str = "refused";

/// Parts that could not be read, by what they are and why, each with whose they are.
type Unread<'a> = BTreeMap<(&'static str, Refusal), Vec<(String, &'a Unknown)>>;

fn check(view: &View<'_>, found: &mut Differences) {
    for ((part, refusal), places) in unread(view) {
        let named: Vec<&str> = places.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect();
        let of = if named.is_empty() { String::new() } else { format!(" of {}", listed(named)) };
        let (why, word) = match refusal {
            Refusal::Unauthorized => ("the token is not valid", "no valid token"),
            Refusal::Forbidden => ("the token may not read it", REFUSED),
            Refusal::Unavailable => ("this organization's edition does not have it, or it is not there", REFUSED),
            Refusal::Broken => ("the answer could not be used", "broken"),
            Refusal::Stopped => ("the run was stopped before", "stopped"),
            Refusal::NotSaved => ("the saved directory does not hold it", "not saved"),
            Refusal::NotAsked => ("nobody asked for it", "not asked"),
        };
        let first = places.first().map(|(_, unknown)| unknown);
        let said = first.filter(|unknown| !unknown.message.is_empty());
        let said = said.map_or_else(String::new, |unknown| format!(" ({})", unknown.message.trim_end_matches('.')));
        let path = first.map_or_else(String::new, |unknown| format!("`{}`", unknown.path));
        found.add(
            Told::new(
                Class::Unknown,
                Level::Medium,
                "organization",
                format!("{part}{of} could not be read, since {why}{said}"),
            )
            .permits("it may be as declared or wide open; nothing is said of it")
            .mend(format!("review with a token that may read {path}"))
            .facts(None, word.to_owned())
            .key(format!("{part} {why}")),
        );
    }
}

fn unread<'a>(view: &View<'a>) -> Unread<'a> {
    let actual = view.actual;
    let mut all = Unread::new();
    let mut take = |part: &'static str, name: &str, unknown: Option<&'a Unknown>| {
        if let Some(unknown) = unknown {
            all.entry((part, unknown.refusal)).or_default().push((name.to_owned(), unknown));
        }
    };
    take("the organization's defaults", "", actual.defaults.unknown());
    take("the members", "", actual.members.unknown());
    take("the teams", "", actual.teams.unknown());
    take("the organization's long-lived tokens", "", actual.tokens.unknown());
    take("the OIDC issuers", "", actual.issuers.unknown());
    take("the custom roles", "", actual.roles.unknown());
    take("the stacks", "", actual.stacks.unknown());
    take("the ESC environments", "", actual.environments.unknown());
    for (name, _, team) in view.teams() {
        take("the members", name, team.members.unknown());
        take("the stack grants", name, team.stacks.unknown());
        take("the environment grants", name, team.environments.unknown());
        take("the roles", name, team.roles.unknown());
        take("the long-lived tokens", name, team.tokens.unknown());
    }
    for (url, _, issuer) in view.issuers() {
        take("the policies", url, issuer.policies.unknown());
    }
    // Nothing was asked of others.
    for (name, stack) in view.declared_stacks() {
        take("the creators", name, stack.creator.unknown());
        take("the settings of Pulumi Deployments", name, stack.deployment.unknown());
    }
    let declared = view.declared_environments();
    for (name, environment) in view.environments().filter(|(name, _)| declared.contains(name)) {
        take("the gates", name, environment.gates.unknown());
    }
    all
}
