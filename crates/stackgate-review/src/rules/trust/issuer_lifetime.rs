//! Tokens of an issuer live as long as was declared.
//!
//! An issuer's longest life of a token is that of the longest stage. With more, a token that leaks from a job is good for
//! longer than any job; without a limit of its own it is 25 hours. With less, a long deploy loses its token half-way.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "maxExpiration": 90000}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "maxExpiration": 3600}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::duration::shown;
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-lifetime", group: Group::Trust, text: include_str!("issuer_lifetime.rs"), check };

/// What holds where an issuer has no limit of its own. Source: "OIDC issuers" in Pulumi's documentation.
const UNSET: u64 = 25 * 3600;

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let wanted = u64::from(declared.max_expiration_seconds);
        let actual = issuer.max_expiration_seconds.filter(|seconds| *seconds > 0).unwrap_or(UNSET);
        if wanted == actual {
            continue;
        }
        let (class, level, permits) = if actual > wanted {
            (Class::Widened, Level::Medium, "a token that leaks from a job is good for longer than any job")
        } else {
            (Class::Narrowed, Level::Low, "a long deploy loses its token half-way")
        };
        let what = format!("tokens of the issuer `{url}` live up to {}, not {}", shown(actual), shown(wanted));
        found.add(
            Told::new(class, level, format!("issuer {url}"), what)
                .permits(permits)
                .mend(APPLY)
                .facts(shown(wanted), shown(actual)),
        );
    }
}
