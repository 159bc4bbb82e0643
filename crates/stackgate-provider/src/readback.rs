//! Reading back: what an artifact says must be what the plan asks for, every part of it, and no more.
//!
//! What must hold: this runs before anything is written, so that a template which lost a gate fails here and not at its
//! user's. It compares models, never texts.

use std::fmt;

use similar::TextDiff;

use crate::pipeline::{Observed, Pipeline};

/// Compares what was read back with what the plan asks for.
///
/// # Errors
/// When they differ, or the file says something that was not understood.
pub fn compare(expected: &Pipeline, observed: &Observed) -> Result<(), ReadBackError> {
    if expected == &observed.pipeline && observed.unknown.is_empty() {
        return Ok(());
    }
    let print = |pipeline: &Pipeline| serde_json::to_string_pretty(pipeline).unwrap_or_default();
    let (expected, found) = (print(expected), print(&observed.pipeline));
    let diff = TextDiff::from_lines(&expected, &found);
    let mut difference = diff.unified_diff().context_radius(6).header("the plan", "the artifact").to_string();
    for unknown in &observed.unknown {
        difference.push_str("not understood: ");
        difference.push_str(unknown);
        difference.push('\n');
    }
    Err(ReadBackError { difference })
}

/// An artifact does not read back as what the plan asks for: a fault of this program, never of its user.
#[derive(Debug)]
pub struct ReadBackError {
    /// The difference between the two models.
    pub difference: String,
}

impl fmt::Display for ReadBackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an artifact does not read back as what the plan asks for; nothing was written\n{}", self.difference)
    }
}

impl std::error::Error for ReadBackError {}
