//! Puts back what a write has changed, whether this run's or that of one that was killed.
//!
//! What must hold: nothing is lost that this program did not write. A file is replaced or removed only while it is, to the
//! byte, what the step put there; only temporaries of the step are moved or removed. So a journal that somebody made up can
//! cost no more than a file that `generate` writes anew. What does not fit is left as it is, and said.

use stackgate_provider::{body_of, marker_of};

use crate::error::{Error, Result};

use super::folders::{Folders, Seen};
use super::journal::Step;

/// Where the steps come from.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// This run made them.
    Ours,
    /// A journal on disk says so; the spec is the one of this run.
    Journal(&'a str),
}

/// Undoes all steps, the last first. One that cannot be undone does not keep the others from it; the first error is
/// returned.
pub(crate) fn undo(folders: &mut Folders, steps: &[Step], origin: Origin<'_>) -> Result<()> {
    let mut first = Ok(());
    for step in steps.iter().rev() {
        let undone = match folders.find(step.place().0) {
            Ok(true) => undo_step(folders, step, origin),
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        first = first.and(undone);
    }
    first.and(folders.sync())
}

fn undo_step(folders: &Folders, step: &Step, origin: Origin<'_>) -> Result<()> {
    let (place, name) = step.place();
    let folder = folders.held(place)?;
    let failed = || folders.failed(&step.path, "put back");
    let (target, beside) = (folders.see(place, name)?, folders.see(place, &step.beside)?);
    let spare = folders.see(place, &step.spare())?;
    let (old, new) = (step.old.as_deref(), step.new.as_deref());
    if new.is_none() {
        return match (target, beside) {
            (_, Seen::Absent) => Ok(()),
            (Seen::Absent, beside) if may_lose(&beside, origin) => {
                folder.rename_new(&step.beside, name).map_err(failed())
            }
            (target, beside) if target.is(old) && beside.is(old) => folder.remove(&step.beside).map_err(failed()),
            _ => Err(conflict(step)),
        };
    }
    let written = target.is(new) && may_lose(&target, origin);
    match (beside, spare) {
        // Not done yet, or undone before.
        (beside, spare) if beside.is(new) => {
            folder.remove(&step.beside).map_err(failed())?;
            if matches!(spare, Seen::File { .. }) { folder.remove(&step.spare()).map_err(failed()) } else { Ok(()) }
        }
        (Seen::Absent, Seen::Absent) if written && old.is_none() => folder.remove(name).map_err(failed()),
        // Where the temporary is gone, somebody has cleared up; there is nothing to put back.
        (Seen::Absent, Seen::Absent) => Ok(()),
        (Seen::Absent, spare) if written && spare.is(old) => folder.rename(&step.spare(), name).map_err(failed()),
        (Seen::Absent, spare) if target.is(old) && spare.is(old) => folder.remove(&step.spare()).map_err(failed()),
        // Whatever stood there, and be it a link, goes back there.
        (_, Seen::Absent) if written && old.is_some() => folder.rename(&step.beside, name).map_err(failed()),
        _ => Err(conflict(step)),
    }
}

/// Whether a file may be replaced, or moved to where a pipeline is looked for: it is this program's, for this spec, and
/// nobody changed it.
fn may_lose(seen: &Seen, origin: Origin<'_>) -> bool {
    match (origin, seen) {
        (Origin::Ours, _) => true,
        (Origin::Journal(spec_path), Seen::File { text, .. }) => str::from_utf8(text).is_ok_and(|text| {
            marker_of(text).is_some_and(|marker| {
                marker.spec_path == spec_path && body_of(text).is_some_and(|body| marker.holds(body))
            })
        }),
        (Origin::Journal(_), _) => false,
    }
}

fn conflict(step: &Step) -> Error {
    let beside = super::folders::join(step.place().0, &step.beside);
    Error::Refused(format!(
        "{} was changed since a write of it was begun and not ended; what stood there before may be in {beside}",
        step.path
    ))
}
