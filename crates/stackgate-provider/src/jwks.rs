//! The keys of an OIDC issuer that Pulumi Cloud cannot reach, as a JSON Web Key Set (RFC 7517, RFC 7518).
//!
//! What must hold: a set that passes holds public keys alone, whole and of a strength that is not broken, each with an id of
//! its own; a spec and a file are held to the same. Deliberately absent: kinds of keys that no CI system signs with, and
//! certificates, which nothing here would check.

mod spec;

use serde_json::{Map, Value};
use stackgate_diagnostic::{Limit, Rule, quote};

pub use spec::KeySet;

/// Only public keys belong into a spec.
pub static JWKS_PRIVATE: Rule = Rule {
    id: "jwks-private",
    title: "A key set holds public keys alone",
    why: "Whoever reads a private or a symmetric key can sign any token of the issuer, and with it log in as every pipeline of \
          that issuer. A spec stays in history, where everybody reads it.",
    instead: "Take the set from the issuer's own address, which serves public keys alone. A private key that was written down \
              here is known: make a new one.",
    waivable: false,
};

/// A key is whole.
pub static JWKS_KEY: Rule = Rule {
    id: "jwks-key",
    title: "Every key of a set is whole and strong",
    why: "Pulumi Cloud takes the set as it is, and finds out at the first login: a key that is cut short, or without its id, \
          refuses every job, and a weak one lets others sign.",
    instead: "Copy the set as the issuer serves it: RSA with `n` and `e` and 2048 bits or more, or EC with `crv`, `x` and `y`; \
              each key with a `kid` of its own.",
    waivable: false,
};

/// The most keys of a set.
pub const JWKS_KEYS: Limit = Limit::new("keys of an issuer", 16, &JWKS_KEY);

/// Members that say what only the owner of a key may know.
pub(crate) const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What is wrong with a key, and with which member of it; none for the key as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFault {
    /// The rule.
    pub rule: &'static Rule,
    /// The member.
    pub member: Option<&'static str>,
    /// What is wrong, without the value.
    pub message: String,
}

impl KeyFault {
    fn key(member: &'static str, message: impl Into<String>) -> KeyFault {
        KeyFault { rule: &JWKS_KEY, member: Some(member), message: message.into() }
    }
}

/// What is wrong with a key set that is given as JSON; nothing where it may be used.
///
/// Takes the set as RFC 7517 has it, and returns the first fault, in words that hold no value of a private key.
pub fn fault_of_key_set(set: &Value) -> Option<String> {
    let whole = set.as_object().filter(|set| set.len() == 1).and_then(|set| set.get("keys"));
    let Some(keys) = whole.and_then(Value::as_array) else { return Some("a key set is `keys` with a list".into()) };
    if keys.is_empty() || keys.len() > JWKS_KEYS.most {
        return Some(format!("a key set has 1 to {} keys, not {}", JWKS_KEYS.most, keys.len()));
    }
    let mut kids: Vec<&str> = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let Some(key) = key.as_object() else { return Some(format!("key {} is no mapping", index + 1)) };
        if let Some(fault) = fault_of_key(key) {
            return Some(format!("key {}: {}", index + 1, fault.message));
        }
        let kid = text(key, "kid").unwrap_or_default();
        if kids.contains(&kid) {
            return Some(format!("two keys have the id {}", quote(kid)));
        }
        kids.push(kid);
    }
    None
}

/// What is wrong with one key.
pub(crate) fn fault_of_key(key: &Map<String, Value>) -> Option<KeyFault> {
    if let Some(private) = PRIVATE.into_iter().find(|member| key.contains_key(*member)) {
        return Some(KeyFault { rule: &JWKS_PRIVATE, member: Some(private), message: secret(private) });
    }
    if text(key, "kty") == Some("oct") {
        let message = "a symmetric key is a secret, and never an issuer's".into();
        return Some(KeyFault { rule: &JWKS_PRIVATE, member: Some("kty"), message });
    }
    const KNOWN: [&str; 9] = ["kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"];
    if let Some(other) = key.keys().find(|member| !KNOWN.contains(&member.as_str())) {
        let message = format!("a public key has no member {}", quote(other));
        return Some(KeyFault { rule: &JWKS_KEY, member: None, message });
    }
    if let Some(member) = KNOWN.into_iter().find(|member| key.get(*member).is_some_and(|value| !value.is_string())) {
        return Some(KeyFault::key(member, format!("`{member}` is no text")));
    }
    let kid = text(key, "kid").unwrap_or_default();
    if kid.is_empty() || kid.len() > 200 || !kid.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~+/=:@-".contains(&b))
    {
        return Some(KeyFault::key("kid", "the key's `kid` is missing, or is no plain word of up to 200 characters"));
    }
    if text(key, "use").is_some_and(|usage| usage != "sig") {
        return Some(KeyFault::key("use", "the key is not for signatures"));
    }
    match text(key, "kty") {
        Some("RSA") => rsa(key),
        Some("EC") => ec(key),
        _ => Some(KeyFault::key("kty", "a key is `RSA` or `EC`")),
    }
}

/// What is said of a private member, wherever it is found.
pub(crate) fn secret(member: &str) -> String {
    format!("`{member}` is part of a private key")
}

fn text<'a>(key: &'a Map<String, Value>, member: &str) -> Option<&'a str> {
    key.get(member).and_then(Value::as_str)
}

fn rsa(key: &Map<String, Value>) -> Option<KeyFault> {
    if let Some(member) = ["crv", "x", "y"].into_iter().find(|member| key.contains_key(*member)) {
        return Some(KeyFault::key(member, format!("an RSA key has no `{member}`")));
    }
    if text(key, "alg").is_some_and(|alg| !["RS256", "RS384", "RS512"].contains(&alg)) {
        return Some(KeyFault::key("alg", "an RSA key signs by `RS256`, `RS384` or `RS512`"));
    }
    let modulus = match value(key, "n") {
        Ok(modulus) => modulus,
        Err(fault) => return Some(fault),
    };
    if !(256..=1024).contains(&modulus.len()) || modulus.first().is_none_or(|byte| modulus.len() == 256 && *byte < 128)
    {
        return Some(KeyFault::key("n", "the modulus of an RSA key has 2048 to 8192 bits"));
    }
    match value(key, "e") {
        Ok(exponent) if exponent.len() <= 8 && exponent.last().is_some_and(|byte| byte % 2 == 1) && exponent != [1] => {
            None
        }
        Ok(_) => Some(KeyFault::key("e", "the exponent of an RSA key is an odd number above 1, such as `AQAB`")),
        Err(fault) => Some(fault),
    }
}

fn ec(key: &Map<String, Value>) -> Option<KeyFault> {
    if let Some(member) = ["n", "e"].into_iter().find(|member| key.contains_key(*member)) {
        return Some(KeyFault::key(member, format!("an EC key has no `{member}`")));
    }
    let (length, algorithm) = match text(key, "crv") {
        Some("P-256") => (32, "ES256"),
        Some("P-384") => (48, "ES384"),
        Some("P-521") => (66, "ES512"),
        _ => return Some(KeyFault::key("crv", "an EC key names its curve: `P-256`, `P-384` or `P-521`")),
    };
    if text(key, "alg").is_some_and(|alg| alg != algorithm) {
        return Some(KeyFault::key("alg", format!("a key of this curve signs by `{algorithm}`")));
    }
    for member in ["x", "y"] {
        match value(key, member) {
            Ok(bytes) if bytes.len() == length => {}
            Ok(_) => return Some(KeyFault::key(member, format!("`{member}` of this curve has {length} bytes"))),
            Err(fault) => return Some(fault),
        }
    }
    None
}

/// The bytes of a member.
fn value(key: &Map<String, Value>, member: &'static str) -> Result<Vec<u8>, KeyFault> {
    let Some(given) = text(key, member) else {
        return Err(KeyFault::key(member, format!("the key has no `{member}`")));
    };
    decoded(given).ok_or_else(|| KeyFault::key(member, format!("`{member}` is not written in base64url without `=`")))
}

/// Base64url without padding (RFC 4648, section 5), in its one canonical form.
fn decoded(given: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(given.len()), 0_u32, 0_u32);
    for byte in given.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(digit)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
    (bits < 6 && held & ((1 << bits) - 1) == 0 && !out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rsa_key() -> Value {
        json!({ "kty": "RSA", "kid": "a", "use": "sig", "alg": "RS256", "n": format!("{}w", "v-A".repeat(114)[..341].to_owned()), "e": "AQAB" })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut key = rsa_key();
        key[member] = value;
        json!({ "keys": [key] })
    }

    #[test]
    fn a_whole_set_passes() {
        let coordinate = "A".repeat(43);
        let ec = json!({ "kty": "EC", "kid": "b", "crv": "P-256", "x": coordinate, "y": coordinate });
        assert_eq!(fault_of_key_set(&json!({ "keys": [rsa_key(), ec] })), None);
    }

    #[test]
    fn what_is_private_or_broken_does_not() {
        for member in PRIVATE {
            let fault = fault_of_key_set(&with(member, "c2VjcmV0".into())).unwrap();
            assert!(fault.contains(&format!("`{member}`")) && !fault.contains("c2VjcmV0"), "{fault}");
        }
        for (set, why) in [
            (json!({ "keys": [] }), "1 to 16"),
            (json!({ "keys": vec![rsa_key(); 17] }), "1 to 16"),
            (json!({ "keys": [rsa_key(), rsa_key()] }), "two keys"),
            (json!({ "keys": [rsa_key()], "more": 1 }), "`keys` with a list"),
            (with("kty", "oct".into()), "symmetric"),
            (with("kty", "OKP".into()), "`RSA` or `EC`"),
            (with("kid", "".into()), "`kid`"),
            (with("kid", "a b".into()), "`kid`"),
            (with("use", "enc".into()), "signatures"),
            (with("alg", "none".into()), "RS256"),
            (with("alg", "ES256".into()), "RS256"),
            (with("x5c", "a".into()), "`x5c`"),
            (with("x", "AQAB".into()), "no `x`"),
            (with("n", "AQAB".into()), "2048"),
            (with("n", "A".repeat(342).into()), "2048"),
            (with("n", format!("{}=", "v".repeat(342)).into()), "base64url"),
            (with("n", 3.into()), "no text"),
            (with("e", "AQ".into()), "odd number above 1"),
            (with("e", "Ag".into()), "odd number above 1"),
            (with("e", "AR".into()), "base64url"),
        ] {
            let fault = fault_of_key_set(&set).unwrap_or_default();
            assert!(fault.contains(why), "{why}: {fault}");
        }
    }

    #[test]
    fn base64url_is_read_in_one_form() {
        assert_eq!(decoded("AQAB"), Some(vec![1, 0, 1]));
        assert_eq!(decoded("-_8"), Some(vec![0xfb, 0xff]));
        for wrong in ["", "A", "AQAB=", "AR", "A+8", "A/8", "A A"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }
}
