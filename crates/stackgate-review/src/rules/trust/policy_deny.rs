//! No policy denies what was declared to be allowed.
//!
//! A deny that matches always wins, whatever is allowed. stackgate declares none, so that one that is there was written by
//! hand: it may be a brake that somebody pulled in an emergency, and forgot.
//!
//! Instead: apply the access program, which replaces the whole list, once you know why it is there.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:pull_request"}},
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production"}},
//!   {"decision": "deny", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"sub": "repo:acme/app:*"}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:pull_request"}},
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production"}}]}}
//! ```

use stackgate_report::Level;
use stackgate_trust::{Decision, Pattern, Policy, TokenType};

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::policies::{rules_of, token_of};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "policy-deny", group: Group::Trust, text: include_str!("policy_deny.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let there = issuer.policies.here().into_iter().flatten();
        for policy in there.filter(|policy| policy.decision == Decision::Deny) {
            let stops = declared.policies.iter().filter(|allowed| may_stop(policy, allowed)).map(token_of).next();
            let (level, permits) = match stops {
                Some(token) => (Level::Low, format!("jobs that were meant to get {token} may be refused")),
                None => (Level::Notice, "nothing: no declared policy allows what it denies".to_owned()),
            };
            let rules = rules_of(policy);
            let what = format!("a policy of `{url}` denies {} to jobs with {rules}", token_of(policy));
            found.add(
                Told::new(Class::Narrowed, level, format!("issuer {url}"), what)
                    .permits(permits)
                    .mend(APPLY)
                    .facts(None, rules),
            );
        }
    }
}

/// Whether a job can be both what is allowed and what is denied.
fn may_stop(deny: &Policy, allow: &Policy) -> bool {
    let team = |policy: &Policy| Pattern::new(policy.team_name.as_deref().unwrap_or_default());
    deny.token_type == TokenType::Team
        && allow.token_type == TokenType::Team
        && team(deny).meets(&team(allow))
        && deny.rules.iter().all(|(claim, pattern)| {
            allow.rules.get(claim).is_none_or(|other| Pattern::new(pattern).meets(&Pattern::new(other)))
        })
}
