//! A fragment as JSON, in and out.
//!
//! What must hold: what is read is complete and says nothing that is not understood: no unknown key at any depth, no key
//! twice, one version, and only values that are inert in every rendering. A fragment from a file was written by hand or by
//! another repository, and is trusted no more than a spec. Deliberately absent: what takes two fragments to judge.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use stackgate_diagnostic::quote;

use crate::fragment::{Fragment, VERSION};
use crate::values;

/// A text is no fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FragmentError {
    /// Where: a line and a column, or a JSON pointer such as `/teams/deployers/kind`.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

impl std::error::Error for FragmentError {}

impl FragmentError {
    pub(crate) fn at(pointer: impl Into<String>, message: impl Into<String>) -> FragmentError {
        FragmentError { at: pointer.into(), message: message.into() }
    }

    fn of(error: &serde_json::Error) -> FragmentError {
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or_default();
        let message = stackgate_diagnostic::clean(message);
        FragmentError { at: format!("line {}, column {}", error.line(), error.column()), message }
    }
}

impl Fragment {
    /// Reads a fragment.
    ///
    /// # Errors
    /// When the text is no JSON, holds a key twice or one that does not exist, is of another version, or holds a value
    /// that does not go where it is meant to: the first mistake, with its place.
    pub fn from_json(text: &str) -> Result<Fragment, FragmentError> {
        let Strict(given) = serde_json::from_str(text).map_err(|error| FragmentError::of(&error))?;
        match given.get("version").map(Value::as_u64) {
            Some(Some(version)) if version == u64::from(VERSION) => {}
            Some(_) => {
                return Err(FragmentError::at("/version", format!("this stackgate reads version {VERSION} alone")));
            }
            None => return Err(FragmentError::at("/version", "a fragment says its version")),
        }
        let fragment: Fragment = serde_json::from_str(text).map_err(|error| FragmentError::of(&error))?;
        let understood = serde_json::to_value(&fragment).map_err(|error| FragmentError::of(&error))?;
        unknown(&given, &understood, "")?;
        values::check(&fragment)?;
        Ok(fragment)
    }

    /// The fragment as JSON with a newline at its end; the same fragment, the same bytes.
    ///
    /// # Errors
    /// None that is known; those of the serialiser.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// Refuses keys that were given and are not understood. One whose value is null says nothing.
fn unknown(given: &Value, understood: &Value, at: &str) -> Result<(), FragmentError> {
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => given.iter().try_for_each(|(key, value)| {
            let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            match understood.get(key) {
                Some(understood) => unknown(value, understood, &at),
                None if value.is_null() => Ok(()),
                None => Err(FragmentError::at(&at, format!("there is no key {}", quote(key)))),
            }
        }),
        (Value::Array(given), Value::Array(understood)) => {
            let mut pairs = given.iter().zip(understood).enumerate();
            pairs.try_for_each(|(index, (given, understood))| unknown(given, understood, &format!("{at}/{index}")))
        }
        _ => Ok(()),
    }
}

/// JSON without a key that stands twice: readers differ in which of the two they take.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = serde_json::Map::new();
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("the key {} stands twice", quote(&key))));
            }
            let Strict(value) = entries.next_value()?;
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}
