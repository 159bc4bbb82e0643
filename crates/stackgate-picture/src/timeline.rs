//! What the logs say day by day.
//!
//! Deliberately absent: how it was counted; whoever reads the logs fills this in.

use indexmap::IndexMap;

/// Days, in order, each at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The days. Days without anything may be left out.
    pub days: Vec<Day>,
}

/// A day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// As `2026-11-26`.
    pub date: String,
    /// How often each kind of event was seen; the order of kinds is that of the first day that has them.
    pub counts: IndexMap<String, u64>,
    /// The findings of that day, one sentence each.
    pub findings: Vec<String>,
}
