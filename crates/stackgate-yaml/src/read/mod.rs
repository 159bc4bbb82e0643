//! The collecting reader: from a tree to types, with every mistake on the way.
//!
//! What must always hold: a `None` from [`Read::read`] means that a diagnostic was recorded, and one
//! bad field never hides what is wrong with its neighbours. No defaults are chosen here: what is
//! absent stays absent, as an `Option`, and the layer above decides.

mod leaf;
mod located;
mod switch;
mod table;

use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use stackgate_diagnostic::{Diagnostic, Diagnostics, Span, excerpt, quote};

use crate::node::{Key, Node};
use crate::rules::{MISSING_KEY, WRONG_TYPE};

pub use located::Located;
pub use switch::Switch;
pub use table::{Row, Table};

/// A type that can be read from a node, and whose schema says what it accepts.
pub trait Read: JsonSchema + Sized {
    /// Whether a mapping must have the key that holds this.
    const REQUIRED: bool = true;

    /// Reads the value; `None` when something is wrong with it, which the reader then knows.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// What it means that `parent` does not have `key`: an error, unless the type says otherwise.
    fn absent(parent: &Node, key: &str, reader: &mut Reader) -> Option<Self> {
        reader.missing_key(parent, key);
        None
    }

    /// The schema where this is the value of a key.
    fn property(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }
}

/// Reads a whole tree: the value, unless there were errors, and all diagnostics.
#[must_use]
pub fn read<T: Read>(root: &Node) -> (Option<T>, Diagnostics) {
    let mut reader = Reader::default();
    let value = T::read(root, &mut reader);
    let diagnostics = reader.into_diagnostics();
    (value.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// Collects diagnostics, and knows where in the tree the reading is.
#[derive(Debug, Default)]
pub struct Reader {
    diagnostics: Diagnostics,
    path: Vec<Step>,
}

/// One step from the root: a key with its place, or an index.
#[derive(Debug)]
enum Step {
    Key(String, Span),
    Index(usize),
}

impl Reader {
    /// A reader at the root.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a diagnostic of any severity.
    pub fn error(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether an error was recorded.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.has_errors()
    }

    /// All that was recorded, in the order of the file.
    #[must_use]
    pub fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics.sorted()
    }

    /// Reads below a key, so that messages can say where that was.
    pub fn at<T>(&mut self, key: &Key, read: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Key(key.text.clone(), key.span), read)
    }

    /// Reads an item of a list, counted from 0.
    pub fn at_index<T>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Index(index), read)
    }

    fn step<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let value = read(self);
        self.path.pop();
        value
    }

    /// The way from the root, such as `projects.app.after[0]`; empty at the root.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Key(key, _) if path.is_empty() => path.push_str(&excerpt(key)),
                // Writing to a string cannot fail.
                Step::Key(key, _) => {
                    let _ = write!(path, ".{}", excerpt(key));
                }
                Step::Index(index) => {
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        path
    }

    /// A message that begins with the place: "`a.b`: message".
    #[must_use]
    pub fn say(&self, message: &str) -> String {
        match self.path() {
            path if path.is_empty() => message.to_owned(),
            path => format!("`{path}`: {message}"),
        }
    }

    /// A message that ends with the place: "message in `a.b`".
    #[must_use]
    pub fn say_in(&self, message: &str) -> String {
        match self.path() {
            path if path.is_empty() => message.to_owned(),
            path => format!("{message} in `{path}`"),
        }
    }

    /// Records that a value is of another kind than `expected`, such as "a list".
    pub fn wrong_type(&mut self, node: &Node, expected: &str) {
        let message = self.say(&format!("expected {expected}, found {}", node.kind()));
        let diagnostic = Diagnostic::error(&WRONG_TYPE, node.span, message);
        self.error(match (node.is_null(), node.as_str(), expected) {
            (true, _, _) if expected.ends_with("a mapping") => diagnostic.help("write `{}` for an empty mapping"),
            (true, _, "a list") => diagnostic.help("write `[]` for an empty list"),
            (true, _, "text") => diagnostic.help("write the text after the colon, or delete the key"),
            (_, Some("yes" | "no" | "on" | "off" | "True" | "False"), "true or false") => {
                diagnostic.help("write `true` or `false`, without quotes")
            }
            _ => diagnostic,
        });
    }

    /// Records that a mapping lacks a key.
    pub fn missing_key(&mut self, parent: &Node, key: &str) {
        // The key that holds the mapping says more than the first line of what is there.
        let span = match self.path.last() {
            Some(Step::Key(_, span)) => *span,
            _ => parent.span,
        };
        let message = self.say_in(&format!("missing key {}", quote(key)));
        let diagnostic = Diagnostic::error(&MISSING_KEY, span, message);
        self.error(diagnostic.help(format!("add `{key}: …`")));
    }
}
