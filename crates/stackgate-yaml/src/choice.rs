//! The `choice!` macro: an enum of words, its reader and its schema, from one definition.
//!
//! The words are matched as they are written, whatever the quotes; case and spelling count, since a
//! near miss must become a question and not a guess.

use schemars::Schema;
use serde_json::{Map, Value as Json, json};
use stackgate_diagnostic::{Diagnostic, closest, quote};

use crate::mapping::description;
use crate::node::Node;
use crate::read::Reader;
use crate::rules::UNKNOWN_VALUE;

/// Defines an enum whose values are words, its collecting reader and its schema.
///
/// It derives what a small value can (`Copy`, `Eq`, `Ord`, `Hash`), and has `ALL`, `as_str` and
/// `Display`. The order of the words is that of `Ord`. Doc comments are descriptions in the schema.
///
/// ```
/// stackgate_yaml::choice! {
///     /// The posture of a stack.
///     pub enum Tier {
///         /// Deployed without a gate.
///         Development = "development",
///         /// Deployed after an approval.
///         Production = "production",
///     }
/// }
///
/// # fn main() {
/// assert_eq!(Tier::Production.as_str(), "production");
/// assert!(Tier::ALL.contains(&Tier::Development));
/// # }
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident {
            $($(#[doc = $word_doc:literal])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[doc = $word_doc])* $variant),+
        }

        impl $name {
            /// Every choice, in order.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it is written.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::Read for $name {
            fn read(node: &$crate::Node, reader: &mut $crate::Reader) -> ::core::option::Option<Self> {
                let index = $crate::support::read_choice(node, reader, &[$($word),+])?;
                Self::ALL.get(index).copied()
            }
        }

        impl $crate::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", ::core::stringify!($name)))
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::support::choice_schema(&[$($doc),*], &[$(($word, &[$($word_doc),*])),+])
            }
        }
    };
}

/// The index of the word that a node holds.
pub fn read_choice(node: &Node, reader: &mut Reader, words: &[&str]) -> Option<usize> {
    let expected = format!("one of `{}`", words.join("`, `"));
    let Some(text) = node.as_str() else {
        reader.wrong_type(node, &expected);
        return None;
    };
    let index = words.iter().position(|word| *word == text);
    if index.is_none() {
        let message = reader.say(&format!("unknown value {}", quote(text)));
        let mut diagnostic = Diagnostic::error(&UNKNOWN_VALUE, node.span, message);
        if let Some(meant) = closest(text, words.iter().copied()) {
            diagnostic = diagnostic.label(format!("did you mean `{meant}`?"));
        }
        reader.error(diagnostic.help(format!("write {expected}")));
    }
    index
}

/// The schema of a choice; the words have descriptions where they are documented.
#[must_use]
pub fn choice_schema(docs: &[&str], words: &[(&str, &[&str])]) -> Schema {
    let mut schema = Map::new();
    if let Some(description) = description(docs) {
        schema.insert("description".into(), description.into());
    }
    schema.insert("type".into(), "string".into());
    let described = words.iter().any(|(_, docs)| description(docs).is_some());
    if described {
        let words: Vec<Json> = words
            .iter()
            .map(|(word, docs)| match description(docs) {
                Some(description) => json!({ "const": word, "description": description }),
                None => json!({ "const": word }),
            })
            .collect();
        schema.insert("oneOf".into(), words.into());
    } else {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        schema.insert("enum".into(), words.into());
    }
    schema.into()
}
