//! Every registered issuer is in use.
//!
//! An issuer that nobody used for 90 days is trust that nobody would miss and nobody watches: a CI system that was given
//! up, whose host name somebody else may register one day. One that was never used is a notice; it may be new.
//!
//! Instead: take the repository out of the organization's spec, or delete the issuer.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "lastUsed": "2025-01-01T00:00:00Z"}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "lastUsed": "2025-11-20T00:00:00Z"}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::{STALE_DAYS, days};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-stale", group: Group::Trust, text: include_str!("issuer_stale.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, _, issuer) in view.issuers() {
        let (level, what, key) = match issuer.last_used.map(|then| days(then, view.now)) {
            Some(days) if days <= STALE_DAYS => continue,
            Some(days) => (Level::Low, format!("the issuer `{url}` was last used {days} days ago"), "stale"),
            None => (Level::Notice, format!("the issuer `{url}` was never used"), "never used"),
        };
        let mend = view.commands.org("DELETE", &["oidc", "issuers", &issuer.id], None);
        found.add(
            Told::new(Class::Stale, level, format!("issuer {url}"), what)
                .permits("whoever comes to sign for it is trusted, and nobody watches")
                .mend(format!("if nothing needs it: take its repositories out of the organization's spec, and {mend}"))
                .key(key),
        );
    }
}
