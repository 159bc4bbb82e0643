//! Every policy that was declared is there, and admits its jobs.
//!
//! Without it, or with a rule more, the job that it is for gets no token, and nothing is deployed. The access program
//! replaces the whole list of an issuer, so that a policy that is gone was taken away by somebody else.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-1", "body": {"policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-preview", "authorizedPermissions": [],
//!    "rules": {"aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:pull_request"}}]}}
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

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::policies::{Change, Pair, pairs, rules_of, token_of};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "policy-lacking", group: Group::Trust, text: include_str!("policy_lacking.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let Some(there) = issuer.policies.here() else { continue };
        for pair in pairs(&declared.policies, there) {
            let (class, what, wanted, actual) = match pair {
                Pair::Missing(policy) => {
                    let sub =
                        policy.rules.get("sub").map_or_else(String::new, |sub| format!(" and the subject `{sub}`"));
                    let what = format!("the policy of `{url}` for {}{sub} is not there", token_of(policy));
                    (Class::Missing, what, policy, None)
                }
                // One that widens too was told already; what it refuses is told as well.
                Pair::Changed(wanted, policy, changes) => {
                    let narrower: Vec<String> =
                        changes.iter().filter(|change| change.narrows).map(|change| sentence(change)).collect();
                    if narrower.is_empty() {
                        continue;
                    }
                    let what = format!(
                        "the policy of `{url}` for {} asks for more than was declared ({})",
                        token_of(policy),
                        narrower.join("; ")
                    );
                    (Class::Narrowed, what, wanted, Some(policy))
                }
                Pair::Additional(_) => continue,
            };
            found.add(
                Told::new(class, Level::Low, format!("issuer {url}"), what)
                    .permits("jobs that it was declared for no longer get the token")
                    .mend(APPLY)
                    .facts(rules_of(wanted), actual.map(rules_of)),
            );
        }
    }
}

fn sentence(change: &Change<'_>) -> String {
    match (change.declared, change.actual) {
        (Some(declared), Some(actual)) => format!("`{}` is `{actual}`, not `{declared}`", change.claim),
        (_, actual) => format!("`{}` must be `{}` too", change.claim, actual.unwrap_or_default()),
    }
}
