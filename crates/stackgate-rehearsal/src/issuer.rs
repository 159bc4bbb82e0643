//! The OIDC issuer of whichever CI system is rehearsed: signed tokens, their keys, and the check that a relying party makes.
//!
//! What must hold: a token is signed for real (ES256), and its check reads the published keys and nothing else. One key
//! serves all issuers: what tells them apart is `iss`. It deliberately decides nothing about who gets a token.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

/// The name of the one key.
const KEY_ID: &str = "rehearsal";

/// What a token says about a job, and whom it may be for.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `aud` where the CI system fixes it; else the job asks for one.
    pub audience: Option<String>,
    /// Every other claim.
    pub claims: Map<String, Value>,
}

impl Identity {
    /// An identity whose audience the job chooses. `claims` must be an object.
    pub fn new(issuer: &str, claims: Value) -> Identity {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        Identity { issuer: issuer.to_owned(), audience: None, claims }
    }

    /// The same with the audience that the CI system fixes.
    pub fn fixed(mut self, audience: &str) -> Identity {
        self.audience = Some(audience.to_owned());
        self
    }
}

/// The issuer's key.
pub struct Issuer {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Issuer {
    /// With a key made just now.
    pub fn new() -> Issuer {
        let random = SystemRandom::new();
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Issuer { key: EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap(), random }
    }

    /// A token of that identity for that audience, good for `seconds` from now.
    pub fn mint(&self, identity: &Identity, audience: &str, seconds: i64) -> String {
        let mut claims = identity.claims.clone();
        let now = now();
        claims.insert("iss".into(), json!(identity.issuer));
        claims.insert("aud".into(), json!(identity.audience.as_deref().unwrap_or(audience)));
        claims.insert("iat".into(), json!(now));
        claims.insert("nbf".into(), json!(now - 5));
        claims.insert("exp".into(), json!(now + seconds));
        claims.insert("jti".into(), json!(self.noise()));
        let head = json!({"alg": "ES256", "typ": "JWT", "kid": KEY_ID});
        let signed =
            format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(Value::Object(claims).to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64.encode(signature))
    }

    /// Forty hexadecimal digits that nobody can guess.
    pub fn noise(&self) -> String {
        let bytes: [u8; 20] = ring::rand::generate(&self.random).unwrap().expose();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The discovery document of an issuer.
    pub fn discovery(&self, issuer: &str) -> Value {
        json!({
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks"),
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    /// The published keys.
    pub fn jwks(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..65]));
        json!({"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KEY_ID, "x": x, "y": y}]})
    }
}

impl Default for Issuer {
    fn default() -> Issuer {
        Issuer::new()
    }
}

/// The claims of a token that the published keys vouch for and whose time is now.
///
/// # Errors
/// When it is no token, its signature is not of these keys, or it is not valid now.
pub fn verify(token: &str, jwks: &Value) -> Result<Value, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else { return Err("not a JWT".into()) };
    let decode = |part: &str| BASE64.decode(part).map_err(|error| format!("not base64url: {error}"));
    let json = |part: &str| -> Result<Value, String> {
        serde_json::from_slice(&decode(part)?).map_err(|error| format!("not JSON: {error}"))
    };
    let (head_json, claims_json) = (json(head)?, json(claims)?);
    if head_json["alg"] != "ES256" {
        return Err(format!("alg is {}", head_json["alg"]));
    }
    let keys = jwks["keys"].as_array().ok_or("no keys")?;
    let key = keys.iter().find(|key| key["kid"] == head_json["kid"]).ok_or("no key of that kid")?;
    let mut point = vec![4];
    point.extend(decode(key["x"].as_str().ok_or("no x")?)?);
    point.extend(decode(key["y"].as_str().ok_or("no y")?)?);
    let signed = format!("{head}.{claims}");
    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| "the signature is not the issuer's")?;
    let time = |name: &str| claims_json[name].as_i64().ok_or(format!("no {name}"));
    if time("exp")? <= now() {
        return Err("the token has expired".into());
    }
    if time("nbf")? > now() {
        return Err("the token is not valid yet".into());
    }
    Ok(claims_json)
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_refused_when_anything_about_it_is_wrong() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        let identity = Identity::new("https://issuer.example", json!({"sub": "job"}));
        let token = issuer.mint(&identity, "us", 60);
        let claims = verify(&token, &issuer.jwks()).unwrap();
        assert_eq!((&claims["sub"], &claims["aud"]), (&json!("job"), &json!("us")));
        assert!(verify(&token, &other.jwks()).unwrap_err().contains("signature"));
        assert!(verify(&issuer.mint(&identity, "us", -1), &issuer.jwks()).unwrap_err().contains("expired"));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (head, _) = signed.split_once('.').unwrap();
        let altered = BASE64.encode(r#"{"sub":"another job"}"#);
        assert!(verify(&format!("{head}.{altered}.{signature}"), &issuer.jwks()).unwrap_err().contains("signature"));
        let unsigned = format!("{}.{}.", BASE64.encode(r#"{"alg":"none"}"#), signed.split_once('.').unwrap().1);
        assert!(verify(&unsigned, &issuer.jwks()).unwrap_err().contains("alg"));
        assert_eq!(verify("token", &issuer.jwks()).unwrap_err(), "not a JWT");
    }
}
