//! One event of the audit log, and one deployment, whatever they were read from.
//!
//! What must hold: an event borrows what the reader holds, so that a log of any length takes no memory of its own; a text
//! that is not there is empty.
//!
//! Facts: `AuditLogEvent`, `ListDeploymentSnapshot` and `DeploymentNestedUpdate` of Pulumi Cloud's OpenAPI document.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event<'a> {
    /// When, in seconds since 1970.
    pub timestamp: i64,
    /// What, by its stable name.
    pub slug: Cow<'a, str>,
    /// From which address.
    pub ip: Cow<'a, str>,
    /// What Pulumi Cloud says of it; the names of stacks and environments stand here and nowhere else.
    pub description: Cow<'a, str>,
    /// The login of the person.
    pub login: Cow<'a, str>,
    /// The name of the token.
    pub token: Cow<'a, str>,
    /// The name of an actor that is no person.
    pub actor: Cow<'a, str>,
    /// The URN of an actor that is no person.
    pub actor_urn: Cow<'a, str>,
    /// Whether somebody was refused.
    pub refused: bool,
}

/// A text that is borrowed where the input allows it.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// An event as the API gives it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    timestamp: i64,
    #[serde(borrow)]
    event: Text<'a>,
    #[serde(rename = "sourceIP", borrow, default)]
    source_ip: Text<'a>,
    #[serde(borrow, default)]
    description: Text<'a>,
    #[serde(borrow, default)]
    user: Option<User<'a>>,
    #[serde(borrow, default)]
    token_name: Text<'a>,
    #[serde(borrow, default)]
    actor_name: Text<'a>,
    #[serde(borrow, default)]
    actor_urn: Text<'a>,
    #[serde(default)]
    auth_failure: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    #[serde(borrow, default)]
    github_login: Text<'a>,
}

impl<'a> Event<'a> {
    /// Whether an update of a stack is a preview, which changes nothing: its description begins `Started preview`.
    pub(crate) fn is_preview(&self) -> bool {
        self.description.split(' ').nth(1) == Some("preview")
    }

    /// Reads an event from JSON.
    ///
    /// # Errors
    /// When it is no event.
    pub fn from_json(bytes: &'a [u8]) -> Result<Event<'a>, serde_json::Error> {
        serde_json::from_slice::<Wire<'_>>(bytes).map(Event::of)
    }

    /// Reads an event from a value.
    ///
    /// # Errors
    /// When it is no event.
    pub fn from_value(value: &'a serde_json::Value) -> Result<Event<'a>, serde_json::Error> {
        Wire::deserialize(value).map(Event::of)
    }

    fn of(wire: Wire<'a>) -> Event<'a> {
        Event {
            timestamp: wire.timestamp,
            slug: slug(wire.event.0),
            ip: wire.source_ip.0,
            description: wire.description.0,
            login: wire.user.map(|user| user.github_login.0).unwrap_or_default(),
            token: wire.token_name.0,
            actor: wire.actor_name.0,
            actor_urn: wire.actor_urn.0,
            refused: wire.auth_failure.unwrap_or(false),
        }
    }
}

/// The stable name of what an event says that it is.
pub(crate) fn slug(name: Cow<'_, str>) -> Cow<'_, str> {
    match name {
        Cow::Borrowed(name) => crate::catalogue::named(name),
        Cow::Owned(name) => Cow::Owned(crate::catalogue::named(&name).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_the_api_is_read_and_borrowed() {
        let text = br#"{"timestamp":1756400000,"sourceIP":"203.0.113.42","event":"stack-update-started","description":"A \"b\".",
            "user":{"name":"Alex","githubLogin":"alex","avatarUrl":""},"tokenName":"ci","actorName":null,"authFailure":true,"new":[1]}"#;
        let event = Event::from_json(text).unwrap();
        assert_eq!((event.timestamp, &*event.login, &*event.token), (1_756_400_000, "alex", "ci"));
        assert!(matches!(event.slug, Cow::Borrowed("stack-update-started")) && event.refused);
        assert_eq!(event.description, "A \"b\".");
        let value = serde_json::from_slice(text).unwrap();
        assert_eq!(Event::from_value(&value).unwrap(), event);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in ["{}", r#"{"timestamp":"now","event":"a"}"#, r#"{"timestamp":1,"event":7}"#, "[1]"] {
            assert!(Event::from_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
