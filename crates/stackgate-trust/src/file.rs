//! Files that people give: policies to be tried, and a token to be asked about.
//!
//! What must hold: a file that is not wholly understood is refused, with the place in it; a token is decoded and nothing
//! else: its signature is Pulumi Cloud's to check.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use stackgate_provider::{Claims, fault_of_issuer};

use crate::path;
use crate::policy::{Policy, TokenType};

/// Bytes that either file may have.
pub const LARGEST: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Issuer {
    url: String,
    policies: Vec<Value>,
}

/// Policies by issuer, from what `trust policies --format json` prints, from a fragment, or from what Pulumi Cloud's API
/// answers; the last does not say its issuer, so that `issuer` must.
///
/// # Errors
/// Everything that is wrong with the file, each as a sentence.
pub fn policies(text: &str, issuer: Option<&str>) -> Result<IndexMap<String, Vec<Policy>>, Vec<String>> {
    let value: Value = serde_json::from_str(text).map_err(|error| vec![format!("it is not JSON: {error}")])?;
    let mut lists: Vec<(String, Vec<Value>)> = Vec::new();
    match (value.get("issuers"), value.get("policies")) {
        (Some(Value::Array(issuers)), None) => {
            for (index, one) in issuers.iter().enumerate() {
                let one: Issuer = serde_json::from_value(one.clone())
                    .map_err(|error| vec![format!("issuer {}: {error}", index + 1)])?;
                lists.push((one.url, one.policies));
            }
        }
        (Some(Value::Object(issuers)), None) => {
            for (url, one) in issuers {
                let Some(Value::Array(policies)) = one.get("policies") else {
                    return Err(vec![format!("the issuer `{url}` has no list `policies`")]);
                };
                lists.push((url.clone(), policies.clone()));
            }
        }
        (None, Some(Value::Array(policies))) => {
            let own = value.get("url").or_else(|| value.get("issuer")).and_then(Value::as_str);
            let Some(url) = own.or(issuer) else {
                return Err(vec!["it does not say for which issuer its policies are: add `--issuer URL`".to_owned()]);
            };
            lists.push((url.to_owned(), policies.clone()));
        }
        _ => return Err(vec!["it has neither a list `policies` nor `issuers`".to_owned()]),
    }
    let mut faults = Vec::new();
    let mut read: IndexMap<String, Vec<Policy>> = IndexMap::new();
    for (url, policies) in lists {
        if let Some(fault) = fault_of_issuer(&url) {
            faults.push(format!("`{url}` is no issuer: {fault}"));
        }
        let list = read.entry(url).or_default();
        for (index, value) in policies.into_iter().enumerate() {
            match policy(value) {
                Ok(policy) => list.push(policy),
                Err(fault) => faults.push(format!("policy {}: {fault}", index + 1)),
            }
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// One policy in the form of Pulumi Cloud's API.
///
/// # Errors
/// What is wrong with it: a key that is not known, or a form that the token type does not have.
pub fn policy(value: Value) -> Result<Policy, String> {
    let policy: Policy = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let of = match policy.token_type {
        TokenType::Organization => Some(("", &None)),
        TokenType::Team => Some(("teamName", &policy.team_name)),
        TokenType::Personal => Some(("userLogin", &policy.user_login)),
        TokenType::Runner => Some(("runnerID", &policy.runner_id)),
    };
    if let Some((key, of)) = of
        && !key.is_empty()
        && of.as_deref().unwrap_or_default().is_empty()
    {
        return Err(format!("a policy of this token type needs `{key}`"));
    }
    match policy.rules.keys().find(|claim| path::keys(claim).is_none()) {
        Some(claim) => Err(format!("`{claim}` is no path of a claim: a key with a dot stands between double quotes")),
        None => Ok(policy),
    }
}

/// The claims of a signed JSON Web Token.
///
/// # Errors
/// When it is no such thing, as the end of a sentence.
pub fn token(text: &str) -> Result<Claims, &'static str> {
    let parts: Vec<&str> = text.trim().split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err("it is not three parts with dots between") };
    let object = |part: &str| -> Option<Claims> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    let header = object(header).ok_or("its header is not a JSON object in base64url")?;
    let claims = object(claims).ok_or("its claims are not a JSON object in base64url")?;
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or("none");
    if algorithm.eq_ignore_ascii_case("none") || signature.is_empty() {
        return Err("it is not signed");
    }
    if URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).is_err() {
        return Err("its signature is not base64url");
    }
    if !claims.get("iss").is_some_and(Value::is_string) {
        return Err("it names no issuer");
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_three_parts_signed_and_has_an_issuer() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let (header, claims) = (part(r#"{"alg":"RS256"}"#), part(r#"{"iss":"https://issuer","sub":"x"}"#));
        assert_eq!(token(&format!("{header}.{claims}.c2ln\n")).unwrap()["sub"], "x");
        for malformed in [
            String::new(),
            format!("{header}.{claims}"),
            format!("{header}.{claims}."),
            format!("{}.{claims}.c2ln", part(r#"{"alg":"none"}"#)),
            format!("{header}.{}.c2ln", part(r#"{"sub":"x"}"#)),
            format!("{header}.{}.c2ln", part("[]")),
            format!("{header}.&&&.c2ln"),
            format!("{header}.{claims}.&&"),
        ] {
            assert!(token(&malformed).is_err(), "{malformed}");
        }
    }

    #[test]
    fn policies_are_read_in_the_forms_that_there_are() {
        let one =
            r#"{"decision":"allow","tokenType":"team","teamName":"t","authorizedPermissions":[],"rules":{"sub":"x"}}"#;
        let bare = format!(r#"{{"id":"1","version":2,"policies":[{one}]}}"#);
        assert_eq!(policies(&bare, Some("https://i")).unwrap()["https://i"].len(), 1);
        assert!(policies(&bare, None).unwrap_err()[0].contains("--issuer"));
        let list = format!(r#"{{"issuers":[{{"url":"https://i","policies":[{one}]}}]}}"#);
        assert_eq!(policies(&list, None).unwrap()["https://i"][0].team_name.as_deref(), Some("t"));
        let wrong = r#"{"issuers":[{"url":"http://i/","policies":[
            {"decision":"maybe","tokenType":"team","teamName":"t","rules":{}},
            {"decision":"allow","tokenType":"team","rules":{}},
            {"decision":"allow","tokenType":"team","teamName":"t","rules":{"a..b":"x"}},
            {"decision":"allow","tokenType":"team","teamName":"t","rules":{},"more":1}]}]}"#;
        assert_eq!(policies(wrong, None).unwrap_err().len(), 5);
    }
}
