//! A value in a pipeline file: known from the text, or made when the pipeline runs.
//!
//! What must hold: a value that a run decides is never taken for a literal, and says who has a hand in it.

use serde::Serialize;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Exactly this text.
    Literal(String),
    /// What the run makes of an expression, in the provider's own words; and who controls the outcome at worst.
    Made(String, Control),
}

/// Who can decide what an expression comes to; the order is from the most harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// The CI system alone: a run's number, a commit's id.
    System,
    /// Whoever administers the project: a variable, a secret, a setting.
    Administrator,
    /// Whoever may push to the repository or start a run: a branch's name, a run's parameter.
    Member,
    /// Anybody who can open a change request or write a comment: its title, its branch, its author's name.
    Stranger,
    /// Not known to this program.
    Unknown,
}

impl Value {
    /// A literal.
    pub fn literal(text: impl Into<String>) -> Value {
        Value::Literal(text.into())
    }

    /// The text, where it is known.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self {
            Value::Literal(text) => Some(text),
            Value::Made(..) => None,
        }
    }

    /// The text, or the expression in the provider's own words; for people and for comparison.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Value::Literal(text) | Value::Made(text, _) => text,
        }
    }

    /// Who has a hand in it; a literal is nobody's but the file's.
    #[must_use]
    pub fn control(&self) -> Control {
        match self {
            Value::Literal(_) => Control::System,
            Value::Made(_, control) => *control,
        }
    }
}
