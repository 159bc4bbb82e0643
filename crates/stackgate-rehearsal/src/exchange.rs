//! Pulumi Cloud's token exchange: the whole request body is checked, and each exchange is written down.
//!
//! What must hold: nothing is granted unless every field is there once, known, and says what a team token of an
//! organization needs; a request that the real service would grant as something wider is refused here, with the reason.
//! Source of the fields: Pulumi Cloud's OpenAPI document, `POST /api/oauth/token`.

use serde_json::Value;

use crate::server::Request;

/// The fields of the form, each with the value that it must have where there is only one.
const FIELDS: &[(&str, Option<&str>)] = &[
    ("audience", None),
    ("grant_type", Some("urn:ietf:params:oauth:grant-type:token-exchange")),
    ("subject_token_type", Some("urn:ietf:params:oauth:token-type:id_token")),
    ("subject_token", None),
    ("requested_token_type", Some("urn:pulumi:token-type:access_token:team")),
    ("scope", None),
    ("expiration", None),
];

/// The longest lifetime that an issuer of Pulumi Cloud allows by default: 25 hours.
const LONGEST_SECONDS: u32 = 25 * 60 * 60;

/// An exchange that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Where it was sent, without the path of the exchange.
    pub cloud_url: String,
    /// The organization of the audience.
    pub organization: String,
    /// The team of the scope.
    pub team: String,
    /// The lifetime that was asked for.
    pub seconds: u32,
    /// The claims of the OIDC token, verified.
    pub claims: Value,
    /// The token that was given; `None` when the scenario refuses.
    pub token: Option<String>,
}

/// Reads a request of an exchange, whose token `verify` must vouch for.
///
/// # Errors
/// With what is wrong about it.
pub fn read(request: &Request, verify: impl Fn(&str) -> Result<Value, String>) -> Result<Exchange, String> {
    let address = format!("https://{}{}", request.host, request.path);
    let cloud_url = address.strip_suffix("/api/oauth/token").filter(|_| request.method == "POST");
    let cloud_url = cloud_url.ok_or(format!("{} {address} is not the exchange", request.method))?.to_owned();
    if request.header("authorization").is_some() {
        return Err("an exchange carries no other credential".into());
    }
    let given = fields(request)?;
    let mut seen: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    seen.sort_unstable();
    if let Some(twice) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("{} is given twice", twice[0]));
    }
    if let Some(unknown) = seen.iter().find(|name| FIELDS.iter().all(|(known, _)| known != *name)) {
        return Err(format!("{unknown} is no field of an exchange"));
    }
    let field = |name: &str| -> Result<&str, String> {
        let found = given.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty()).ok_or(format!("{name} is missing"))
    };
    for (name, expected) in FIELDS {
        let value = field(name)?;
        if expected.is_some_and(|expected| expected != value) {
            return Err(format!("{name} is {value}"));
        }
    }
    let part = |name: &str, prefix: &str| -> Result<String, String> {
        let value = field(name)?.strip_prefix(prefix).filter(|rest| !rest.is_empty());
        value.map(str::to_owned).ok_or(format!("{name} does not begin with {prefix}"))
    };
    let seconds: u32 = field("expiration")?.parse().map_err(|_| "expiration is no number of seconds")?;
    if seconds == 0 || seconds > LONGEST_SECONDS {
        return Err(format!("expiration is {seconds}"));
    }
    Ok(Exchange {
        cloud_url,
        organization: part("audience", "urn:pulumi:org:")?,
        team: part("scope", "team:")?,
        seconds,
        claims: verify(field("subject_token")?)?,
        token: None,
    })
}

/// The body's fields: the CLI sends a form, the GitHub action JSON.
fn fields(request: &Request) -> Result<Vec<(String, String)>, String> {
    match request.header("content-type").unwrap_or_default() {
        "application/x-www-form-urlencoded" => Ok(form_urlencoded::parse(&request.body).into_owned().collect()),
        "application/json" => {
            let body: Value = serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
            let object = body.as_object().ok_or("the body is no object")?;
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Ok(object.iter().map(|(name, value)| (name.clone(), text(value))).collect())
        }
        other => Err(format!("the content type is {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl Fn(&mut Vec<(&str, &str)>)) -> Result<Exchange, String> {
        let mut fields = vec![
            ("audience", "urn:pulumi:org:acme"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            ("subject_token", "a.b.c"),
            ("requested_token_type", "urn:pulumi:token-type:access_token:team"),
            ("scope", "team:deployers"),
            ("expiration", "900"),
        ];
        change(&mut fields);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request {
            host: "api.pulumi.com".into(),
            method: "POST".into(),
            path: "/api/oauth/token".into(),
            headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
            body: body.into(),
        };
        read(&request, |token| if token == "a.b.c" { Ok(Value::Null) } else { Err("not vouched for".into()) })
    }

    #[test]
    fn an_exchange_is_refused_when_anything_about_it_is_wrong() {
        let good = form(|_| ()).unwrap();
        assert_eq!((good.organization.as_str(), good.team.as_str(), good.seconds), ("acme", "deployers", 900));
        for at in 0..FIELDS.len() {
            assert!(form(|fields| _ = fields.remove(at)).is_err(), "without field {at}");
            assert!(form(|fields| fields[at].1 = "").is_err(), "with field {at} empty");
            assert!(form(|fields| fields[at].1 = "another").is_err(), "with another field {at}");
            assert!(form(|fields| fields.push(fields[at])).unwrap_err().contains("twice"), "with field {at} twice");
        }
        assert!(form(|fields| fields.push(("actor_token", "x"))).unwrap_err().contains("no field"));
        let wider = "urn:pulumi:token-type:access_token:organization";
        assert!(form(|fields| fields[4].1 = wider).unwrap_err().contains("organization"));
        assert!(form(|fields| fields[6].1 = "90001").is_err());
    }
}
