//! An issuer's keys are those that were declared.
//!
//! Where a key set is kept in Pulumi Cloud, whoever has the private half of one of its keys signs any token of that
//! issuer, for any team. Where none is declared, Pulumi Cloud fetches the keys from the issuer's own address; a key set
//! that somebody put there takes the place of that.
//!
//! Instead: find out who changed the keys, and apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com",
//!    "jwks": {"keys": [{"kty": "RSA", "kid": "theirs", "n": "AQAB", "e": "AQAB"}]}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/oidc/issuers", "body": {"oidcIssuers": [
//!   {"url": "https://token.actions.githubusercontent.com", "jwks": null}]}}
//! ```

use std::collections::BTreeSet;

use serde_json::Value;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "issuer-keys", group: Group::Trust, text: include_str!("issuer_keys.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (url, declared, issuer) in view.both_issuers() {
        let (wanted, there) = (keys(declared.jwks.as_ref()), keys(issuer.jwks.as_ref()));
        if wanted == there {
            continue;
        }
        let (class, level, what, permits) = if there.is_empty() {
            (
                Class::Missing,
                Level::Medium,
                format!("the issuer `{url}` has no key set of its own, as declared"),
                "Pulumi Cloud asks the issuer's address for keys, and believes whoever answers there".to_owned(),
            )
        } else if there.is_subset(&wanted) {
            (
                Class::Narrowed,
                Level::Low,
                format!("the issuer `{url}` lacks declared keys"),
                "tokens that are signed with them are refused".to_owned(),
            )
        } else {
            let more: Vec<String> = there.difference(&wanted).map(|key| name(key)).collect();
            (
                Class::Widened,
                Level::High,
                format!("the issuer `{url}` has keys that nobody declared ({})", more.join(", ")),
                "whoever has their private halves signs a token for any team of this issuer".to_owned(),
            )
        };
        found.add(Told::new(class, level, format!("issuer {url}"), what).permits(permits).mend(APPLY));
    }
}

/// The keys of a set, each as canonical JSON of what makes it that key. Order means nothing, and neither do empty fields.
fn keys(set: Option<&Value>) -> BTreeSet<String> {
    let all = set.and_then(|set| set.get("keys")).and_then(Value::as_array);
    all.into_iter().flatten().map(canonical).collect()
}

fn canonical(key: &Value) -> String {
    let Some(fields) = key.as_object() else { return key.to_string() };
    let empty =
        |value: &Value| value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
    let mut fields: Vec<(&String, &Value)> = fields.iter().filter(|(_, value)| !empty(value)).collect();
    fields.sort_by_key(|(name, _)| *name);
    fields.iter().map(|(name, value)| format!("{name}={value};")).collect()
}

/// What a key is called, or which algorithm it is of.
fn name(key: &str) -> String {
    let field = |wanted: &str| key.split(';').find_map(|field| field.strip_prefix(wanted));
    field("kid=")
        .or_else(|| field("kty="))
        .map_or_else(|| "one without a name".into(), |name| format!("`{}`", name.trim_matches('"')))
}
