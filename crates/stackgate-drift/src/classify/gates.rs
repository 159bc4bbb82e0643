//! What stands before a job: environments, approvals, locks, the jobs that it waits for, its time limit.
//!
//! What must hold: an approval that another job waits for is a gate of this one, which its reader has seen to; a gate of
//! another name is another gate, of which nobody knows whether it stops anything.

use stackgate_facts::{Gate, GateKind, Job, Place, Value, Weakness};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

pub(super) fn compare(compared: &mut Compared<'_>, pair: Pair<'_>) {
    named(compared, pair);
    approvals(compared, pair);
    locks(compared, pair);
    needs(compared, pair);
    limit(compared, pair);
}

fn named(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let names = |job: &Job| -> Vec<Value> {
        let names = job.gates.iter().filter_map(|gate| match &gate.kind {
            GateKind::Environment(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    };
    let (old, new) = (names(pair.before), names(pair.after));
    weaker(compared, pair);
    let text = |names: &[Value]| names.iter().map(|name| name.text().to_owned()).collect::<Vec<_>>().join(", ");
    let lost: Vec<Value> = old.iter().filter(|name| !new.contains(name)).cloned().collect();
    let added: Vec<Value> = new.iter().filter(|name| !old.contains(name)).cloned().collect();
    if !lost.is_empty() {
        let so = if added.is_empty() {
            "The rules of that environment, such as its reviewers and its branches, no longer stand before this job."
        } else {
            "Another environment stands before this job: its rules may be none, and its name is in the OIDC token."
        };
        let place = pair.after.gates.first().map_or(pair.after.place, |gate| gate.place);
        let after = (!added.is_empty()).then(|| text(&added));
        let difference =
            change(Class::RemovesGate, Direction::Widening, pair.after, "environment", Some(text(&lost)), after, so);
        compared.add(difference.at(place));
    } else if !added.is_empty() {
        let made = added.iter().any(|name| name.as_literal().is_none());
        // Where contexts are environments, one more is one more set of secrets.
        let holds = pair
            .after
            .credentials
            .iter()
            .any(|credential| !pair.before.credentials.iter().any(|old| old.kind == credential.kind));
        let (class, direction, so) = if made || holds {
            (Class::WidensPrivilege, Direction::Widening, "The job reaches what that environment holds.")
        } else {
            (Class::Behaviour, Direction::Narrowing, "The rules of that environment stand before this job as well.")
        };
        let place = pair.after.gates.last().map_or(pair.after.place, |gate| gate.place);
        compared.add(change(class, direction, pair.after, "environment", None, Some(text(&added)), so).at(place));
    }
}

/// An environment of the same name that stops less.
fn weaker(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let named = |job: &Job| -> Vec<(Value, Vec<Weakness>, stackgate_facts::Place)> {
        let environments = job.gates.iter().filter_map(|gate| match &gate.kind {
            GateKind::Environment(name) => Some((name.clone(), gate.weak.clone(), gate.place)),
            _ => None,
        });
        environments.collect()
    };
    let words = |weak: &[Weakness]| weak.iter().map(|weak| weak.words()).collect::<Vec<_>>().join(", ");
    for (name, weak, place) in named(pair.after) {
        let Some((_, was, _)) = named(pair.before).into_iter().find(|(old, ..)| *old == name) else { continue };
        let new: Vec<Weakness> = weak.iter().copied().filter(|one| !was.contains(one)).collect();
        if !new.is_empty() {
            let so = "The rules of that environment stop less than the spec asks for.";
            let before = Some(name.text().to_owned());
            let after = Some(format!("{} ({})", name.text(), words(&new)));
            let difference =
                change(Class::RemovesGate, Direction::Widening, pair.after, "environment", before, after, so);
            compared.add(difference.at(place));
        }
    }
}

fn approvals(compared: &mut Compared<'_>, pair: Pair<'_>) {
    type Approval<'a> = (&'a Option<Value>, &'a [stackgate_facts::Weakness], &'a Gate);
    fn of(job: &Job) -> Vec<Approval<'_>> {
        let approvals = job.gates.iter().filter_map(|gate| match &gate.kind {
            GateKind::Approval(who) => Some((who, gate.weak.as_slice(), gate)),
            _ => None,
        });
        approvals.collect()
    }
    let (old, new) = (of(pair.before), of(pair.after));
    let words = |approval: &Approval<'_>| {
        let who = approval.0.as_ref().map_or_else(|| "somebody".to_owned(), |who| who.text().to_owned());
        let weak: Vec<String> = approval.1.iter().map(|weak| weak.words().to_owned()).collect();
        if weak.is_empty() { format!("approved by {who}") } else { format!("approved by {who} ({})", weak.join(", ")) }
    };
    if new.len() < old.len() {
        let so = "Nobody has to approve before this job runs.";
        let before = old.iter().map(words).collect::<Vec<_>>().join("; ");
        let after = (!new.is_empty()).then(|| new.iter().map(words).collect::<Vec<_>>().join("; "));
        let difference =
            change(Class::RemovesGate, Direction::Widening, pair.after, "approval", Some(before), after, so);
        compared.add(difference);
        return;
    }
    if new.len() > old.len() {
        let so = "Somebody has to approve before this job runs.";
        let added = new.iter().map(words).collect::<Vec<_>>().join("; ");
        let place = new.last().map_or(pair.after.place, |(_, _, gate)| gate.place);
        compared.add(
            change(Class::Behaviour, Direction::Narrowing, pair.after, "approval", None, Some(added), so).at(place),
        );
        return;
    }
    for (one, other) in old.iter().zip(&new) {
        if one.0 == other.0 && one.1 == other.1 {
            continue;
        }
        let stricter = one.0 == other.0 && other.1.iter().all(|weak| one.1.contains(weak))
            || one.0.is_none() && other.0.is_some() && other.1.iter().all(|weak| one.1.contains(weak));
        let (class, direction, so) = if stricter {
            (Class::Behaviour, Direction::Narrowing, "The approval stops more than the spec asks for.")
        } else {
            (
                Class::RemovesGate,
                Direction::Widening,
                "Others may approve, or the approval stops less than the spec asks for.",
            )
        };
        let difference = change(class, direction, pair.after, "approval", Some(words(one)), Some(words(other)), so)
            .at(other.2.place);
        compared.add(difference);
    }
}

/// A lock: its name, whether a newer run cancels, whether one that waits is dropped, and where.
type Lock = (Value, bool, bool, Place);

fn locks(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let locks = |job: &Job| -> Vec<Lock> {
        let locks = job.gates.iter().filter_map(|gate| match &gate.kind {
            GateKind::Lock { name, cancels, drops_waiting } => {
                Some((name.clone(), *cancels, *drops_waiting, gate.place))
            }
            _ => None,
        });
        locks.collect()
    };
    let (mut old, mut new) = (locks(pair.before), locks(pair.after));
    // Locks of one name are the same lock; of what is left, the first stands for the first.
    old.retain(|one| {
        let Some(at) = new.iter().position(|other| other.0 == one.0) else { return true };
        lock(compared, pair, Some(one), Some(&new.remove(at)));
        false
    });
    for at in 0..old.len().max(new.len()) {
        lock(compared, pair, old.get(at), new.get(at));
    }
}

fn lock(compared: &mut Compared<'_>, pair: Pair<'_>, old: Option<&Lock>, new: Option<&Lock>) {
    let words = |(name, cancels, drops, _): &Lock| {
        let how = match (cancels, drops) {
            (true, _) => "; a newer run cancels the one that runs",
            (false, true) => "; a newer run takes the place of one that waits",
            (false, false) => "",
        };
        format!("{}{how}", name.text())
    };
    match (old, new) {
        (None, None) => {}
        (Some(old), None) => {
            let so = "Two runs can change the same stack at once, and one fails half-way with pending operations.";
            compared.add(change(
                Class::RemovesGate,
                Direction::Widening,
                pair.after,
                "lock",
                Some(words(old)),
                None,
                so,
            ));
        }
        (None, Some(new)) => {
            let class = if new.1 { Class::RemovesGate } else { Class::Behaviour };
            let so = if new.1 { CANCELS } else { "The job waits for another run of the same name." };
            let direction = if new.1 { Direction::Widening } else { Direction::Narrowing };
            compared.add(change(class, direction, pair.after, "lock", None, Some(words(new)), so).at(new.3));
        }
        (Some(old), Some(new)) if (&old.0, old.1, old.2) != (&new.0, new.1, new.2) => {
            let stricter = old.0 == new.0 && old.1 >= new.1 && old.2 >= new.2;
            let (class, direction, so) = match stricter {
                true => (Class::Behaviour, Direction::Narrowing, "A run that began goes on to its end."),
                false if new.1 && !old.1 => (Class::RemovesGate, Direction::Widening, CANCELS),
                false if old.0 != new.0 => (
                    Class::RemovesGate,
                    Direction::Widening,
                    "Runs under the old name and under the new one do not wait for each other.",
                ),
                false => {
                    (Class::RemovesGate, Direction::Widening, "A run that waits is dropped when a newer one comes.")
                }
            };
            let difference =
                change(class, direction, pair.after, "lock", Some(words(old)), Some(words(new)), so).at(new.3);
            compared.add(difference);
        }
        _ => {}
    }
}

const CANCELS: &str = "A newer run kills this one half-way, which leaves pending operations and perhaps half a change.";

fn needs(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let list = |job: &Job| {
        let mut needs: Vec<(String, bool)> = job.needs.iter().map(|need| (need.job.clone(), need.blocks)).collect();
        needs.sort();
        needs.dedup();
        needs
    };
    let (old, new) = (list(pair.before), list(pair.after));
    if old == new {
        return;
    }
    let words = |needs: &[(String, bool)]| {
        let word =
            |(job, blocks): &(String, bool)| if *blocks { job.clone() } else { format!("{job}, however it ends") };
        if needs.is_empty() { "nothing".to_owned() } else { needs.iter().map(word).collect::<Vec<_>>().join("; ") }
    };
    let lost = old.iter().any(|need| need.1 && !new.contains(need));
    let (class, direction, so) = match (lost, pair.privileged()) {
        (true, true) => (
            Class::RemovesGate,
            Direction::Widening,
            "It no longer waits for what had to succeed before it, and runs although that failed.",
        ),
        (true, false) => {
            (Class::Behaviour, Direction::Widening, "It no longer waits for what had to succeed before it.")
        }
        (false, _) => (Class::Behaviour, Direction::Narrowing, "It waits for more than the spec says."),
    };
    let place = pair.after.needs.first().map_or(pair.after.place, |need| need.place);
    let difference = change(class, direction, pair.after, "order", Some(words(&old)), Some(words(&new)), so).at(place);
    compared.add(difference);
}

fn limit(compared: &mut Compared<'_>, pair: Pair<'_>) {
    let minutes = |job: &Job| job.limit_minutes.as_ref().map(|limit| limit.what);
    let (old, new) = (minutes(pair.before), minutes(pair.after));
    if old == new && pair.before.limit_said == pair.after.limit_said {
        return;
    }
    let words = |minutes: Option<u32>, said: bool| match (minutes, said) {
        (Some(minutes), true) => format!("{minutes} minutes"),
        (Some(minutes), false) => format!("{minutes} minutes, the provider's default"),
        (None, _) => "none in the file".to_owned(),
    };
    let endless = old.is_some() && new.is_none();
    let (class, direction, so) = match (pair.before.limit_said, pair.after.limit_said && !endless) {
        (true, false) => (
            Class::RemovesGate,
            Direction::Widening,
            "A job that hangs keeps its machine, its token and the stack's lock until the provider ends it.",
        ),
        _ if new < old && new.is_some() => {
            (Class::Behaviour, Direction::Narrowing, "It is ended earlier than the spec says.")
        }
        _ => (Class::Behaviour, Direction::Widening, "It may run longer than the spec says."),
    };
    let place = pair
        .after
        .limit_minutes
        .as_ref()
        .filter(|_| pair.after.limit_said)
        .map_or(pair.after.place, |limit| limit.place);
    let difference = change(
        class,
        direction,
        pair.after,
        "time limit",
        Some(words(old, pair.before.limit_said)),
        Some(words(new, pair.after.limit_said)),
        so,
    );
    compared.add(difference.at(place));
}
