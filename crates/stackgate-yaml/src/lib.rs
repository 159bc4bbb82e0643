//! YAML as one tree with places, and a reader that collects every mistake in it.
//!
//! What must always hold: a tree that [`parse`] returns has no anchor, alias, tag, merge key or
//! duplicate key, nothing invisible in its text, and keeps the [`Limits`]; so what a reviewer sees
//! is what is read. The spec and the pipelines that are read back go through the same parser.
//!
//! Deliberately absent: writing YAML, since an emitter cannot be trusted to quote for every other
//! reader, and any knowledge of what the keys mean.

mod characters;
mod choice;
mod mapping;
mod node;
mod parse;
mod read;
mod rules;

pub use characters::is_forbidden;
pub use node::{Entry, Key, Mapping, Node, Scalar, Value};
pub use parse::{Limits, parse, parse_bytes};
pub use read::{Located, Read, Reader, Row, Switch, Table, read};
pub use rules::{
    ALIAS, ANCHOR, COMPLEX_KEY, CONTROL_CHARACTER, DIRECTIVE, DUPLICATE_KEY, EMPTY_FILE, INVISIBLE_CHARACTER,
    MERGE_KEY, MISSING_KEY, NOT_UTF_8, RULES, SEVERAL_DOCUMENTS, SYNTAX, TAG, TOO_DEEP, TOO_LARGE, TOO_MANY_NODES,
    UNKNOWN_KEY, UNKNOWN_VALUE, WRONG_TYPE,
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
