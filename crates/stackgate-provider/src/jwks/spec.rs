//! A key set as a spec gives it.
//!
//! What must hold: a mistake has the place of the member, and no message or shown line holds a private key. Deliberately
//! absent: what a key must be, which holds wherever a set comes from.

use std::borrow::Cow;

use serde_json::{Map, Value};
use stackgate_diagnostic::{Diagnostic, Span, quote};
use stackgate_yaml::schemars::{JsonSchema, Schema, SchemaGenerator};
use stackgate_yaml::{Located, Node, Read, Reader, choice, mapping};

use super::{JWKS_KEY, JWKS_KEYS, JWKS_PRIVATE, PRIVATE, fault_of_key, secret};

choice! {
    /// The kind of a key.
    pub enum KeyType {
        /// RSA, of 2048 bits or more.
        Rsa = "RSA",
        /// An elliptic curve.
        Ec = "EC",
    }
}

choice! {
    /// What a key is for.
    pub enum KeyUse {
        /// Signatures.
        Sig = "sig",
    }
}

choice! {
    /// How a key signs.
    pub enum Algorithm {
        /// RSA with SHA-256.
        Rs256 = "RS256",
        /// RSA with SHA-384.
        Rs384 = "RS384",
        /// RSA with SHA-512.
        Rs512 = "RS512",
        /// P-256 with SHA-256.
        Es256 = "ES256",
        /// P-384 with SHA-384.
        Es384 = "ES384",
        /// P-521 with SHA-512.
        Es512 = "ES512",
    }
}

choice! {
    /// The curve of a key.
    pub enum Curve {
        /// NIST P-256.
        P256 = "P-256",
        /// NIST P-384.
        P384 = "P-384",
        /// NIST P-521.
        P521 = "P-521",
    }
}

mapping! {
    /// A public key.
    pub struct JsonWebKey {
        /// Its kind.
        pub kty: Located<KeyType>,
        /// Its id, which tokens name.
        pub kid: Located<String>,
        /// What it is for.
        #[key = "use"]
        pub usage: Option<Located<KeyUse>>,
        /// How it signs.
        pub alg: Option<Located<Algorithm>>,
        /// The modulus of an RSA key, in base64url.
        pub n: Option<Located<String>>,
        /// The exponent of an RSA key, in base64url.
        pub e: Option<Located<String>>,
        /// The curve of an EC key.
        pub crv: Option<Located<Curve>>,
        /// One coordinate of an EC key, in base64url.
        pub x: Option<Located<String>>,
        /// The other coordinate of an EC key, in base64url.
        pub y: Option<Located<String>>,
    }
}

mapping! {
    /// Public keys of an issuer (RFC 7517), as it serves them.
    pub struct KeySet {
        /// The keys, each with an id of its own.
        pub keys: Located<Vec<PublicKey>>,
    }
}

/// A public key; one with a private part is refused as such, before anything else is said of it.
#[derive(Debug, Clone)]
pub struct PublicKey(JsonWebKey);

impl Read for PublicKey {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let entries = node.as_mapping().into_iter().flat_map(|mapping| mapping.iter());
        let mut refused = false;
        for entry in entries {
            let message = match entry.key.text.as_str() {
                member if PRIVATE.contains(&member) => secret(member),
                "kty" if entry.value.as_str() == Some("oct") => {
                    "a symmetric key is a secret, and never an issuer's".into()
                }
                _ => continue,
            };
            let help = "give public keys alone, and make a new key in place of one that was written down";
            let diagnostic = Diagnostic::error(&JWKS_PRIVATE, entry.key.span, reader.say_in(&message));
            reader.error(diagnostic.help(help));
            refused = true;
        }
        if refused { None } else { JsonWebKey::read(node, reader).map(PublicKey) }
    }
}

impl JsonSchema for PublicKey {
    fn schema_name() -> Cow<'static, str> {
        JsonWebKey::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        JsonWebKey::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        JsonWebKey::json_schema(generator)
    }
}

impl JsonWebKey {
    /// The members that are given, with their places, in one order.
    fn members(&self) -> Vec<(&'static str, String, Span)> {
        fn of<T: ToString>(name: &'static str, given: Option<&Located<T>>) -> Option<(&'static str, String, Span)> {
            given.map(|given| (name, given.value.to_string(), given.span))
        }
        let all = [
            of("kty", Some(&self.kty)),
            of("kid", Some(&self.kid)),
            of("use", self.usage.as_ref()),
            of("alg", self.alg.as_ref()),
            of("n", self.n.as_ref()),
            of("e", self.e.as_ref()),
            of("crv", self.crv.as_ref()),
            of("x", self.x.as_ref()),
            of("y", self.y.as_ref()),
        ];
        all.into_iter().flatten().collect()
    }

    fn value(&self) -> Map<String, Value> {
        self.members().into_iter().map(|(name, value, _)| (name.to_owned(), value.into())).collect()
    }
}

impl KeySet {
    /// What is wrong with the set.
    pub fn check(&self, reader: &mut Reader) {
        let (keys, most) = (&self.keys.value, JWKS_KEYS.most);
        if keys.is_empty() || keys.len() > most {
            let message = format!("a key set has 1 to {most} keys, not {}", keys.len());
            let help = "copy the keys that the issuer serves, and leave out those that sign no more";
            reader.error(Diagnostic::error(JWKS_KEYS.rule, self.keys.span, message).help(help));
        }
        for (index, PublicKey(key)) in keys.iter().enumerate() {
            if let Some(fault) = fault_of_key(&key.value()) {
                let places = key.members();
                let place = places.into_iter().find(|(name, ..)| fault.member == Some(name));
                let span = place.map_or(key.span, |(_, _, span)| span);
                let help = "copy the key as the issuer serves it";
                reader.error(Diagnostic::error(fault.rule, span, fault.message).help(help));
            }
            if keys.iter().take(index).any(|PublicKey(other)| other.kid.value == key.kid.value) {
                let message = format!("two keys have the id {}", quote(&key.kid.value));
                reader.error(Diagnostic::error(&JWKS_KEY, key.kid.span, message).help("a token names one key"));
            }
        }
    }

    /// The set as JSON, members in one order.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let keys: Vec<Value> = self.keys.value.iter().map(|PublicKey(key)| Value::Object(key.value())).collect();
        serde_json::json!({ "keys": keys })
    }
}
