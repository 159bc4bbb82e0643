//! Foreign code that a job fetches, and how firmly it is named.
//!
//! What must hold: another version of the same thing, as firmly named as before, is a pin and no more; every other
//! difference is one of the supply chain. A comment beside a pin is part of it: it says what people believe.

use stackgate_facts::{Code, CodeKind, Does, Job, Pin};

use super::{Compared, Pair};
use crate::class::{Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let job = pair.after;
    lists(compared, Some(job), &all(pair.before), &all(pair.after));
}

/// Compares foreign code that belongs to no job, or to one.
pub(super) fn lists(compared: &mut Compared<'_>, job: Option<&Job>, old: &[&Code], new: &[&Code]) {
    let key = |code: &Code| (code.kind, code.name.clone());
    let mut names: Vec<(CodeKind, String)> = old.iter().chain(new).map(|code| key(code)).collect();
    names.sort();
    names.dedup();
    for name in names {
        let mut before: Vec<&Code> = old.iter().copied().filter(|code| key(code) == name).collect();
        let mut after: Vec<&Code> = new.iter().copied().filter(|code| key(code) == name).collect();
        // Those that are the same in both are taken away, so that a bump of one of several stands against its own kind.
        before.retain(|code| match after.iter().position(|other| same(code, other)) {
            Some(at) => {
                after.remove(at);
                false
            }
            None => true,
        });
        for at in 0..before.len().max(after.len()) {
            let (class, direction, so, place) = match (before.get(at), after.get(at)) {
                (Some(old), Some(new)) => {
                    let (class, direction, so) = judged(old, new);
                    (class, direction, so, new.place)
                }
                (None, Some(new)) => (
                    Class::SupplyChain,
                    Direction::Widening,
                    "Code that the spec does not name runs in this pipeline.",
                    new.place,
                ),
                // Without any image the steps run on whatever the machine, or a file of the repository, brings along.
                (Some(old), None)
                    if old.kind == CodeKind::Image && !new.iter().any(|code| code.kind == CodeKind::Image) =>
                {
                    (
                        Class::SupplyChain,
                        Direction::Sideways,
                        "The job no longer runs in that image, but in something that the spec does not name.",
                        job.map(|job| job.place).unwrap_or_default(),
                    )
                }
                (Some(_), None) => (
                    Class::Behaviour,
                    Direction::Narrowing,
                    "Code that the spec names no longer runs.",
                    job.map(|job| job.place).unwrap_or_default(),
                ),
                (None, None) => continue,
            };
            compared.add(crate::class::Change {
                class,
                direction,
                job: job.map(|job| job.id.clone()),
                fact: "code",
                before: before.get(at).map(|code| words(code)),
                after: after.get(at).map(|code| words(code)),
                so: so.into(),
                place,
            });
        }
    }
}

/// What another reference to the same thing means.
fn judged(old: &Code, new: &Code) -> (Class, Direction, &'static str) {
    if new.pin < old.pin {
        let so = "Whoever owns that code can change what runs here, without a change in this repository.";
        return (Class::SupplyChain, Direction::Widening, so);
    }
    if new.pin > old.pin {
        return (
            Class::SupplyChain,
            Direction::Narrowing,
            "It is named more firmly than the spec says, and may be another version.",
        );
    }
    if old.version == new.version {
        return (
            Class::SupplyChain,
            Direction::Sideways,
            "The comment claims another version than the spec, of the same code.",
        );
    }
    if old.comment.is_some() && (new.comment.is_none() || new.comment == old.comment) {
        let so = "The code is another one, and its comment does not say so: people will take it for what it was.";
        return (Class::SupplyChain, Direction::Sideways, so);
    }
    if matches!(new.pin, Pin::Digest | Pin::Version) {
        return (Class::Pin, Direction::Sideways, "Another version of the same code runs, as firmly named as before.");
    }
    (Class::SupplyChain, Direction::Sideways, "Another version of that code runs, and no digest holds it.")
}

fn same(one: &Code, other: &Code) -> bool {
    one.version == other.version && one.pin == other.pin && one.comment == other.comment
}

fn words(code: &Code) -> String {
    let version = if code.version.is_empty() { "no version".to_owned() } else { code.version.clone() };
    match &code.comment {
        Some(comment) => format!("{} at {version} ({comment})", code.name),
        None => format!("{} at {version}", code.name),
    }
}

/// Every piece of foreign code of a job, its steps' among them.
fn all(job: &Job) -> Vec<&Code> {
    let steps = job.steps.iter().filter_map(|step| match &step.does {
        Does::Use { code, .. } => Some(code),
        Does::Checkout { code, .. } => code.as_ref(),
        Does::Run { .. } | Does::Unknown => None,
    });
    job.code.iter().chain(steps).filter(|code| code.pin != Pin::Local).collect()
}
