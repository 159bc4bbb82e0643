//! How much of something there may be.
//!
//! What must hold: a limit that is stated here is the one that is checked, and the page of limits is made from these. It
//! knows nothing of how it is checked.

use crate::Rule;

/// A limit, and the rule that is broken past it.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted, as in "stacks of a spec".
    pub what: &'static str,
    /// How many there may be.
    pub most: usize,
    /// The rule that says so.
    pub rule: &'static Rule,
}

impl Limit {
    /// At most so many of it.
    #[must_use]
    pub const fn new(what: &'static str, most: usize, rule: &'static Rule) -> Self {
        Self { what, most, rule }
    }
}
