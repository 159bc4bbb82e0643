//! What a drift means: the facts that the spec asks for, held against those of the file on disk.
//!
//! What must hold: facts are compared, never text; a fact that differs is never cosmetic, also where no rule here speaks of
//! it; the result does not depend on the order of jobs, rights or conditions. A difference that makes the pipeline stricter
//! is a difference too, and says so. Deliberately absent: how files are read, and how much a class weighs.

mod code;
mod credentials;
mod gates;
mod jobs;
mod pulumi;
mod reach;
mod settings;
mod steps;
mod variables;

use stackgate_facts::{Job, Observation, Place};

use crate::class::{Change, Class, Direction};
use reach::Reaches;

/// Every difference in facts between what the spec asks for and what is there, the worst first. Places are those of
/// `after`. Empty where every fact is the same: the difference is cosmetic then.
#[must_use]
pub fn classify(before: &Observation, after: &Observation) -> Vec<Change> {
    let mut compared = Compared { before, after, reaches: Reaches::new(before, after), changes: Vec::new() };
    undecided(&mut compared);
    // Of a file that cannot be read at all, what it lacks says nothing.
    let unread = after.jobs.is_empty() && !before.jobs.is_empty() && !compared.changes.is_empty();
    if !unread {
        jobs::pipeline(&mut compared);
        jobs::all(&mut compared);
    }
    let mut changes = compared.changes;
    if changes.is_empty() {
        changes.extend(unexplained(before, after));
    }
    changes.sort_by(|a, b| {
        let key = |change: &Change| (change.job.clone(), change.fact, change.before.clone(), change.after.clone());
        b.class.cmp(&a.class).then_with(|| key(a).cmp(&key(b)))
    });
    changes.dedup();
    changes
}

/// Two pipelines, and what was found to differ.
struct Compared<'a> {
    before: &'a Observation,
    after: &'a Observation,
    reaches: Reaches<'a>,
    changes: Vec<Change>,
}

/// One job in both.
#[derive(Clone, Copy)]
struct Pair<'a> {
    before: &'a Job,
    after: &'a Job,
}

impl<'a> Pair<'a> {
    /// Whether a token, a secret or a right that writes is in reach of the job, before or after.
    fn privileged(&self) -> bool {
        privileged(self.before) || privileged(self.after)
    }

    /// Whether the job can ask Pulumi Cloud for a token, before or after.
    fn mints(&self) -> bool {
        self.before.can_mint() || self.after.can_mint()
    }
}

/// Whether a token, a secret or a right that writes is in a job's reach.
fn privileged(job: &Job) -> bool {
    use stackgate_facts::Level;
    job.can_mint()
        || !job.credentials.is_empty()
        || job.permissions.iter().any(|right| matches!(right.level, Level::Write | Level::Setting))
}

impl Compared<'_> {
    fn add(&mut self, change: Change) {
        self.changes.push(change);
    }
}

/// A difference of a job's.
fn change(
    class: Class,
    direction: Direction,
    job: &Job,
    fact: &'static str,
    before: Option<String>,
    after: Option<String>,
    so: impl Into<String>,
) -> Change {
    Change { class, direction, job: Some(job.id.clone()), fact, before, after, so: so.into(), place: job.place }
}

impl Change {
    fn at(mut self, place: Place) -> Change {
        self.place = place;
        self
    }
}

/// What can be told of one file and not of the other.
fn undecided(compared: &mut Compared<'_>) {
    for found in &compared.after.undecided {
        let known = compared
            .before
            .undecided
            .iter()
            .any(|old| (old.aspect, &old.job, &old.why) == (found.aspect, &found.job, &found.why));
        if !known {
            compared.changes.push(Change {
                class: Class::Undecidable,
                direction: Direction::Sideways,
                job: found.job.clone(),
                fact: "undecided",
                before: None,
                after: Some(found.why.clone()),
                so: "What this does is not known, so it must be taken for the worst until somebody has looked at it."
                    .into(),
                place: found.place,
            });
        }
    }
}

/// The last net: facts that differ and that nothing above speaks of.
fn unexplained(before: &Observation, after: &Observation) -> Vec<Change> {
    let (old, new) = (before.facts(), after.facts());
    let texts = |facts: &[stackgate_facts::Fact]| -> Vec<(Option<String>, &'static str, String)> {
        facts.iter().map(|fact| (fact.job.clone(), fact.kind, fact.text.clone())).collect()
    };
    let (old_texts, new_texts) = (texts(&old), texts(&new));
    let mut changes = Vec::new();
    for (fact, text) in new.iter().zip(&new_texts).filter(|(_, text)| !old_texts.contains(text)) {
        changes.push(Change {
            class: Class::Behaviour,
            direction: Direction::Sideways,
            job: text.0.clone(),
            fact: text.1,
            before: None,
            after: Some(text.2.clone()),
            so: "The pipeline runs otherwise than the spec says.".into(),
            place: fact.place,
        });
    }
    for text in old_texts.iter().filter(|text| !new_texts.contains(text)) {
        let job = text.0.as_ref().and_then(|id| after.jobs.iter().find(|job| job.id == *id));
        changes.push(Change {
            class: Class::Behaviour,
            direction: Direction::Sideways,
            job: text.0.clone(),
            fact: text.1,
            before: Some(text.2.clone()),
            after: None,
            so: "The pipeline runs otherwise than the spec says.".into(),
            place: job.map(|job| job.place).unwrap_or_default(),
        });
    }
    changes
}
