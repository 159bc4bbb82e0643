//! The pins of an artifact, and which of them are others in a file that stands in its place.
//!
//! What must hold: of a changed line only the pin may be another, and it must still be a pin of the same name; a branch, a
//! tag or another owner is a fault, never a pin. Deliberately absent: whether the new pin is a good one.

mod scan;

use stackgate_provider::plan::{is_commit, is_digest, is_sha256};
use stackgate_provider::{Artifact, Comment, body_of};

pub use scan::{Pin, PinKind};

/// What became of one pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinChange {
    /// The line in the file, from 1.
    pub line: usize,
    /// What the spec says.
    pub expected: Pin,
    /// What stands there.
    pub found: Pin,
    /// Why what stands there is no pin in the place of the other; nothing where it is one.
    pub fault: Option<PinFault>,
}

/// Why what stands in a pin's place is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinFault {
    /// Another action, image or task.
    OtherName,
    /// Not a whole commit, digest or SHA-256 in lower case: it can move, or is nothing.
    NotExact,
    /// The version that people read is not there.
    NoVersion,
}

/// How a file differs from its artifact, as far as pins go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinDiff {
    /// The pins that differ, in the order of the file. Complete only where `other` is nothing.
    pub changes: Vec<PinChange>,
    /// The first line in the file, from 1, that differs in anything else.
    pub other: Option<usize>,
}

impl PinDiff {
    /// Whether pins differ, each is still an immutable reference of the same name, and nothing else differs. A task's
    /// version is not immutable, so that another one is more than a pin.
    pub fn is_pins_alone(&self) -> bool {
        let sound = |change: &PinChange| change.fault.is_none() && change.expected.kind != PinKind::Task;
        self.other.is_none() && !self.changes.is_empty() && self.changes.iter().all(sound)
    }
}

/// Every pin of an artifact, in the order of its lines, which count in the whole file.
pub fn pins_of(artifact: &Artifact) -> Vec<Pin> {
    let first = first_line(artifact.comment);
    let lines = scan::lines(artifact.comment, &artifact.body).into_iter().enumerate();
    lines.filter_map(|(index, line)| Some(Pin { line: first + index, ..line?.pin })).collect()
}

/// Says which pins of an artifact are others in the text that stands in its place, and whether anything else is.
/// A text without our marker is not the artifact's, and differs from its first line on.
pub fn pin_changes(expected: &Artifact, found: &str) -> PinDiff {
    let Some(body) = body_of(found) else { return PinDiff { changes: Vec::new(), other: Some(1) } };
    let body = expected.comment.normalise(body);
    let first = first_line(expected.comment);
    let pins = scan::lines(expected.comment, &expected.body);
    let mut diff = PinDiff::default();
    let mut lines = body.split('\n');
    for (index, (wanted, pin)) in expected.body.split('\n').zip(pins.iter().chain(std::iter::repeat(&None))).enumerate()
    {
        let line = first + index;
        let Some(stands) = lines.next() else { return PinDiff { other: Some(line), ..diff } };
        if stands == wanted {
            continue;
        }
        let other = pin.as_ref().and_then(|pin| pin.of(stands, line));
        match (pin, other) {
            (Some(pin), Some(found)) => {
                let expected = Pin { line, ..pin.pin.clone() };
                diff.changes.push(PinChange { line, fault: fault(&expected, &found), expected, found });
            }
            _ => return PinDiff { other: Some(line), ..diff },
        }
    }
    if lines.next().is_some() {
        diff.other = Some(first + expected.body.split('\n').count());
    }
    diff
}

/// The line in the file, from 1, on which the body begins.
fn first_line(comment: Comment) -> usize {
    if comment == Comment::Script { 3 } else { 2 }
}

fn fault(expected: &Pin, found: &Pin) -> Option<PinFault> {
    if expected.name != found.name {
        return Some(PinFault::OtherName);
    }
    let numbers = |text: &str, count: usize| {
        let parts: Vec<&str> = text.split('.').collect();
        parts.len() == count && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let exact = match expected.kind {
        PinKind::Action => is_commit(&found.hash),
        PinKind::Image => is_digest(&found.hash),
        PinKind::CliX64 | PinKind::CliArm64 => is_sha256(&found.hash),
        PinKind::Cli => numbers(&found.version, 3),
        PinKind::Task => numbers(&found.version, 1),
    };
    if !exact {
        return Some(PinFault::NotExact);
    }
    (found.version.is_empty() && !expected.version.is_empty()).then_some(PinFault::NoVersion)
}

#[cfg(test)]
mod tests;
