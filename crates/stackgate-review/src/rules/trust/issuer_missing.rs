//! Every issuer that was declared is registered.
//!
//! Without its issuer no job of a CI system can exchange its token: nothing is deployed by it, and whoever needs a deploy
//! will store a token.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "without": {"oidcIssuers": ["https://token.actions.githubusercontent.com"]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "name": "another name for people"}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-missing", group: Group::Trust, text: include_str!("issuer_missing.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(there) = view.actual.issuers.here() else { return };
    for (url, issuer) in &view.fragment().issuers {
        if issuer.policies.is_empty() || there.contains_key(url) {
            continue;
        }
        // A slash at the end is another issuer: the URL is compared with a token's `iss` to the letter.
        let nearly = there.keys().find(|other| other.trim_end_matches('/') == url.trim_end_matches('/'));
        let what = match nearly {
            Some(other) => format!("the issuer `{url}` is registered as `{other}`"),
            None => format!("the issuer `{url}` is not registered"),
        };
        found.add(
            Told::new(Class::Missing, Level::Medium, format!("issuer {url}"), what)
                .permits("no job of its pipelines gets a token, so that nothing is deployed by them")
                .mend(APPLY),
        );
    }
}
