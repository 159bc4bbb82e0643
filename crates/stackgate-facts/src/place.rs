//! Where a fact was read, and where a reader finds the files that a pipeline includes.
//!
//! What must hold: a place names its file, since a job may be put together from several; the files come from whoever owns
//! the disk, and never from outside the repository.

use std::fmt;
use std::sync::Arc;

use stackgate_diagnostic::Span;

use crate::model::Observation;

/// A byte range in one of an observation's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which of [`crate::Observation::sources`]; 0 is the pipeline file itself.
    pub file: usize,
    /// Where in it.
    pub span: Span,
}

impl Place {
    /// A place in the pipeline file itself.
    #[must_use]
    pub const fn new(file: usize, span: Span) -> Place {
        Place { file, span }
    }
}

/// Something with its place. Two are equal when what they hold is, wherever it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placed<T> {
    /// What.
    pub what: T,
    /// Where.
    pub place: Place,
}

impl<T> Placed<T> {
    /// This, there.
    pub const fn new(what: T, place: Place) -> Placed<T> {
        Placed { what, place }
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl<T: Eq> Eq for Placed<T> {}

/// The files of one repository, as far as a pipeline may include them.
pub trait Tree {
    /// The text at a path relative to the repository's root, with `/`.
    ///
    /// # Errors
    /// When there is none, or it cannot be read as text, or it lies outside.
    fn read(&self, path: &str) -> Result<Arc<str>, TreeError>;

    /// Whether something is there.
    fn has(&self, path: &str) -> bool {
        !matches!(self.read(path), Err(TreeError::Missing))
    }

    /// The path of every file, sorted; none where the tree cannot tell. A pattern that includes files needs it.
    fn paths(&self) -> Option<Vec<String>> {
        None
    }
}

/// What reads the pipelines of one CI system; each adapter has one.
pub trait PipelineReader: Sync {
    /// Whether a file of that path (relative, with `/`) is a pipeline of this system by its name alone.
    fn is_pipeline(&self, path: &str) -> bool;

    /// Reads one pipeline with what it includes of the repository. Total: whatever the text is, what cannot be decided ends
    /// in [`Observation::undecided`]. The result is finished: what follows from scripts is in it.
    fn read(&self, path: &str, tree: &dyn Tree) -> Observation;
}

/// Why a file of the repository cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError {
    /// There is nothing there.
    Missing,
    /// It lies outside the repository, by its path or through a link.
    Outside,
    /// It is there and cannot be read as text: what is wrong with it.
    Unreadable(String),
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TreeError::Missing => f.write_str("there is no such file"),
            TreeError::Outside => f.write_str("it lies outside the repository"),
            TreeError::Unreadable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for TreeError {}
