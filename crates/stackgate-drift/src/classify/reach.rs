//! Who can start a job.
//!
//! What must hold: a situation that is possible now and was not before is told by its name; conditions that come to the same
//! situations are still a difference, since not everything that a condition says is a situation.

use std::collections::BTreeSet;

use stackgate_facts::{Answer, Clause, ClauseKind, Event, Job, Place, Situation};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let conditions = |job: &Job| -> Vec<_> {
        let mut all: Vec<_> = job.when.iter().map(|clause| (clause.kind, clause.condition.clone())).collect();
        all.sort();
        all
    };
    let chain = |job: &Job, of: &stackgate_facts::Observation| -> Vec<_> {
        let mut all: Vec<_> = of.needed(job).into_iter().map(|job| (job.id.clone(), conditions(job))).collect();
        all.sort();
        all
    };
    let same_own = conditions(pair.before) == conditions(pair.after);
    if same_own && chain(pair.before, compared.before) == chain(pair.after, compared.after) {
        return;
    }
    let universe = compared.universe();
    let old = compared.before.answers(pair.before, &universe);
    let new = compared.after.answers(pair.after, &universe);
    let gained = gained(&universe, &old, &new);
    let lost = self::gained(&universe, &new, &old);
    let place = place_of(pair.before, pair.after);
    let words = |job: &Job, answers: &[Answer]| format!("{} ({})", started_by(&universe, answers), spelt(job));
    if !gained.is_empty() {
        let named = named(&gained);
        let (class, so) = if pair.privileged() {
            let unsure = gained.iter().all(|(_, answer)| matches!(answer, Answer::Maybe(_)));
            let can = if unsure { "may now be able to start" } else { "now starts" };
            let what = if pair.mints() { "mints a Pulumi token" } else { "holds a credential" };
            (Class::WidensPrivilege, format!("{named} {can} a job that {what}."))
        } else {
            (Class::Behaviour, format!("{named} now starts this job, which holds no credential."))
        };
        let difference = change(
            class,
            Direction::Widening,
            pair.after,
            "trigger",
            Some(words(pair.before, &old)),
            Some(words(pair.after, &new)),
            so,
        );
        compared.add(difference.at(place));
    } else if !lost.is_empty() {
        let so = format!("{} no longer starts this job.", named(&lost));
        let difference = change(
            Class::Behaviour,
            Direction::Narrowing,
            pair.after,
            "trigger",
            Some(words(pair.before, &old)),
            Some(words(pair.after, &new)),
            so,
        );
        compared.add(difference.at(place));
    } else if !same_own {
        let so = "It runs under other conditions than the spec says, in the same situations.";
        let difference = change(
            Class::Behaviour,
            Direction::Sideways,
            pair.after,
            "trigger",
            Some(spelt(pair.before)),
            Some(spelt(pair.after)),
            so,
        );
        compared.add(difference.at(place));
    }
}

/// The first few of these in words, each once, as the beginning of a sentence.
fn named(situations: &[(&Situation, &Answer)]) -> String {
    const FEW: usize = 3;
    let mut known = BTreeSet::new();
    let mut words: Vec<String> = situations.iter().map(|(situation, _)| situation.to_string()).collect();
    words.retain(|word| known.insert(word.clone()));
    let more = if words.len() > FEW { format!(", and {} more", words.len() - FEW) } else { String::new() };
    words.truncate(FEW);
    sentence(&format!("{}{more}", words.join(", ")))
}

/// The situations in which `new` answers more than `old`. A doubt about something else than before is more as well.
fn gained<'s>(universe: &'s [Situation], old: &[Answer], new: &'s [Answer]) -> Vec<(&'s Situation, &'s Answer)> {
    let more = |old: &Answer, new: &Answer| match (old, new) {
        (_, Answer::No) | (Answer::Yes, _) => false,
        (Answer::No, _) | (Answer::Maybe(_), Answer::Yes) => true,
        (Answer::Maybe(old), Answer::Maybe(new)) => !new.is_superset(old),
    };
    let both = universe.iter().zip(old.iter().zip(new));
    both.filter(|(_, (old, new))| more(old, new)).map(|(situation, (_, new))| (situation, new)).collect()
}

/// The clause that differs, in the file on disk; the job where one is gone.
fn place_of(before: &Job, after: &Job) -> Place {
    let known =
        |clause: &Clause| before.when.iter().any(|old| old.kind == clause.kind && old.condition == clause.condition);
    after.when.iter().find(|clause| !known(clause)).map_or(after.place, |clause| clause.place)
}

/// The events that may start a job, for people.
fn started_by(universe: &[Situation], answers: &[Answer]) -> String {
    let possible = universe.iter().zip(answers).filter(|(_, answer)| answer.possible());
    let mut events: Vec<&Event> = possible.map(|(situation, _)| &situation.event).collect();
    // The situations of one event stand side by side.
    events.dedup();
    let mut events: Vec<String> = events.into_iter().map(Event::words).collect();
    events.sort();
    events.dedup();
    match events.len() {
        0 => "nothing starts it".into(),
        count if count > 4 => format!("{count} kinds of event"),
        _ => events.join(", "),
    }
}

/// A job's own conditions, in one line.
fn spelt(job: &Job) -> String {
    let own: Vec<String> = job
        .when
        .iter()
        .map(|clause| match clause.kind {
            ClauseKind::Trigger => format!("on {}", clause.condition),
            ClauseKind::Pipeline | ClauseKind::Job => format!("if {}", clause.condition),
        })
        .collect();
    own.join(", ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
