//! Rules and how bad it is to break one.
//!
//! A rule is a static: its id is stable, since waivers, pages and reports name it. A rule knows
//! nothing of how it is checked; that is the business of the crate that declares it.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::Serialize;

/// Something that stackgate holds a file to. Two rules are equal when their ids are.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What `explain ID` takes and what a waiver names, in kebab-case.
    pub id: &'static str,
    /// What the rule asks, in one line.
    pub title: &'static str,
    /// Why the rule exists.
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// Whether a waiver with a reason and a date may set it aside.
    pub waivable: bool,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Hash for Rule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// How much a diagnostic matters; the order is from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Notice,
    /// Probably a mistake; work goes on.
    Warning,
    /// Nothing is written while there is one.
    Error,
}

impl Severity {
    /// The word that stands before a message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered() {
        assert!(Severity::Notice < Severity::Warning);
        assert!(Severity::Warning < Severity::Error);
    }
}
