//! A provider, named where a stage or a job says which one runs it.
//!
//! What must always hold: what is offered to an editor is the list of providers that this program was built with.
//! Deliberately absent: that list; whoever reads a spec brings it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use stackgate_yaml::{Node, Read, Reader};

/// The id of a provider, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProviderId(String);

/// The name of the schema's definition that [`crate::schema`] fills in.
pub(crate) const DEFINITION: &str = "ProviderId";

impl Deref for ProviderId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Read for ProviderId {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        String::read(node, reader).map(ProviderId)
    }
}

impl JsonSchema for ProviderId {
    fn schema_name() -> Cow<'static, str> {
        DEFINITION.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
