//! Every issuer that is registered was declared.
//!
//! An issuer's keys decide whose tokens are believed. One that nobody declared, with a policy that allows, lets somebody
//! else's CI system, or anybody who can put a key set on a web server, have this organization's tokens.
//!
//! Instead: delete it, or declare the repository whose pipelines run there.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"id": "issuer-9", "name": "mine", "url": "https://keys.example.net", "maxExpiration": 90000}]}}
//! {"path": "/api/orgs/acme/auth/policies/oidcissuers/issuer-9", "body": {"id": "p-9", "policies": [
//!   {"decision": "allow", "tokenType": "team", "teamName": "app-production", "authorizedPermissions": [],
//!    "rules": {"sub": "me"}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "name": "another name for people"}]}}
//! ```

use stackgate_cloud::Known;
use stackgate_report::Level;
use stackgate_trust::{Decision, TokenType};

use crate::difference::{Class, Told};
use crate::policies::{is_admin, token_of};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-not-declared", group: Group::Trust, text: include_str!("issuer_not_declared.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.issuers() {
        if declared.is_some() {
            continue;
        }
        let (level, permits) = match &issuer.policies {
            Known::Unknown(_) => {
                (Level::High, "what its policies allow could not be read; it may be anything".to_owned())
            }
            Known::Here(policies) => {
                let allow = policies.iter().filter(|policy| policy.decision == Decision::Allow);
                let worst = allow
                    .map(|policy| {
                        let level = match policy.token_type {
                            _ if is_admin(policy) => Level::Critical,
                            TokenType::Team => {
                                view.reach(policy.team_name.as_deref().unwrap_or_default()).max(Level::Medium)
                            }
                            _ => Level::High,
                        };
                        (level, token_of(policy))
                    })
                    .max();
                match worst {
                    Some((level, token)) => (level, format!("whoever signs for it gets {token}")),
                    None => (Level::Low, "nothing yet: it has no policy that allows".to_owned()),
                }
            }
        };
        found.add(
            Told::new(
                Class::NotDeclared,
                level,
                format!("issuer {url}"),
                format!("nobody declared the issuer `{url}` ({})", issuer.name),
            )
            .key(permits.clone())
            .permits(permits)
            .mend(format!(
                "{}, or declare the repository whose pipelines it is for",
                view.commands.org("DELETE", &["oidc", "issuers", &issuer.id], None)
            )),
        );
    }
}
