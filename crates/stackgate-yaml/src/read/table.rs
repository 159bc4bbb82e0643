//! A mapping whose keys are the user's own names, each with its place.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use stackgate_diagnostic::Span;

use super::{Read, Reader};
use crate::node::Node;

/// Values by the user's names for them, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    /// Where the mapping is.
    pub span: Span,
    rows: IndexMap<String, Row<T>>,
}

/// A value of a table, and where its key was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    /// Where the key was written.
    pub key_span: Span,
    /// The value.
    pub value: T,
}

impl<T> Table<T> {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(key).map(|row| &row.value)
    }

    /// The value of a key, with the place of the key.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row<T>> {
        self.rows.get(key)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    /// Each key, its place, and its value.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, Span, &T)> + ExactSizeIterator {
        self.rows.iter().map(|(key, row)| (key.as_str(), row.key_span, &row.value))
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.rows.keys().map(String::as_str)
    }

    /// The values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.rows.values().map(|row| &row.value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { span: Span::default(), rows: IndexMap::new() }
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = (String, Row<T>);
    type IntoIter = indexmap::map::IntoIter<String, Row<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<T: Read> Read for Table<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            reader.wrong_type(node, "a mapping");
            return None;
        };
        let mut rows = IndexMap::with_capacity(mapping.len());
        let mut whole = true;
        for entry in mapping {
            match reader.at(&entry.key, |reader| T::read(&entry.value, reader)) {
                Some(value) => {
                    rows.insert(entry.key.text.clone(), Row { key_span: entry.key.span, value });
                }
                None => whole = false,
            }
        }
        whole.then_some(Self { span: node.span, rows })
    }
}

impl<T: Read> JsonSchema for Table<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Table_of_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Table<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = T::property(generator);
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}
