//! A policy that denies stands in nobody's way, and is not relied on.
//!
//! A deny always wins over an allow. Neither the order of policies nor how closely they fit means anything. So a
//! deny that covers an allow switches it off for good. And a deny is about the tokens of its own team alone: where
//! it is to keep pull requests out of a wide allow, the same job still has the token of every other team whose
//! policy it fits.
//!
//! Instead: leave the deny out, and let the allow ask for exactly the job that it is for; what nothing allows is
//! refused.
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
//!       "decision": "deny",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"sub": "repo:acme/app:*"}
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
//!         "sub": "repo:acme/app:*",
//!         "repository_id": "4242",
//!         "repository_owner_id": "77"
//!       }
//!     },
//!     {
//!       "decision": "deny",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"sub": "repo:acme/app:pull_request"}
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
//!       "decision": "deny",
//!       "tokenType": "team",
//!       "teamName": "db-production",
//!       "authorizedPermissions": [],
//!       "rules": {"sub": "repo:acme/app:*"}
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
//!       "decision": "deny",
//!       "tokenType": "team",
//!       "teamName": "app-production",
//!       "authorizedPermissions": [],
//!       "rules": {"sub": "repo:acme/app:pull_request"}
//!     }
//!   ]
//! }
//! ```

use stackgate_facts::Place;
use stackgate_trust::{Decision, Pattern};

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};
use crate::view::{Asks, View, allows, policies};

pub(super) static RULE: AuditRule = AuditRule {
    id: "deny-shadow",
    group: Group::Policies,
    severity: Severity::Medium,
    providers: &["pulumi"],
    text: include_str!("deny_shadow.rs"),
    check: Check::Policies(check),
};

fn check(subject: &PoliciesSubject, findings: &mut Findings) {
    let allowed: Vec<(View<'_>, Asks)> = allows(subject).map(|view| (view, view.asks())).collect();
    for deny in policies(subject).filter(|view| view.policy.decision == Decision::Deny) {
        let asks = deny.asks();
        let meets = allowed.iter().filter(|(allow, theirs)| is_about(&deny, allow) && asks.meets(theirs));
        let (whole, part): (Vec<View<'_>>, Vec<View<'_>>) =
            meets.map(|(allow, _)| *allow).partition(|allow| covers(&deny, allow));
        let help = "leave the deny out, and let the allow ask for exactly the job that it is for";
        if !whole.is_empty() {
            let message = format!("{} always wins, so that {} never give a token", deny.name(), names(&whole));
            findings.add(deny.about(), Place::default(), message, help);
        }
        if !part.is_empty() {
            let message = format!(
                "{} takes away a part of what {} give; a deny is about one team's token, and no other team's is denied to such \
                 a job",
                deny.name(),
                names(&part)
            );
            findings.add_as(Severity::Low, deny.about(), Place::default(), message, help);
        }
    }
}

fn names(views: &[View<'_>]) -> String {
    let numbers: Vec<String> = views.iter().map(|view| view.number().to_string()).collect();
    format!("the issuer's policies {}", numbers.join(", "))
}

/// Whether both are about the same kind of token of the same issuer, and some team is what both name.
fn is_about(deny: &View<'_>, allow: &View<'_>) -> bool {
    let name = |view: &View<'_>| Pattern::new(view.of().unwrap_or_default());
    deny.issuer.url == allow.issuer.url
        && deny.policy.token_type == allow.policy.token_type
        && name(deny).meets(&name(allow))
}

/// Whether the deny holds wherever the allow does, as far as can be told without trying every text.
fn covers(deny: &View<'_>, allow: &View<'_>) -> bool {
    let wider = |theirs: &str, ours: &str| {
        theirs == "*" || theirs == ours || (!ours.contains(['*', '?', '.']) && Pattern::new(theirs).matches(ours))
    };
    wider(deny.of().unwrap_or_default(), allow.of().unwrap_or_default())
        && deny
            .policy
            .rules
            .iter()
            .all(|(claim, text)| allow.policy.rules.get(claim).is_some_and(|ours| wider(text, ours)))
}
