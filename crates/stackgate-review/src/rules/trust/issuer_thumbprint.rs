//! A thumbprint is one that a certificate can have.
//!
//! Thumbprints are the SHA-256 of a certificate, in 64 small hexadecimal digits. Pulumi Cloud falls back on them where the
//! certificate of an issuer is not signed by an authority that it knows; what has another form matches nothing, so that
//! somebody believes in a pin that is none. stackgate declares no thumbprints.
//!
//! Instead: take it out. GitHub's certificate changes every 90 days, so that a pinned one does not last either.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "thumbprints": ["6938FD4D98BAB03FAADB97B34396831E3780AEA1"]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com",
//!    "thumbprints": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::listed;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-thumbprint", group: Group::Trust, text: include_str!("issuer_thumbprint.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, _, issuer) in view.issuers() {
        let hex =
            |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let wrong: Vec<&str> = issuer.thumbprints.iter().map(String::as_str).filter(|text| !hex(text)).collect();
        if wrong.is_empty() {
            continue;
        }
        let what = format!("the issuer `{url}` has thumbprints that no certificate has ({})", listed(wrong));
        let body = serde_json::json!({ "name": issuer.name, "thumbprints": [] });
        found.add(
            Told::new(Class::NotDeclared, Level::Low, format!("issuer {url}"), what)
                .permits("nothing; somebody believes in a pin that is none")
                .mend(view.commands.org("PATCH", &["oidc", "issuers", &issuer.id], Some(&body))),
        );
    }
}
