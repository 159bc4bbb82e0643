//! The `mapping!` macro: a struct, the reader and the schema of a mapping, from one definition.
//!
//! What must always hold: the schema accepts a key if, and only if, the reader does. What the macro
//! writes is as little as can be; the work is in the functions below it.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};
use stackgate_diagnostic::{Diagnostic, closest, quote};

use crate::node::{Mapping, Node, Value};
use crate::read::{Read, Reader};
use crate::rules::UNKNOWN_KEY;

/// Defines a struct of a mapping with known keys, its collecting reader and its schema.
///
/// A key is named as its field, or by `#[key = "…"]`. An `Option` field may be left out. The struct
/// gets a field `span` and derives `Clone` and `Debug`; one `#[derive(…)]` may add to that. With
/// `#[shorthand = field]`, a bare scalar stands for a mapping with that one key. Doc comments are
/// the descriptions in the schema. Attributes come in the order: docs, derive, shorthand; docs, key.
///
/// ```
/// use stackgate_yaml::{Limits, Located, Read, mapping, parse, read};
///
/// mapping! {
///     /// Who deploys.
///     #[derive(PartialEq)]
///     #[shorthand = team]
///     pub struct Deploy {
///         /// The team whose token is minted.
///         pub team: Located<String>,
///         /// The kind of gate.
///         #[key = "type"]
///         pub kind: Option<String>,
///     }
/// }
///
/// # fn main() {
/// let node = parse("platform", &Limits::SPEC).unwrap();
/// let (deploy, _) = read::<Deploy>(&node);
/// assert_eq!(*deploy.unwrap().team, "platform");
/// # }
/// ```
#[macro_export]
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:path),* $(,)?)])?
        $(#[shorthand = $shorthand:ident])?
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[key = $key:literal])?
                $field_vis:vis $field:ident: $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug $(, $($derive),*)?)]
        $vis struct $name {
            /// Where the mapping was written.
            #[allow(dead_code, reason = "not everybody points at the mapping as a whole")]
            pub span: $crate::Span,
            $($(#[doc = $field_doc])* $field_vis $field: $type,)*
        }

        impl $crate::Read for $name {
            fn read(node: &$crate::Node, reader: &mut $crate::Reader) -> ::core::option::Option<Self> {
                let fields = $crate::support::Fields::open(
                    node,
                    reader,
                    &[$($crate::mapping!(@key $field $($key)?)),*],
                    $crate::mapping!(@shorthand $($shorthand)?),
                )?;
                // Every field is read before the first failure counts.
                $(let $field: ::core::option::Option<$type> =
                    fields.read($crate::mapping!(@key $field $($key)?), reader);)*
                ::core::option::Option::Some(Self { span: node.span, $($field: $field?),* })
            }
        }

        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", ::core::stringify!($name)))
            }

            fn json_schema(generator: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                let mut schema = $crate::support::ObjectSchema::new(&[$($doc),*]);
                $(schema.property::<$type>(
                    $crate::mapping!(@key $field $($key)?),
                    &[$($field_doc),*],
                    generator,
                );)*
                schema.finish($crate::mapping!(@shorthand $($shorthand)?))
            }
        }
    };
    (@key $field:ident) => { ::core::stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@shorthand) => { ::core::option::Option::None };
    (@shorthand $field:ident) => { ::core::option::Option::Some(::core::stringify!($field)) };
}

/// A mapping that is being read, or the scalar that stands for one.
#[derive(Debug)]
pub struct Fields<'a> {
    node: &'a Node,
    mapping: Option<&'a Mapping>,
    shorthand: Option<&'static str>,
    misspelt: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    /// Checks the kind of the node and that every key is known.
    pub fn open(
        node: &'a Node,
        reader: &mut Reader,
        keys: &'a [&'static str],
        shorthand: Option<&'static str>,
    ) -> Option<Self> {
        let mut fields = Self { node, mapping: None, shorthand: None, misspelt: Vec::new() };
        match (&node.value, shorthand) {
            (Value::Mapping(mapping), _) => {
                fields.mapping = Some(mapping);
                for entry in mapping.iter().filter(|entry| !keys.contains(&entry.key.text.as_str())) {
                    let free = keys.iter().copied().filter(|key| mapping.entry(key).is_none());
                    let meant = closest(&entry.key.text, free);
                    fields.misspelt.extend(meant);
                    let message = reader.say_in(&format!("unknown key {}", quote(&entry.key.text)));
                    let mut diagnostic = Diagnostic::error(&UNKNOWN_KEY, entry.key.span, message);
                    if let Some(meant) = meant {
                        diagnostic = diagnostic.label(format!("did you mean `{meant}`?"));
                    }
                    reader.error(diagnostic.help(list("keys", keys)));
                }
            }
            (Value::Scalar(_), Some(_)) => fields.shorthand = shorthand,
            (_, Some(_)) => {
                reader.wrong_type(node, "text or a mapping");
                return None;
            }
            (_, None) => {
                reader.wrong_type(node, "a mapping");
                return None;
            }
        }
        Some(fields)
    }

    /// Reads the value of one key.
    pub fn read<T: Read>(&self, key: &str, reader: &mut Reader) -> Option<T> {
        if self.shorthand == Some(key) {
            return T::read(self.node, reader);
        }
        match self.mapping.and_then(|mapping| mapping.entry(key)) {
            Some(entry) => reader.at(&entry.key, |reader| T::read(&entry.value, reader)),
            // It is there, misspelt; to call it missing too would be one mistake told twice.
            None if T::REQUIRED && self.misspelt.contains(&key) => None,
            None => T::absent(self.node, key, reader),
        }
    }
}

/// "the keys here are `a`, `b`".
pub(crate) fn list(what: &str, all: &[&str]) -> String {
    match all {
        [] => format!("there are no {what} here"),
        [one] => format!("the only one of the {what} here is `{one}`"),
        _ => format!("the {what} here are `{}`", all.join("`, `")),
    }
}

/// The schema of a mapping, as it grows.
#[derive(Debug)]
pub struct ObjectSchema {
    description: Option<String>,
    properties: Map<String, Json>,
    required: Vec<&'static str>,
}

impl ObjectSchema {
    /// The schema of a mapping without keys.
    #[must_use]
    pub fn new(docs: &[&str]) -> Self {
        Self { description: description(docs), properties: Map::new(), required: Vec::new() }
    }

    /// Adds a key.
    pub fn property<T: Read>(&mut self, key: &'static str, docs: &[&str], generator: &mut SchemaGenerator) {
        let mut schema = T::property(generator);
        if let Some(description) = description(docs) {
            schema.ensure_object().insert("description".into(), description.into());
        }
        self.properties.insert(key.into(), schema.to_value());
        if T::REQUIRED {
            self.required.push(key);
        }
    }

    /// The schema; with a shorthand, also what its key accepts.
    #[must_use]
    pub fn finish(self, shorthand: Option<&str>) -> Schema {
        let short = shorthand.and_then(|key| self.properties.get(key)).cloned();
        let mut object = Map::new();
        object.insert("type".into(), "object".into());
        object.insert("properties".into(), self.properties.into());
        if !self.required.is_empty() {
            object.insert("required".into(), self.required.into());
        }
        object.insert("additionalProperties".into(), false.into());
        if let Some(short) = short {
            let any = json!([short, object]);
            object = Map::new();
            object.insert("anyOf".into(), any);
        }
        if let Some(description) = self.description {
            object.insert("description".into(), description.into());
        }
        object.into()
    }
}

/// A doc comment as running text: lines of a paragraph joined, items of a list apart.
pub(crate) fn description(docs: &[&str]) -> Option<String> {
    let mut text = String::new();
    for line in docs.iter().flat_map(|doc| doc.split('\n')).map(str::trim) {
        if line.is_empty() {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str("\n\n");
            }
            continue;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push(if line.starts_with("- ") { '\n' } else { ' ' });
        }
        text.push_str(line);
    }
    text.truncate(text.trim_end().len());
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
