//! Places of an observation, for a report and for a comment.
//!
//! What must hold: a place that is of no file is the pipeline's own first line, never a wrong one.

use stackgate_diagnostic::Source;
use stackgate_facts::{Observation, Place};

/// `path:line`.
pub(crate) fn words(observation: &Observation, place: Place) -> String {
    match observation.source(place) {
        Some((path, _)) => format!("{path}:{}", observation.line_column(place).line),
        None => String::new(),
    }
}

/// The place as a report has it.
pub(crate) fn reported(observation: &Observation, place: Place) -> Option<stackgate_report::Place> {
    let (path, text) = observation.source(place).or_else(|| observation.source(Place::default()))?;
    if place.span.end == 0 {
        return Some(stackgate_report::Place::file(path));
    }
    Some(stackgate_report::Place::of(place.span, &Source::new(path, text)))
}
