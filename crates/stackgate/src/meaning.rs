//! What the drift of each file means: facts of what the spec asks for, against facts of what is there.
//!
//! What must hold: only files that differ are read; what no reader knows is undecidable, never harmless.

use std::path::Path;

use stackgate_drift::{Change, Class, Direction, FileReport, Report, State, classify};
use stackgate_facts::{Observation, Place};

use crate::error::Result;
use crate::registry::{PROVIDERS, provider};
use crate::tree::Repository;

/// What one file's drift means.
pub struct Meaning {
    /// The worst of it.
    pub class: Class,
    /// Each difference, the worst first; empty where only the text differs, or where there is nothing to compare.
    pub changes: Vec<Change>,
    /// The files that the changes' places are in: path and text.
    pub sources: Vec<(String, std::sync::Arc<str>)>,
}

/// What the drift of each file means, in the order of [`Report::drifted`].
///
/// # Errors
/// When the root cannot be opened.
pub fn meanings(root: &Path, report: &Report) -> Result<Vec<Meaning>> {
    let drifted: Vec<&FileReport> = report.drifted().collect();
    if drifted.is_empty() {
        return Ok(Vec::new());
    }
    // What the spec asks for may include what stands beside it; that is the same on both sides.
    let (before, after) = (Repository::open(root)?, Repository::open(root)?);
    Ok(drifted.into_iter().map(|file| meaning(file, &before, &after)).collect())
}

fn meaning(file: &FileReport, before: &Repository<'_>, after: &Repository<'_>) -> Meaning {
    let reader = provider(&file.provider).and_then(|provider| provider.reader());
    match (file.state, &file.found, &file.expected) {
        (State::Edited | State::Outdated | State::NotOurs, Some(found), Some(expected)) => {
            let Some(reader) = reader else { return unread(Class::Undecidable) };
            before.put(&file.path, expected);
            after.put(&file.path, found);
            let (old, new) = (reader.read(&file.path, before), reader.read(&file.path, after));
            let changes = classify(&old, &new);
            let class = changes.first().map_or(Class::Cosmetic, |change| change.class);
            // Of a file of somebody else's nobody reviewed how it looks either.
            let class = if file.state == State::NotOurs { class.max(Class::Behaviour) } else { class };
            Meaning { class, changes, sources: new.sources }
        }
        (State::Orphaned | State::OrphanEdited, Some(found), _) => {
            after.put(&file.path, found);
            orphan(file, after)
        }
        (State::Unreadable, ..) => unread(Class::Undecidable),
        _ => unread(Class::Behaviour),
    }
}

fn unread(class: Class) -> Meaning {
    Meaning { class, changes: Vec::new(), sources: Vec::new() }
}

/// What a file that the spec no longer asks for can still do.
fn orphan(file: &FileReport, tree: &Repository<'_>) -> Meaning {
    let readers = PROVIDERS.iter().filter_map(|provider| provider.reader());
    let Some(reader) = readers.into_iter().find(|reader| reader.is_pipeline(&file.path)) else {
        return unread(Class::Undecidable);
    };
    let observation = reader.read(&file.path, tree);
    let change = |class, job: Option<&stackgate_facts::Job>, so: &str| Change {
        class,
        direction: Direction::Widening,
        job: job.map(|job| job.id.clone()),
        fact: "job",
        before: None,
        after: job.map(|job| job.id.clone()),
        so: so.to_owned(),
        place: job.map_or_else(Place::default, |job| job.place),
    };
    let mut changes: Vec<Change> = observation
        .jobs
        .iter()
        .filter(|job| job.can_mint() || !job.credentials.is_empty())
        .map(|job| {
            let so = "A job that the spec no longer has still runs, and still holds its token or its secret.";
            change(Class::WidensPrivilege, Some(job), so)
        })
        .collect();
    if !observation.undecided.is_empty() {
        changes.insert(0, change(Class::Undecidable, None, "What this does is not known, and it may still run."));
    }
    let class = changes.first().map_or(Class::Behaviour, |change| change.class);
    let Observation { sources, .. } = observation;
    Meaning { class, changes, sources }
}
