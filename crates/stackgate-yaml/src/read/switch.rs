//! A value, or `false` to switch the thing off.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use stackgate_diagnostic::{Diagnostic, Span};

use super::{Read, Reader};
use crate::node::Node;
use crate::rules::WRONG_TYPE;

/// What `false` switches off, and anything else describes.
#[derive(Clone, Debug, PartialEq)]
pub enum Switch<T> {
    /// `false`, and where it was written.
    Off(Span),
    /// What was described.
    On(T),
}

impl<T> Switch<T> {
    /// What was described, unless it is off.
    #[must_use]
    pub const fn on(&self) -> Option<&T> {
        match self {
            Self::Off(_) => None,
            Self::On(value) => Some(value),
        }
    }

    /// Whether it is off.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::Off(_))
    }
}

impl<T: Read> Read for Switch<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.as_bool() {
            Some(false) => Some(Self::Off(node.span)),
            Some(true) => {
                let message = reader.say("`true` does not say what is wanted");
                let diagnostic = Diagnostic::error(&WRONG_TYPE, node.span, message);
                reader.error(
                    diagnostic.help("describe what is wanted, write `false` to switch it off, or leave the key out"),
                );
                None
            }
            None => T::read(node, reader).map(Self::On),
        }
    }
}

impl<T: Read> JsonSchema for Switch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Switch_of_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Switch<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let on = T::property(generator);
        json_schema!({ "oneOf": [{ "const": false, "description": "Switches it off." }, on] })
    }
}
