//! Takes secrets out of answers.
//!
//! What must hold: nothing that Pulumi Cloud marks as secret, and nothing that has the shape of one, is in the model or on
//! disk; what was taken out can be seen to have been there. Source: `SecretValue` of Pulumi Cloud's OpenAPI document, and
//! RFC 7518, section 6, for the private members of keys.

use serde_json::{Map, Value};
use stackgate_diagnostic::redact;

/// What stands in the place of a secret.
const NOTE: &str = "[secret]";
/// Members of a JSON Web Key that only its owner may know.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "k", "oth"];

/// The same value without secrets.
pub(crate) fn taken_out(value: &Value) -> Value {
    match value {
        Value::String(text) => redact(text).into(),
        Value::Array(items) => items.iter().map(taken_out).collect(),
        Value::Object(entries) => Value::Object(object(entries)),
        other => other.clone(),
    }
}

fn object(entries: &Map<String, Value>) -> Map<String, Value> {
    let is_key = entries.contains_key("kty");
    let of = |(key, value): (&String, &Value)| {
        let taken = match key.as_str() {
            "secret" | "ciphertext" => NOTE.into(),
            name if is_key && PRIVATE.contains(&name) => NOTE.into(),
            // The next question repeats it letter by letter.
            "continuationToken" | "nextToken" => value.clone(),
            _ => taken_out(value),
        };
        (redact(key).into_owned(), taken)
    };
    entries.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_and_leave_a_note() {
        let token = format!("pul-{}", "0f".repeat(20));
        let given = json!({
            "operationContext": {
                "environmentVariables": { "PLAIN": "eu-west-1", "KEY": { "secret": "s3", "ciphertext": ["AQ=="] } },
                "preRunCommands": [format!("export PULUMI_ACCESS_TOKEN={token}")],
            },
            "jwks": { "keys": [{ "kty": "RSA", "n": "abc", "d": "private" }] },
        });
        let expected = json!({
            "operationContext": {
                "environmentVariables": { "PLAIN": "eu-west-1", "KEY": { "secret": "[secret]", "ciphertext": "[secret]" } },
                "preRunCommands": ["export PULUMI_ACCESS_TOKEN=pul-[redacted]"],
            },
            "jwks": { "keys": [{ "kty": "RSA", "n": "abc", "d": "[secret]" }] },
        });
        assert_eq!(taken_out(&given), expected);
        assert_eq!(taken_out(&expected), expected);
    }
}
