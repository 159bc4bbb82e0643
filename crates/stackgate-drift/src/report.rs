//! The report of a check: each file with its state. It holds texts as they are; who prints them escapes them.

use serde::Serialize;

/// How a file stands to the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is what the spec says.
    Clean,
    /// It does not exist.
    Missing,
    /// Somebody changed it since it was written.
    Edited,
    /// An older spec or an older version wrote it, and nobody changed it since.
    Outdated,
    /// A file without our marker stands where an artifact belongs.
    NotOurs,
    /// What stands there cannot be read as text.
    Unreadable,
    /// The spec no longer produces it; nobody changed it.
    Orphaned,
    /// The spec no longer produces it, and somebody changed it.
    OrphanEdited,
}

impl State {
    /// The word for people and for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Clean => "clean",
            State::Missing => "missing",
            State::Edited => "edited",
            State::Outdated => "outdated",
            State::NotOurs => "not ours",
            State::Unreadable => "unreadable",
            State::Orphaned => "orphaned",
            State::OrphanEdited => "orphaned and edited",
        }
    }

    /// What it means and what to do, in one sentence.
    pub fn advice(self) -> &'static str {
        match self {
            State::Clean => "it is what the spec says",
            State::Missing => "the spec asks for it; run `stackgate generate`",
            State::Edited => {
                "somebody changed it since it was written; put the change into the spec, or run `stackgate generate`"
            }
            State::Outdated => "an older spec or version wrote it; run `stackgate generate`",
            State::NotOurs => {
                "a file that stackgate did not write stands in its place; `stackgate generate --adopt PATH` replaces it"
            }
            State::Unreadable => "it cannot be read as text; look at it and remove it",
            State::Orphaned => "the spec no longer asks for it; `stackgate generate` removes it",
            State::OrphanEdited => "the spec no longer asks for it, and somebody changed it; look at it and remove it",
        }
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Relative to the repository root.
    pub path: String,
    /// The provider's id, empty for an orphan.
    pub provider: String,
    /// How it stands.
    pub state: State,
    /// What stands there, where that differs; for `Unreadable`, what it is.
    pub found: Option<String>,
    /// What should stand there, where that differs.
    pub expected: Option<String>,
}

/// How many files are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files that the spec asks for, and orphans.
    pub files: usize,
    /// Of these, how many are what the spec says.
    pub clean: usize,
}

/// Every file of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The spec's path.
    pub spec_path: String,
    /// The files: artifacts in the order of rendering, then orphans by path.
    pub files: Vec<FileReport>,
}

impl Report {
    pub(crate) fn new(spec_path: &str, files: Vec<FileReport>) -> Report {
        Report { spec_path: spec_path.to_owned(), files }
    }

    /// Whether every file is what the spec says.
    pub fn is_clean(&self) -> bool {
        self.files.iter().all(|file| file.state == State::Clean)
    }

    /// Files that differ.
    pub fn drifted(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().filter(|file| file.state != State::Clean)
    }

    /// How many files, and how many are clean.
    pub fn summary(&self) -> Summary {
        Summary { files: self.files.len(), clean: self.files.len() - self.drifted().count() }
    }
}
