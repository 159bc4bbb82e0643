//! What follows from the scripts of a pipeline: tokens, verbs, downloads, channels.
//!
//! What must hold: done once, at the end of a reader; whatever cannot be followed is known as a fact of its own.

use crate::model::Observation;

impl Observation {
    /// Adds what follows from the scripts of the steps. Readers call it at their end.
    #[must_use]
    pub fn finish(self) -> Observation {
        self
    }
}
