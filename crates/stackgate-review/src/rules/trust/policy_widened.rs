//! A policy admits the jobs that it was declared for, and no others.
//!
//! A policy hands a team's token to every job whose token has the claims that it asks for. A rule that was taken away, or a
//! pattern that was opened, admits more of them: without the environment in `sub` a job that no reviewer approved, with
//! `repo:acme/app:*` a pull request, without `sub` any repository of the CI system. Patterns are compared as Pulumi Cloud
//! reads them, where `*` is any text, `?` one character or none, and `.` exactly one.
//!
//! Instead: apply the access program, and find out who changed the policy; `stackgate logs` says it.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:*"}},
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:pull_request"}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"sub": "repo:acme/app:pull_request", "aud": "urn:pulumi:org:acme"}},
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"sub": "repo:acme/app:environment:production", "aud": "urn:pulumi:org:acme"}}]}}
//! ```

use stackgate_report::Level;
use stackgate_trust::{Decision, Pattern};

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::policies::{Change, Pair, pairs, rules_of, token_of};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::listed;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "policy-widened", group: Group::Trust, text: include_str!("policy_widened.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let Some(there) = issuer.policies.here() else { continue };
        for pair in pairs(&declared.policies, there) {
            let Pair::Changed(wanted, policy, changes) = pair else { continue };
            let wider: Vec<&Change<'_>> = changes.iter().filter(|change| change.widens).collect();
            if wider.is_empty() || policy.decision == Decision::Deny {
                continue;
            }
            let says = says(&wider);
            let token = token_of(policy);
            let reach = view.reach(policy.team_name.as_deref().unwrap_or_default()).max(Level::Medium);
            // Without a subject it is any job of anybody who has an account with the issuer.
            let anybody = wider.iter().any(|change| {
                change.claim == "sub" && change.actual.is_none_or(|pattern| Pattern::new(pattern).says_nothing())
            });
            let (level, permits) = if anybody {
                (Level::Critical, format!("any job of anybody who has an account there gets {token}"))
            } else {
                (reach, format!("jobs that were not meant to get {token} get it"))
            };
            found.add(
                Told::new(
                    Class::Widened,
                    level,
                    format!("issuer {url}"),
                    format!("the policy for {token} asks for less than was declared ({says})"),
                )
                .permits(permits)
                .mend(APPLY)
                .facts(rules_of(wanted), rules_of(policy)),
            );
        }
    }
}

/// What is wider: other patterns one by one, and claims that are not asked for any more as a list.
fn says(wider: &[&Change<'_>]) -> String {
    let mut says: Vec<String> = wider
        .iter()
        .filter_map(|change| Some(format!("`{}` is `{}`, not `{}`", change.claim, change.actual?, change.declared?)))
        .collect();
    let gone: Vec<&str> = wider.iter().filter(|change| change.actual.is_none()).map(|change| change.claim).collect();
    if !gone.is_empty() {
        says.push(format!("{} may be anything", listed(gone)));
    }
    says.join("; ")
}
