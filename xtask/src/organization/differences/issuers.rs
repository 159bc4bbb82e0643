//! Differences of issuers: who signs for this organization's jobs.

use serde_json::{Value, json};
use stackgate_cloud_fixtures::{id, instant};

use super::{Kind, Plot, kind, words};

const DAY: i64 = 86_400;

pub(super) const KINDS: &[Kind] = &[
    kind("issuer-not-declared", "issuer-not-declared", "not-declared", "high", |plot| {
        let url = plot.take("issuer", (1..50).map(|number| format!("https://keys-{number}.example.net")).collect())?;
        let team = plot.production_team()?;
        let (own, taken) = (id(&url), plot.world.taken);
        let body = json!({
            "id": own, "name": "mine", "url": url, "issuer": url, "created": instant(taken - DAY),
            "modified": instant(taken - DAY), "lastUsed": instant(taken - 3_600), "maxExpiration": 90_000,
        });
        let policy = json!({
            "decision": "allow", "tokenType": "team", "teamName": team, "authorizedPermissions": [],
            "rules": { "aud": "urn:pulumi:org:acme", "sub": "me" },
        });
        plot.world.issuers.insert(url.clone(), body);
        let policies = json!({ "id": id(&format!("policies of {url}")), "version": 1, "policies": [policy] });
        plot.world.policies.insert(own, policies);
        words([&format!("`{url}`")])
    }),
    kind("issuer-missing", "issuer-missing", "missing", "medium", |plot| {
        let url = issuer(plot)?;
        let gone = plot.world.issuers.remove(&url)?;
        plot.world.policies.remove(gone["id"].as_str()?);
        words([&format!("`{url}` is not registered")])
    }),
    kind("issuer-longer", "issuer-lifetime", "widened", "medium", |plot| {
        change(plot, "live up to", |body, _| body["maxExpiration"] = json!(86_400))
    }),
    kind("issuer-shorter", "issuer-lifetime", "narrowed", "low", |plot| {
        change(plot, "live up to", |body, _| body["maxExpiration"] = json!(600))
    }),
    kind("issuer-keys", "issuer-keys", "widened", "high", |plot| {
        let keys = json!({ "keys": [{ "kty": "RSA", "kid": "theirs", "use": "sig", "n": "sXch", "e": "AQAB" }] });
        change(plot, "theirs", |body, _| body["jwks"] = keys)
    }),
    kind("issuer-stale", "issuer-stale", "stale", "low", |plot| {
        change(plot, "last used", |body, taken| body["lastUsed"] = json!(instant(taken - 200 * DAY)))
    }),
    kind("issuer-thumbprint", "issuer-thumbprint", "not-declared", "low", |plot| {
        let sha1 = "6938FD4D98BAB03FAADB97B34396831E3780AEA1";
        change(plot, sha1, |body, _| body["thumbprints"] = json!([sha1]))
    }),
];

/// An issuer of one repository alone, so that the policies of no other are touched.
fn issuer(plot: &mut Plot<'_>) -> Option<String> {
    let own = plot.declared.issuers.keys().filter(|url| url.contains("/job/"));
    let all = own.cloned().collect();
    plot.take("issuer", all)
}

fn change(plot: &mut Plot<'_>, what: &str, change: impl FnOnce(&mut Value, i64)) -> Option<Vec<String>> {
    let url = issuer(plot)?;
    let taken = plot.world.taken;
    change(plot.world.issuers.get_mut(&url)?, taken);
    words([&format!("`{url}`"), what])
}
