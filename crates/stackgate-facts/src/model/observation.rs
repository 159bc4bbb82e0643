//! An observation: one pipeline, with the files it was read from and what could not be decided.
//!
//! What must hold: whatever a file says ends in a field of its own, in [`Setting`] where it only changes how a job behaves,
//! in `presentation` where it is for people alone, or in [`Undecided`]. Names of jobs and keys are the provider's.

use std::sync::Arc;

use serde::Serialize;

use super::{Code, Job, Variable};
use crate::place::Place;

/// One pipeline: its file, and whatever of the repository that includes.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The provider's id.
    pub provider: &'static str,
    /// The files: the pipeline's own first; path and text.
    pub sources: Vec<(String, Arc<str>)>,
    /// What it says beside its jobs, that changes how they run.
    pub settings: Vec<Setting>,
    /// What it says for people alone: names and comments. A difference here is cosmetic.
    pub presentation: Vec<String>,
    /// Variables that the provider itself sets for every job and that somebody else has a hand in: the branch's name, a
    /// change request's title. They are the provider's, not this file's, so that they are no facts of their own.
    pub environment: Vec<Variable>,
    /// Its jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// Foreign code that belongs to no job alone: includes, shared libraries, orbs, other repositories.
    pub code: Vec<Code>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
}

/// Something that changes how a job behaves and grants nothing.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The provider's key, with its path where it lies deeper: `defaults.run.shell`.
    pub key: String,
    /// Its value in one spelling: quotes, order of keys and styles do not count.
    pub value: String,
    /// Where.
    pub place: Place,
}

/// Something that could not be decided.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// What of.
    pub aspect: Aspect,
    /// The job, where it is one's.
    pub job: Option<String>,
    /// Why, as a sentence without a full stop.
    pub why: String,
    /// Where.
    pub place: Place,
}

/// What could not be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The file, or a part of it, cannot be read.
    Syntax,
    /// A key that this program does not know.
    Key,
    /// What starts something.
    Condition,
    /// What is executed.
    Code,
    /// Text that lies elsewhere: another repository, a server.
    Elsewhere,
    /// A limit of this program was reached.
    Limit,
}
