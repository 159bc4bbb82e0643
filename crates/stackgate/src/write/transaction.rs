//! One write: everything is prepared beside its place, then changes places, and is undone as a whole where one step fails.
//!
//! What must hold: at any moment each file is the old one or the new one; until the journal is gone, all can be undone;
//! what changes places is compared with what was shown, so that nobody's change is lost. The lock is the caller's.
//! Deliberately absent: deciding what is written.

use std::io::{ErrorKind, Write as _};

use stackgate_drift::FileReport;

use crate::disk::Folder;
use crate::error::{Error, Result};

use super::folders::{Folders, Seen, join};
use super::journal::{DONE, JOURNAL, Step, digest, format, temporary};
use super::undo::{Origin, undo};
use super::{Action, Changes};

/// A temporary's name may be taken by somebody; more often than this it is no accident.
const MOST_TRIES: usize = 100;

struct Transaction<'a> {
    folders: &'a mut Folders,
    steps: Vec<Step>,
    /// Temporaries that were made, as folder and name.
    temporaries: Vec<(String, String)>,
    /// How many names were used.
    names: usize,
    journal: bool,
}

/// Carries the changes out, and returns what could not be cleared up after them.
pub(crate) fn carry_out(folders: &mut Folders, files: &[FileReport], changes: &Changes) -> Result<Vec<String>> {
    let mut transaction = Transaction { folders, steps: Vec::new(), temporaries: Vec::new(), names: 0, journal: false };
    match transaction.run(files, changes) {
        Ok(()) => Ok(transaction.clear_up()),
        Err(error) => Err(transaction.abandon(error)),
    }
}

impl Transaction<'_> {
    fn run(&mut self, files: &[FileReport], changes: &Changes) -> Result<()> {
        for (path, action) in in_safe_order(changes) {
            let Some(file) = files.iter().find(|file| file.path == *path) else { continue };
            self.prepare(file, *action)?;
        }
        if self.steps.is_empty() {
            return Ok(());
        }
        self.write_journal()?;
        for number in 0..self.steps.len() {
            let step = self.steps[number].clone();
            let found = files.iter().find(|file| file.path == step.path).and_then(|file| file.found.as_deref());
            self.apply(&step, found.unwrap_or_default())?;
        }
        self.folders.still_there()?;
        self.folders.sync()?;
        // From here on the new files are what counts.
        self.folders.root().rename(JOURNAL, DONE).map_err(self.folders.failed(JOURNAL, "rename"))?;
        self.journal = false;
        Ok(())
    }

    /// Writes the new text beside its place.
    fn prepare(&mut self, file: &FileReport, action: Action) -> Result<()> {
        let step = Step { path: file.path.clone(), beside: String::new(), old: None, new: None };
        let (place, name) = step.place();
        self.folders.make(place)?;
        let seen = self.folders.see(place, name)?;
        let old = file.found.as_ref().map(|text| digest(text.as_bytes()));
        if !seen.is(old.as_deref()) {
            return Err(changed(&file.path));
        }
        let mode = if let Seen::File { mode, .. } = seen { mode } else { 0o644 };
        let text = file.expected.as_deref().filter(|_| action != Action::Removed);
        let new = text.map(|text| digest(text.as_bytes()));
        let beside = match text {
            Some(text) => self.write_temporary(&file.path, text, mode)?,
            None => self.name(place)?,
        };
        self.steps.push(Step { beside, old, new, ..step });
        Ok(())
    }

    /// A name that nothing in the folder has.
    fn name(&mut self, place: &str) -> Result<String> {
        for _ in 0..MOST_TRIES {
            self.names += 1;
            let name = temporary(self.names);
            let kind = self.folders.held(place)?.kind(&name);
            if kind.map_err(self.folders.failed(&join(place, &name), "look at"))?.is_none() {
                return Ok(name);
            }
        }
        Err(self.too_many(place))
    }

    /// Writes a text beside the place that it is for; the name is returned.
    fn write_temporary(&mut self, path: &str, text: &str, mode: u32) -> Result<String> {
        let place = path.rsplit_once('/').map_or("", |(place, _)| place);
        for _ in 0..MOST_TRIES {
            self.names += 1;
            let name = temporary(self.names);
            let failed = || self.folders.failed(path, "write beside");
            let mut file = match self.folders.held(place)?.create(&name, mode) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(failed()(error)),
            };
            self.temporaries.push((place.to_owned(), name.clone()));
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())?;
            return Ok(name);
        }
        Err(self.too_many(place))
    }

    fn too_many(&self, place: &str) -> Error {
        Error::Refused(format!("{} and many more like it are in the way", join(place, &temporary(self.names))))
    }

    /// The journal appears whole under its name, or not at all.
    fn write_journal(&mut self) -> Result<()> {
        let beside = self.write_temporary(JOURNAL, &format(&self.steps), 0o644)?;
        let failed = || self.folders.failed(JOURNAL, "write");
        self.folders.root().rename_new(&beside, JOURNAL).map_err(failed())?;
        self.journal = true;
        self.folders.root().sync().map_err(failed())
    }

    /// Lets the new text and what stands there change places, and holds that what stood there is what was compared.
    fn apply(&self, step: &Step, found: &str) -> Result<()> {
        let (place, name) = step.place();
        let folder = self.folders.held(place)?;
        let failed = |what| self.folders.failed(&step.path, what);
        let taken = |error: std::io::Error, what| match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::NotFound => changed(&step.path),
            _ => failed(what)(error),
        };
        match (&step.old, &step.new) {
            (None, _) => return folder.rename_new(&step.beside, name).map_err(|error| taken(error, "create")),
            (Some(_), None) => folder.rename_new(name, &step.beside).map_err(|error| taken(error, "remove"))?,
            (Some(_), Some(_)) => {
                if !folder.exchange(&step.beside, name).map_err(|error| taken(error, "replace"))? {
                    return self.replace(step, found);
                }
            }
        }
        if self.folders.see(place, &step.beside)?.is(step.old.as_deref()) { Ok(()) } else { Err(changed(&step.path)) }
    }

    /// The same where two names cannot change places in one step: a copy of the old text takes the temporary's name.
    fn replace(&self, step: &Step, found: &str) -> Result<()> {
        let (place, name) = step.place();
        let (folder, spare) = (self.folders.held(place)?, step.spare());
        let Seen::File { digest, mode, .. } = self.folders.see(place, name)? else { return Err(changed(&step.path)) };
        if Some(&digest) != step.old.as_ref() {
            return Err(changed(&step.path));
        }
        let failed = || self.folders.failed(&step.path, "replace");
        let mut copy = folder.create(&spare, mode).map_err(failed())?;
        copy.write_all(found.as_bytes()).and_then(|()| copy.sync_all()).map_err(failed())?;
        folder.rename(&step.beside, name).map_err(failed())?;
        folder.rename(&spare, &step.beside).map_err(failed())
    }

    /// Removes the temporaries, which hold the old texts now. What cannot be removed is said, and harms nothing.
    fn clear_up(self) -> Vec<String> {
        let mut left = Vec::new();
        let mut remove = |place: &str, name: &str| match self.folders.held(place).map(|folder| folder.remove(name)) {
            Ok(Err(error)) if error.kind() != ErrorKind::NotFound => {
                left.push(format!(
                    "{} could not be removed ({error}); the next `stackgate generate` does it",
                    join(place, name)
                ));
            }
            _ => {}
        };
        for step in self.steps.iter().filter(|step| step.old.is_some()) {
            remove(step.place().0, &step.beside);
        }
        if !self.steps.is_empty() && left.is_empty() {
            // As long as a temporary is left, it is the journal that says whose it is.
            if let Err(error) = self.folders.root().remove(DONE) {
                left.push(format!("{DONE} could not be removed ({error}); the next `stackgate generate` does it"));
            }
        }
        left
    }

    /// Undoes everything, and says why it had to; or that it could not.
    fn abandon(mut self, error: Error) -> Error {
        if self.journal {
            let undone = undo(self.folders, &self.steps, Origin::Ours)
                .and_then(|()| remove_journal(self.folders.root()).map_err(self.folders.failed(JOURNAL, "remove")));
            if let Err(second) = undone {
                return Error::HalfWritten { first: Box::new(error), second: Box::new(second) };
            }
        }
        let mut left = None;
        for (place, name) in std::mem::take(&mut self.temporaries) {
            let removed = self.folders.held(&place).map(|folder| folder.remove(&name));
            if let Ok(Err(failure)) = removed
                && failure.kind() != ErrorKind::NotFound
            {
                left = Some(join(&place, &name));
            }
        }
        self.folders.unmake();
        match left {
            Some(left) => Error::LeftBehind { first: Box::new(error), left },
            None => error,
        }
    }
}

/// A rename that the disk reported as failed may have happened.
fn remove_journal(root: &Folder) -> std::io::Result<()> {
    match root.remove(JOURNAL) {
        Err(error) if error.kind() == ErrorKind::NotFound => root.remove(DONE),
        done => done,
    }
}

/// What takes a right away comes first, and what may bring a new one last: removals, then files that change, then files
/// that are new; and of these the later ones first, since adapters render the deploy before what only reads.
fn in_safe_order(changes: &Changes) -> Vec<&(String, Action)> {
    let mut files: Vec<&(String, Action)> = changes.files.iter().rev().collect();
    files.sort_by_key(|(_, action)| match action {
        Action::Removed => 0,
        Action::Updated | Action::Adopted => 1,
        Action::Created => 2,
    });
    files
}

fn changed(path: &str) -> Error {
    Error::Refused(format!("{path} changed while stackgate was working; run it again"))
}
