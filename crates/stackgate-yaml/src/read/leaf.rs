//! Reading of what the language brings: text, booleans, numbers, lists, maps, options.
//!
//! Nothing is converted: text is any scalar as it was written, numbers and booleans must be plain.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{Read, Reader, Table};
use crate::node::Node;

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = node.as_str();
        if text.is_none() {
            reader.wrong_type(node, "text");
        }
        text.map(str::to_owned)
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let value = node.as_bool();
        if value.is_none() {
            reader.wrong_type(node, "true or false");
        }
        value
    }
}

impl Read for u64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let value = node.as_u64();
        if value.is_none() {
            reader.wrong_type(node, &format!("a whole number from 0 to {}", Self::MAX));
        }
        value
    }
}

impl Read for u32 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let value = node.as_u64().and_then(|value| Self::try_from(value).ok());
        if value.is_none() {
            reader.wrong_type(node, &format!("a whole number from 0 to {}", Self::MAX));
        }
        value
    }
}

impl<T: Read> Read for Option<T> {
    const REQUIRED: bool = false;

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent(_: &Node, _: &str, _: &mut Reader) -> Option<Self> {
        Some(None)
    }

    // A key is left out; a null is not accepted in its place.
    fn property(generator: &mut SchemaGenerator) -> Schema {
        T::property(generator)
    }
}

impl<T: Read> Read for Box<T> {
    const REQUIRED: bool = T::REQUIRED;

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Self::new)
    }

    fn absent(parent: &Node, key: &str, reader: &mut Reader) -> Option<Self> {
        T::absent(parent, key, reader).map(Self::new)
    }

    fn property(generator: &mut SchemaGenerator) -> Schema {
        T::property(generator)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(items) = node.as_sequence() else {
            reader.wrong_type(node, "a list");
            return None;
        };
        // All items are read before any failure counts.
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.at_index(index, |reader| T::read(item, reader)))
            .collect();
        read.into_iter().collect()
    }
}

impl<T: Read> Read for IndexMap<String, T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let table = Table::<T>::read(node, reader)?;
        Some(table.into_iter().map(|(key, row)| (key, row.value)).collect())
    }

    fn property(generator: &mut SchemaGenerator) -> Schema {
        Table::<T>::property(generator)
    }
}

/// The value as it is, for whoever knows later what it should be.
impl Read for Node {
    fn read(node: &Node, _: &mut Reader) -> Option<Self> {
        Some(node.clone())
    }
}

impl JsonSchema for Node {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AnyValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}
