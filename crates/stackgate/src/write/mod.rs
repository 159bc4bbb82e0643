//! Writes artifacts: all or nothing, each beside its place and then exchanged, and never outside the root.
//!
//! What must hold: everything is rendered and read back before this begins; one run writes at a time; a failure or a kill
//! half-way is undone, at once or by the next run; a file that is not ours is replaced only when it was named; nothing of
//! the user's is ever deleted.

mod folders;
mod journal;
mod new;
mod recover;
mod spec;
mod transaction;
mod undo;

use std::path::Path;
use std::time::Duration;

use stackgate_drift::{Report, State};

use crate::error::{Error, Result};

use folders::Folders;
pub(crate) use journal::JOURNAL;
pub use new::write_new;
pub(crate) use recover::Places;
use recover::recover;
pub(crate) use spec::replace_file;

/// How often, and after which pause, a run tries to get its turn: five seconds in all.
const TRIES: u32 = 250;
const PAUSE: Duration = Duration::from_millis(20);

/// What a write may do beyond its own files.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// Paths of files that are not ours and may be replaced.
    pub adopt: Vec<String>,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It did not exist.
    Created,
    /// It was ours, and is now up to date.
    Updated,
    /// It was not ours, and was named to be replaced.
    Adopted,
    /// The spec no longer asks for it.
    Removed,
}

impl Action {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Updated => "updated",
            Action::Adopted => "adopted",
            Action::Removed => "removed",
        }
    }
}

/// What a write did, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Path and what was done, in the order of the report. Clean files are not here.
    pub files: Vec<(String, Action)>,
    /// How many files were what the spec says already.
    pub clean: usize,
    /// What else was done or is left to do, a sentence each: a run that was killed was undone, a file could not be removed,
    /// options are missing without which nothing was proved.
    pub notes: Vec<String>,
}

/// What a write would do; everything that speaks against it at once.
pub(crate) fn intend(report: &Report, options: &WriteOptions) -> Result<Changes> {
    let mut changes = Changes::default();
    let mut refusals = Vec::new();
    for file in &report.files {
        let path = &file.path;
        let adopted = options.adopt.iter().any(|named| named.trim_start_matches("./") == path);
        let action = match file.state {
            State::Clean => {
                changes.clean += 1;
                continue;
            }
            State::Missing => Action::Created,
            State::Edited | State::Outdated => Action::Updated,
            State::Orphaned => Action::Removed,
            State::NotOurs if adopted => Action::Adopted,
            State::NotOurs => {
                refusals.push(format!("{path} was not written by stackgate; `--adopt {path}` replaces it"));
                continue;
            }
            State::Unreadable => {
                let what = file.found.as_deref().unwrap_or("it cannot be read");
                refusals.push(format!("{path} cannot be replaced: {what}; move it away first"));
                continue;
            }
            State::OrphanEdited => {
                refusals.push(format!("{path} is no longer asked for by the spec, but somebody changed it; remove it"));
                continue;
            }
        };
        changes.files.push((path.clone(), action));
    }
    for named in &options.adopt {
        if !report.files.iter().any(|file| file.path == named.trim_start_matches("./")) {
            refusals.push(format!("{named} is not the path of an artifact; `--adopt` takes none other"));
        }
    }
    if refusals.is_empty() { Ok(changes) } else { Err(Error::Refused(refusals.join("\n"))) }
}

/// A write that is about to happen: the repository is locked, and what an earlier run left is cleared up.
pub struct Writing {
    folders: Folders,
    report: Report,
    changes: Changes,
}

impl Writing {
    /// What is on disk now.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What will be done.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// With something that is to be said afterwards.
    pub(crate) fn noting(mut self, note: Option<String>) -> Writing {
        self.changes.notes.extend(note);
        self
    }

    /// Does it: all of it, or nothing.
    ///
    /// # Errors
    /// When a file changed since the report was made, or the disk refuses. What was there before is there again then, or
    /// the error is [`Error::HalfWritten`].
    pub fn commit(mut self) -> Result<Changes> {
        let left = transaction::carry_out(&mut self.folders, &self.report.files, &self.changes)?;
        self.changes.notes.extend(left);
        Ok(self.changes)
    }
}

/// Begins a write: locks, clears up, then compares, so that what is compared is what will be replaced.
pub(crate) fn begin(
    root: &Path,
    places: &Places<'_>,
    compare: impl FnOnce() -> Result<Report>,
    options: &WriteOptions,
) -> Result<Writing> {
    let mut folders = Folders::open(root)?;
    lock(&folders, root)?;
    let notes = recover(&mut folders, places)?;
    let report = compare()?;
    let mut changes = intend(&report, options).map_err(|error| match error {
        // That something was undone is said whatever comes of this run.
        Error::Refused(why) if !notes.is_empty() => Error::Refused(format!("{}\n{why}", notes.join("\n"))),
        error => error,
    })?;
    changes.notes = notes;
    Ok(Writing { folders, report, changes })
}

/// Why there is a journal: somebody writes just now, or did not end.
pub(crate) fn interrupted(root: &Path) -> Error {
    match Folders::open(root).map(|folders| folders.root().lock()) {
        Ok(Ok(false)) => Error::Busy { root: root.to_path_buf() },
        _ => Error::Interrupted { journal: JOURNAL, why: None },
    }
}

/// Waits its turn for a while; another write takes much less.
fn lock(folders: &Folders, root: &Path) -> Result<()> {
    for _ in 0..TRIES {
        if folders.root().lock().map_err(folders.failed("", "lock"))? {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(Error::Busy { root: root.to_path_buf() })
}
