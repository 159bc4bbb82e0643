//! YAML as one tree with places, and a reader that collects every mistake in it.
//!
//! What must always hold: a tree that [`parse`] returns has no anchor, alias, tag, merge key or
//! duplicate key, nothing invisible in its text, and keeps the [`Limits`]; so what a reviewer sees
//! is what is read. The spec and the pipelines that are read back go through the same parser.
//! Pipelines that stackgate never wrote go through [`parse_lenient`], which resolves all of these as
//! their system does, and names each that its system does not have.
//!
//! Deliberately absent: writing YAML, since an emitter cannot be trusted to quote for every other
//! reader ([`edit`] only replaces parts of a text that is there), and any knowledge of what the keys
//! mean.

mod characters;
mod choice;
pub mod edit;
mod lenient;
mod mapping;
mod node;
mod parse;
mod read;
mod rules;

pub use characters::is_forbidden;
pub use lenient::{Comment, Dialect, Duplicates, Lenient, Merges, parse_lenient};
pub use node::{Entry, Key, Mapping, Node, Scalar, Value};
pub use parse::{Limits, parse, parse_bytes};
pub use read::{Located, Read, Reader, Row, Switch, Table, read};
pub use rules::{
    ALIAS, ANCHOR, COMPLEX_KEY, CONTROL_CHARACTER, DIRECTIVE, DUPLICATE_KEY, EMPTY_FILE, INVISIBLE_CHARACTER,
    MERGE_KEY, MERGE_OVERRIDES, MERGE_VALUE, MISSING_KEY, NOT_UTF_8, PIPELINE_RULES, RECURSIVE_ALIAS, RULES,
    SEVERAL_DOCUMENTS, SYNTAX, TAG, TOO_DEEP, TOO_LARGE, TOO_MANY_ALIASES, TOO_MANY_NODES, UNKNOWN_ALIAS, UNKNOWN_KEY,
    UNKNOWN_VALUE, UNSUPPORTED_YAML, WRONG_TYPE,
};
// The macros name these, so that a crate that uses the macros need not depend on them itself.
pub use schemars;
pub use stackgate_diagnostic::{Diagnostic, Diagnostics, Span};

/// What the macros expand to; not for use by hand.
#[doc(hidden)]
pub mod support {
    pub use crate::choice::{choice_schema, read_choice};
    pub use crate::mapping::{Fields, ObjectSchema};
}
