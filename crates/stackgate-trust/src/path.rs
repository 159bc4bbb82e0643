//! Paths of claims: `sub`, `"kubernetes.io".pod.name`.
//!
//! What must hold: a key with a dot stands between double quotes; a path that cannot be read names no claim. Source: "OIDC
//! issuers" in Pulumi's documentation.

use serde_json::Value;
use stackgate_provider::Claims;

/// The keys of a path, outermost first; `None` where it is malformed.
pub fn keys(path: &str) -> Option<Vec<&str>> {
    let mut keys = Vec::new();
    let mut rest = path;
    loop {
        let (key, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if key.is_empty() || (!rest.starts_with('"') && key.contains('"')) {
            return None;
        }
        keys.push(key);
        if after.is_empty() {
            return Some(keys);
        }
        rest = after.strip_prefix('.')?;
    }
}

/// The claim at a path.
pub fn claim<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    let keys = keys(path)?;
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(claims.get(*first)?, |value, key| value.get(*key))
}

/// The claim at a path, to be changed.
pub(crate) fn claim_mut<'a>(claims: &'a mut Claims, path: &str) -> Option<&'a mut Value> {
    let keys = keys(path)?;
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(claims.get_mut(*first)?, |value, key| value.get_mut(*key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_with_a_dot_stands_between_quotes() {
        assert_eq!(keys("sub").unwrap(), ["sub"]);
        assert_eq!(keys("a.b").unwrap(), ["a", "b"]);
        assert_eq!(keys("\"kubernetes.io\".pod.name").unwrap(), ["kubernetes.io", "pod", "name"]);
        assert_eq!(keys("\"oidc.circleci.com/project-id\"").unwrap(), ["oidc.circleci.com/project-id"]);
        for malformed in ["", ".", "a.", ".a", "a..b", "\"a", "\"\"", "\"a\"b", "a\"b\""] {
            assert_eq!(keys(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn nested_claims_are_found() {
        let claims = json!({ "kubernetes.io": { "pod": { "name": "x" } }, "sub": "y" });
        let claims = claims.as_object().unwrap();
        assert_eq!(claim(claims, "\"kubernetes.io\".pod.name"), Some(&json!("x")));
        assert_eq!(claim(claims, "kubernetes.io.pod.name"), None);
        assert_eq!(claim(claims, "sub.x"), None);
    }
}
