//! Before a write: what a run that was killed has left is undone, and its temporaries go.
//!
//! What must hold: only with the lock held, so that no run that still works is taken for a dead one; whatever a journal or
//! a name claims, no file goes that may hold a word of somebody else's.

use stackgate_provider::Place;

use crate::disk::Kind;
use crate::error::{Error, Result};

use super::folders::{Folders, Seen, join};
use super::journal::{DONE, JOURNAL, Step, is_ours, is_temporary, parse};
use super::undo::{Origin, undo};

/// Where artifacts of this spec are or may be.
pub(crate) struct Places<'a> {
    /// The spec's path, as markers name it.
    pub(crate) spec_path: &'a str,
    /// The paths of the artifacts.
    pub(crate) artifacts: Vec<&'a str>,
    /// Where adapters may write.
    pub(crate) places: Vec<Place>,
}

impl Places<'_> {
    fn hold(&self, path: &str) -> bool {
        self.artifacts.contains(&path) || self.places.iter().any(|place| place.holds(path))
    }

    /// Every folder, once.
    fn folders(&self) -> Vec<&str> {
        let above = self.artifacts.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder));
        let mut folders: Vec<&str> = above.chain(self.places.iter().map(|place| place.folder)).chain([""]).collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }
}

/// Undoes and clears up; what was done, or could not be, is said in a line each.
pub(crate) fn recover(folders: &mut Folders, places: &Places<'_>) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    if let Some(steps) = journal(folders, DONE, places)? {
        for step in &steps {
            let place = step.place().0;
            if folders.find(place)? && folders.see(place, &step.beside)?.is(step.old.as_deref()) && step.old.is_some() {
                remove(folders, place, &step.beside)?;
            }
        }
        remove(folders, "", DONE)?;
    }
    if let Some(steps) = journal(folders, JOURNAL, places)? {
        undo(folders, &steps, Origin::Journal(places.spec_path))
            .map_err(|error| Error::Interrupted { journal: JOURNAL, why: Some(Box::new(error)) })?;
        remove(folders, "", JOURNAL)?;
        notes.push("an earlier `stackgate generate` was interrupted; what it had begun was undone".to_owned());
    }
    for place in places.folders() {
        leftovers(folders, place, &mut notes)?;
    }
    Ok(notes)
}

/// The steps of the journal of that name, where there is one.
fn journal(folders: &Folders, name: &'static str, places: &Places<'_>) -> Result<Option<Vec<Step>>> {
    let text = match folders.see("", name)? {
        Seen::Absent => return Ok(None),
        Seen::File { text, .. } => String::from_utf8(text).unwrap_or_default(),
        Seen::Other => String::new(),
    };
    match parse(&text, |path| places.hold(path)) {
        Some(steps) => Ok(Some(steps)),
        None => Err(Error::Refused(format!(
            "{name} is not the journal of a write to this spec's files; look at what it is, and remove it"
        ))),
    }
}

/// Temporaries that no journal names: those of a run that was killed before its first step.
fn leftovers(folders: &mut Folders, place: &str, notes: &mut Vec<String>) -> Result<()> {
    let failed = folders.failed(place, "look into");
    let entries = folders.root().list(place).map_err(failed)?.unwrap_or_default();
    let regular = |kind: Option<Kind>| matches!(kind, Some(Kind::File) | None);
    let mut names: Vec<String> = entries
        .into_iter()
        .filter(|entry| regular(entry.kind) && is_temporary(&entry.name))
        .map(|entry| entry.name)
        .collect();
    names.sort();
    for name in names {
        if !folders.find(place)? {
            continue;
        }
        match folders.see(place, &name)? {
            Seen::File { text, .. } if is_ours(&text) => remove(folders, place, &name)?,
            Seen::Absent => {}
            _ => notes.push(format!(
                "{} has the name of a temporary file of stackgate, but not its content; look at it and remove it",
                join(place, &name)
            )),
        }
    }
    Ok(())
}

fn remove(folders: &Folders, place: &str, name: &str) -> Result<()> {
    folders.held(place)?.remove(name).map_err(folders.failed(&join(place, name), "remove"))
}
