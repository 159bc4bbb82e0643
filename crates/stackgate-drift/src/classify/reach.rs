//! Who can start a job.
//!
//! What must hold: a situation that is possible now and was not before is told by its name; conditions that come to the same
//! situations are still a difference, since not everything that a condition says is a situation.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use stackgate_facts::{
    Answer, Clause, ClauseKind, Condition, Event, Job, Jobs, Observation, Place, Situation, Trials, distinct,
    universe_between, universe_of_few,
};

use super::{Compared, Pair, change};
use crate::class::{Class, Direction};

/// What was found out about who starts the jobs of both pipelines. Many jobs have the same conditions.
pub(super) struct Reaches<'a> {
    before: Jobs<'a>,
    after: Jobs<'a>,
    /// Each distinct condition by a number: long ones are compared once.
    numbers: HashMap<&'a Condition, usize>,
    /// Made when the first job asks for it, since most differences need none. Nothing where the pipelines speak of too many
    /// names: then each pair of jobs is tried with the names that it speaks of itself.
    trials: Option<Option<Trials<'a>>>,
    known: HashMap<[Vec<usize>; 2], Rc<Outcome>>,
}

/// What other conditions come to.
struct Outcome {
    /// Who starts the job now and did not before, and whether all of that is in doubt.
    gained: Option<(String, bool)>,
    /// Who no longer starts it.
    lost: Option<String>,
    /// What starts it, before and after.
    started: [String; 2],
}

/// A job's own conditions by their numbers.
type Own = Vec<(ClauseKind, usize)>;

impl<'a> Reaches<'a> {
    pub(super) fn new(before: &'a Observation, after: &'a Observation) -> Reaches<'a> {
        let mut numbers = HashMap::new();
        for clause in before.jobs.iter().chain(&after.jobs).flat_map(|job| &job.when) {
            let next = numbers.len();
            numbers.entry(&clause.condition).or_insert(next);
        }
        let (before, after) = (Jobs::of(before), Jobs::of(after));
        Reaches { before, after, numbers, trials: None, known: HashMap::new() }
    }

    fn number(&self, condition: &Condition) -> usize {
        self.numbers.get(condition).copied().unwrap_or(usize::MAX)
    }

    fn own(&self, job: &Job) -> Own {
        let mut all: Own = job.when.iter().map(|clause| (clause.kind, self.number(&clause.condition))).collect();
        all.sort_unstable();
        all
    }

    fn chain<'j>(&self, needed: &[&'j Job]) -> Vec<(&'j str, Own)> {
        let mut all: Vec<_> = needed.iter().map(|job| (job.id.as_str(), self.own(job))).collect();
        all.sort_unstable();
        all
    }

    /// `before` and `after` are a job and those that it needs.
    fn outcome(&mut self, of: [&'a Observation; 2], before: &[&'a Job], after: &[&'a Job]) -> Rc<Outcome> {
        let (old, new) = (distinct(before.iter().copied()), distinct(after.iter().copied()));
        let numbers = |all: &BTreeSet<&Condition>| all.iter().map(|condition| self.number(condition)).collect();
        let key = [numbers(&old), numbers(&new)];
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        let outcome = Rc::new(match self.trials.get_or_insert_with(|| universe_of_few(of).map(Trials::new)) {
            Some(trials) => Outcome::of(trials, &old, &new),
            None => Outcome::of(&mut Trials::new(universe_between(before, after)), &old, &new),
        });
        self.known.insert(key, Rc::clone(&outcome));
        outcome
    }
}

impl Outcome {
    fn of<'a>(trials: &mut Trials<'a>, old: &BTreeSet<&'a Condition>, new: &BTreeSet<&'a Condition>) -> Outcome {
        let old = trials.all(old.iter().copied());
        let new = trials.all(new.iter().copied());
        let universe = trials.universe();
        let lost = gained(universe, &new, &old);
        let gained = gained(universe, &old, &new);
        let unsure = gained.iter().all(|(_, answer)| matches!(answer, Answer::Maybe(_)));
        Outcome {
            gained: (!gained.is_empty()).then(|| (named(&gained), unsure)),
            lost: (!lost.is_empty()).then(|| named(&lost)),
            started: [started_by(universe, &old), started_by(universe, &new)],
        }
    }
}

pub(super) fn compare<'a>(compared: &mut Compared<'a>, pair: Pair<'a>) {
    let reaches = &mut compared.reaches;
    let mut before = reaches.before.needed(pair.before);
    let mut after = reaches.after.needed(pair.after);
    let same_own = reaches.own(pair.before) == reaches.own(pair.after);
    if same_own && reaches.chain(&before) == reaches.chain(&after) {
        return;
    }
    before.push(pair.before);
    after.push(pair.after);
    let outcome = reaches.outcome([compared.before, compared.after], &before, &after);
    let [old, new] = &outcome.started;
    let words = |job: &Job, started: &str| Some(format!("{started} ({})", spelt(job)));
    let (old, new) = (words(pair.before, old), words(pair.after, new));
    let difference = if let Some((named, unsure)) = &outcome.gained {
        let (class, so) = if pair.privileged() {
            let can = if *unsure { "may now be able to start" } else { "now starts" };
            let what = if pair.mints() { "mints a Pulumi token" } else { "holds a credential" };
            (Class::WidensPrivilege, format!("{named} {can} a job that {what}."))
        } else {
            (Class::Behaviour, format!("{named} now starts this job, which holds no credential."))
        };
        change(class, Direction::Widening, pair.after, "trigger", old, new, so)
    } else if let Some(named) = &outcome.lost {
        let so = format!("{named} no longer starts this job.");
        change(Class::Behaviour, Direction::Narrowing, pair.after, "trigger", old, new, so)
    } else if !same_own {
        let so = "It runs under other conditions than the spec says, in the same situations.";
        let (old, new) = (Some(spelt(pair.before)), Some(spelt(pair.after)));
        change(Class::Behaviour, Direction::Sideways, pair.after, "trigger", old, new, so)
    } else {
        return;
    };
    compared.add(difference.at(place_of(pair.before, pair.after)));
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

#[cfg(test)]
mod tests {
    use stackgate_facts::Pattern;

    use super::*;
    use crate::classify::classify;

    fn pipeline(count: usize, branch: &str) -> Observation {
        let job = |number: usize| Job {
            id: format!("job-{number}"),
            when: vec![Clause {
                kind: ClauseKind::Job,
                condition: Condition::Branch(Pattern::exact(format!("{branch}{number}"))),
                place: Place::default(),
            }],
            ..Job::default()
        };
        Observation { jobs: (0..count).map(job).collect(), ..Observation::default() }
    }

    /// Tried with every name of either, this would not end.
    #[test]
    fn many_names_end_and_each_is_told() {
        let changes = classify(&pipeline(1_000, "old-"), &pipeline(1_000, "new-"));
        assert_eq!(changes.len(), 1_000);
        for change in changes {
            let number = change.job.as_deref().and_then(|id| id.strip_prefix("job-")).unwrap_or_default();
            assert_eq!(change.direction, Direction::Widening);
            assert!(change.so.contains(&format!("`new-{number}`")), "{}", change.so);
        }
    }

    #[test]
    fn of_too_many_names_of_one_job_those_of_one_side_are_kept() {
        let names = |more: Option<&str>| {
            let named = (0..500).map(|number| format!("release-{number:03}"));
            let all = named.chain(more.map(str::to_owned)).map(|name| Condition::Branch(Pattern::exact(name)));
            let mut pipeline = pipeline(1, "");
            pipeline.jobs[0].when[0].condition = Condition::any(all);
            pipeline
        };
        let changes = classify(&names(None), &names(Some("zebra")));
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].direction, Direction::Widening);
        assert!(changes[0].so.contains("`zebra`"), "{}", changes[0].so);
    }
}
