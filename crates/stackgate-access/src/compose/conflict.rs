//! What stands between two fragments.
//!
//! What must hold: it names its rule and every source that takes part. Deliberately absent: a place in a file; the caller
//! has the files.

use std::fmt;

use stackgate_diagnostic::Rule;

/// Something that fragments contradict each other in, or that one asks for and must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The sources that take part, sorted.
    pub sources: Vec<String>,
    /// What a waiver would name: stacks and teams.
    pub places: Vec<String>,
    /// What is wrong.
    pub message: String,
}

impl Conflict {
    pub(crate) fn new(rule: &'static Rule, sources: &[&str], message: impl Into<String>) -> Conflict {
        let mut sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
        sources.sort_unstable();
        sources.dedup();
        Conflict { rule, sources, places: Vec::new(), message: message.into() }
    }

    pub(crate) fn place(mut self, place: &str) -> Conflict {
        self.places.push(place.to_owned());
        self
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.sources.join(", "), self.message, self.rule.id)
    }
}
