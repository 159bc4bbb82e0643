//! OIDC issuers and their policies.
//!
//! What must hold: a policy of a form that is not wholly understood makes the list unknown, for it might admit anybody.
//! Source: `OidcIssuerRegistrationResponse` and `AuthPolicy` of Pulumi Cloud's OpenAPI document.

use indexmap::IndexMap;
use serde_json::Value;
use stackgate_trust::{Policy, read_policy};

use super::ask::{List, each, known, one, pages, unknown};
use super::field::{At, Fault};
use super::{Progress, put, sorted};
use crate::actual::{Issuer, Known, Refusal, Unknown};
use crate::api::Api;
use crate::{path, secret};

pub(super) fn issuers(
    api: &dyn Api,
    org: &str,
    progress: &mut dyn Progress,
) -> Result<IndexMap<String, Issuer>, Unknown> {
    let path = path::issuers(org);
    let mut issuers = IndexMap::new();
    pages(api, &List { path: &path, token: "continuationToken" }, |page| {
        page.list("oidcIssuers")?.iter().try_for_each(|at| put(&mut issuers, at, at.name("url")?, issuer(at)?))
    })?;
    progress.at("issuers", 0, issuers.len());
    let all: Vec<(String, Issuer)> = issuers.into_iter().collect();
    let full = each(
        &all,
        |(url, issuer)| {
            let policies = known(policies(api, &path::policies(org, &issuer.id)));
            (url.clone(), Issuer { policies, ..issuer.clone() })
        },
        |done| progress.at("issuers", done, all.len()),
    );
    Ok(sorted(full.into_iter().collect()))
}

fn issuer(at: &At) -> Result<Issuer, Fault> {
    let mut thumbprints = Vec::new();
    for one in at.opt_list("thumbprints")?.unwrap_or_default() {
        thumbprints.push(one.text()?.to_owned());
    }
    thumbprints.sort_unstable();
    Ok(Issuer {
        id: at.name("id")?,
        name: at.get("name")?.text()?.to_owned(),
        max_expiration_seconds: at.opt_count("maxExpiration")?,
        last_used: at.opt_time("lastUsed")?,
        jwks: at.opt("jwks")?.map(|jwks| secret::taken_out(jwks.value())),
        thumbprints,
        policies: Known::Unknown(unknown("", Refusal::Stopped, "it was not asked yet")),
    })
}

fn policies(api: &dyn Api, path: &str) -> Result<Vec<Policy>, Unknown> {
    one(api, path, |top| top.list("policies")?.iter().map(policy).collect())
}

/// A policy. A Go server may write a key that is not set as `null` or as an empty string.
fn policy(at: &At) -> Result<Policy, Fault> {
    let Value::Object(entries) = at.value() else { return Err(at.fault("is no object")) };
    let set = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let entries = entries.iter().filter(|(_, value)| set(value)).map(|(key, value)| (key.clone(), value.clone()));
    read_policy(Value::Object(entries.collect()))
        .map_err(|fault| at.fault(&format!("is of a form that this stackgate does not know: {fault}")))
}
