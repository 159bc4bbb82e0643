//! Every policy that allows was declared.
//!
//! A policy that somebody added hands out tokens that nobody reviewed: a team's token to another job; with the kind
//! `organization`, `personal` or `runner` a token that does more than any team here; with `admin` everything. stackgate
//! declares team tokens alone. One that admits nothing which a declared policy does not admit is a notice.
//!
//! Instead: apply the access program, which replaces the whole list, and find out who added it.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production"}},
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:pull_request"}},
//!   {"decision": "allow", "tokenType": "organization", "authorizedPermissions": ["admin"],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/tools:ref:refs/heads/main"}}]}}
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
use stackgate_trust::{Decision, Pattern, Policy, TokenType, is_wildcard};

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::policies::{Pair, adds_nothing, is_admin, pairs, rules_of, token_of};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "policy-not-declared", group: Group::Trust, text: include_str!("policy_not_declared.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let Some(there) = issuer.policies.here() else { continue };
        for pair in pairs(&declared.policies, there) {
            let Pair::Additional(policy) = pair else { continue };
            if policy.decision == Decision::Deny {
                continue;
            }
            let token = token_of(policy);
            let rules = rules_of(policy);
            let (level, permits) = if adds_nothing(&declared.policies, policy) {
                (Level::Notice, "nothing more: a declared policy admits the same jobs and others".to_owned())
            } else {
                (level(view, policy), format!("every job whose token has these claims gets {token}"))
            };
            found.add(
                Told::new(
                    Class::NotDeclared,
                    level,
                    format!("issuer {url}"),
                    format!("nobody declared the policy of `{url}` that gives {token} to jobs with {rules}"),
                )
                .permits(permits)
                .mend(APPLY)
                .facts(None, rules),
            );
        }
    }
}

fn level(view: &View<'_>, policy: &Policy) -> Level {
    let sub = policy.rules.get("sub");
    let anybody = sub.is_none_or(|pattern| Pattern::new(pattern).says_nothing());
    let team = policy.team_name.as_deref().unwrap_or_default();
    match policy.token_type {
        _ if anybody || is_admin(policy) => Level::Critical,
        TokenType::Team if team.contains(is_wildcard) => Level::Critical,
        TokenType::Team => view.reach(team).max(Level::Medium),
        TokenType::Organization | TokenType::Personal | TokenType::Runner => Level::High,
    }
}
