//! The situations that are worth a trial: each event with every name that a pipeline speaks of, and one more.
//!
//! What must hold: a name that no condition tells from another one stands for it, where there are too many to try each; the
//! number of situations is bounded, whatever a file says. Deliberately absent: what a situation means.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::condition::Condition;
use crate::model::{Job, Observation};
use crate::reach::{Answer, Event, OTHER, Ref, Situation};

/// So many pairs of a change request's branches are tried one by one; of more, only those that a condition tells apart.
const PAIRS: usize = 2_500;

/// More pairs than this are never tried: then each branch is tried with any other, and with the one of its own rank.
const MOST: usize = 10_000;

/// Names that a pipeline speaks of.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Names {
    branches: BTreeSet<String>,
    tags: BTreeSet<String>,
    events: BTreeSet<Event>,
    /// Conditions on nothing but a branch, or the target of a change request.
    groups: BTreeSet<Condition>,
}

/// Pipelines that speak of no more names than this are tried with all of them.
const FEW: usize = 50;

/// Every situation worth a trial for these pipelines. It is kept for whoever asks about the same names next: rule after rule
/// asks about one pipeline.
#[must_use]
pub fn universe<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Rc<[Situation]> {
    Names::of(jobs_of(observations)).kept()
}

/// The same; none where the pipelines speak of so many names that [`universe_between`] should be asked for each pair of
/// jobs that differ.
#[must_use]
pub fn universe_of_few<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Option<Rc<[Situation]>> {
    let names = Names::of(jobs_of(observations));
    (names.branches.len().max(names.tags.len()) <= FEW).then(|| names.kept())
}

/// Every situation worth a trial for some jobs, held against others. Of too many names, those that only one side speaks of
/// come first, since these make the difference.
#[must_use]
pub fn universe_between<'a>(before: &[&'a Job], after: &[&'a Job]) -> Rc<[Situation]> {
    let (old, new) = (Names::of(before.iter().copied()), Names::of(after.iter().copied()));
    let few = |old: &BTreeSet<String>, new: &BTreeSet<String>| -> BTreeSet<String> {
        let both = old.intersection(new).filter(|name| *name != OTHER);
        let first = std::iter::once(OTHER).chain(old.symmetric_difference(new).map(String::as_str));
        first.chain(both.map(String::as_str)).take(FEW).map(str::to_owned).collect()
    };
    let (branches, tags) = (few(&old.branches, &new.branches), few(&old.tags, &new.tags));
    let names = Names {
        branches,
        tags,
        events: old.events.into_iter().chain(new.events).collect(),
        groups: old.groups.into_iter().chain(new.groups).collect(),
    };
    names.universe().into()
}

fn jobs_of<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> impl Iterator<Item = &'a Job> {
    observations.into_iter().flat_map(|observation| &observation.jobs)
}

/// The commits of a change request lie on a branch of any name, also of the deploy branch's.
fn pairs<'n>(sources: &'n [String], targets: &'n [String], groups: &BTreeSet<Condition>) -> Vec<(&'n str, &'n str)> {
    let product = |sources: &[&'n str], targets: &[&'n str]| -> Vec<(&'n str, &'n str)> {
        targets.iter().flat_map(|target| sources.iter().map(move |source| (*source, *target))).collect()
    };
    let all = |names: &'n [String]| -> Vec<&'n str> { names.iter().map(String::as_str).collect() };
    if sources.len().saturating_mul(targets.len()) <= PAIRS {
        return product(&all(sources), &all(targets));
    }
    let sources = told_apart(sources, groups, |name| (name, OTHER));
    let targets = told_apart(targets, groups, |name| (OTHER, name));
    if sources.len().saturating_mul(targets.len()) <= MOST {
        return product(&sources, &targets);
    }
    let mut some: Vec<(&str, &str)> = targets.iter().map(|target| (OTHER, *target)).collect();
    some.extend(sources.iter().map(|source| (*source, OTHER)));
    some.extend(sources.iter().copied().zip(targets.iter().copied()));
    some.extend(targets.iter().filter(|target| sources.contains(target)).map(|target| (*target, *target)));
    some
}

/// One of all the names to which every group of conditions gives the same answer.
fn told_apart<'n>(
    names: &'n [String],
    groups: &BTreeSet<Condition>,
    place: impl Fn(&'n str) -> (&'n str, &'n str),
) -> Vec<&'n str> {
    let mut known: BTreeSet<Vec<Answer>> = BTreeSet::new();
    // What stands for any other name does so here as well.
    let other = names.iter().filter(|name| *name == OTHER);
    let rest = names.iter().filter(|name| *name != OTHER);
    let told = |name: &&'n String| {
        let (source, target) = place(name);
        let situation = Situation {
            event: Event::ChangeRequest,
            reference: Ref::Branch(source.to_owned()),
            target: Some(target.to_owned()),
            protected: false,
            default_branch: false,
        };
        known.insert(groups.iter().map(|group| group.holds(&situation)).collect())
    };
    other.chain(rest).filter(told).map(String::as_str).collect()
}

/// What is told of each situation; whether to go on.
type Visit<'v> = dyn FnMut(&Situation) -> ControlFlow<()> + 'v;

fn tags(names: &BTreeSet<String>, visit: &mut Visit<'_>) -> ControlFlow<()> {
    for tag in names {
        let reference = Ref::Tag(tag.clone());
        let mut situation =
            Situation { event: Event::Tag, reference, target: None, protected: false, default_branch: false };
        visit(&situation)?;
        situation.protected = true;
        visit(&situation)?;
    }
    ControlFlow::Continue(())
}

fn situations(event: &Event, branch: &str, target: Option<&str>, visit: &mut Visit<'_>) -> ControlFlow<()> {
    let mut situation = Situation {
        event: event.clone(),
        reference: Ref::Branch(branch.to_owned()),
        target: target.map(str::to_owned),
        protected: false,
        default_branch: false,
    };
    // A protected branch that is not the default one exists, and so does an unprotected default one.
    for (protected, default_branch) in [(false, false), (true, false), (false, true), (true, true)] {
        if default_branch && target.unwrap_or(branch) == OTHER {
            continue;
        }
        (situation.protected, situation.default_branch) = (protected, default_branch);
        visit(&situation)?;
    }
    ControlFlow::Continue(())
}

impl Names {
    /// Those that every pipeline is tried with.
    fn basic() -> Names {
        let mut names = Names::default();
        names.branches.extend([OTHER.to_owned(), "main".to_owned()]);
        names.tags.insert(OTHER.to_owned());
        names.events.extend(Event::COMMON.iter().cloned());
        names
    }

    pub(crate) fn of<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Names {
        let mut names = Names::basic();
        for job in jobs {
            let of_steps = job.steps.iter().filter_map(|step| step.condition.as_ref());
            job.when.iter().map(|clause| &clause.condition).chain(of_steps).for_each(|condition| names.add(condition));
        }
        names
    }

    /// The situations; the last ones are kept.
    pub(crate) fn kept(self) -> Rc<[Situation]> {
        thread_local! {
            static LAST: RefCell<Option<(Names, Rc<[Situation]>)>> = const { RefCell::new(None) };
        }
        LAST.with_borrow_mut(|last| match last {
            Some((known, all)) if *known == self => Rc::clone(all),
            _ => {
                let all: Rc<[Situation]> = self.universe().into();
                *last = Some((self, Rc::clone(&all)));
                all
            }
        })
    }

    fn universe(&self) -> Vec<Situation> {
        let mut all = Vec::new();
        let _ = self.each(&|_| true, &mut |situation| {
            all.push(situation.clone());
            ControlFlow::Continue(())
        });
        all
    }

    /// Tells of each situation that is begun by an event that is asked for, in the order of the universe.
    pub(crate) fn each(&self, wanted: &dyn Fn(&Event) -> bool, visit: &mut Visit<'_>) -> ControlFlow<()> {
        // A pattern that is too wide admits names that only look like the right one.
        let alike = |name: &String| {
            [format!("{name}-like"), format!("like-{name}"), format!("{name}/like"), format!("like/{name}")]
        };
        let sources: Vec<String> = self.branches.iter().cloned().collect();
        let named: Vec<String> = sources.iter().filter(|name| *name != OTHER).flat_map(alike).collect();
        let branches: BTreeSet<String> = sources.iter().cloned().chain(named).collect();
        let branches: Vec<String> = branches.into_iter().collect();
        let mut known_pairs = None;
        for event in self.events.iter().filter(|event| wanted(event)) {
            if *event == Event::Tag {
                tags(&self.tags, visit)?;
            } else if event.is_change_request() {
                let pairs = known_pairs.get_or_insert_with(|| pairs(&sources, &branches, &self.groups));
                pairs.iter().try_for_each(|(source, target)| situations(event, source, Some(target), visit))?;
            } else {
                branches.iter().try_for_each(|branch| situations(event, branch, None, visit))?;
            }
        }
        ControlFlow::Continue(())
    }

    /// At most how many situations there are.
    pub(crate) fn size(&self) -> usize {
        let sources = self.branches.len();
        let branches = 5 * sources;
        let pairs = sources.saturating_mul(branches).min(MOST + 4 * branches);
        let of_pairs = self.events.iter().filter(|event| event.is_change_request()).count();
        4 * (pairs * of_pairs + branches * (self.events.len() - of_pairs)) + 2 * self.tags.len()
    }

    /// How many names of branches or of tags there are, whichever are more.
    pub(crate) fn count(&self) -> usize {
        self.branches.len().max(self.tags.len())
    }

    /// Those of some conditions, the first ones first, until there are so many names; and whether these are all.
    pub(crate) fn of_conditions<'a>(conditions: impl IntoIterator<Item = &'a Condition>, most: usize) -> (Names, bool) {
        let mut names = Names::basic();
        let conditions: Vec<&Condition> = conditions.into_iter().collect();
        for condition in &conditions {
            let (mut branches, mut tags) = (BTreeSet::new(), BTreeSet::new());
            condition.names(&mut branches, &mut tags);
            names.branches.extend(branches);
            names.tags.extend(tags);
            names.events(condition);
            if names.count() > most {
                break;
            }
        }
        let whole = names.count() <= most;
        if !whole {
            conditions.iter().for_each(|condition| names.events(condition));
            names.cut(most);
        }
        // What tells names apart counts where not every pair of them is tried.
        if names.branches.len().saturating_mul(5 * names.branches.len()) > PAIRS {
            conditions.iter().for_each(|condition| names.groups_of(condition));
        }
        (names, whole)
    }

    /// Keeps so many names, and that which stands for any other.
    fn cut(&mut self, most: usize) {
        for names in [&mut self.branches, &mut self.tags] {
            let mut left = most;
            names.retain(|name| {
                left = left.saturating_sub(usize::from(name != OTHER));
                name == OTHER || left > 0
            });
        }
    }

    fn add(&mut self, condition: &Condition) {
        condition.names(&mut self.branches, &mut self.tags);
        self.events(condition);
        self.groups_of(condition);
    }

    fn events(&mut self, condition: &Condition) {
        condition.each(&mut |part, _| {
            if let Condition::Event(event) = part
                && !self.events.contains(event)
            {
                self.events.insert(event.clone());
            }
        });
    }

    fn groups_of(&mut self, condition: &Condition) {
        if let Some(group) = self.group(condition) {
            self.keep(group);
        }
    }

    /// The condition, where it is on branches alone; otherwise the groups within it are kept.
    fn group(&mut self, condition: &Condition) -> Option<Condition> {
        match condition {
            Condition::Branch(_) | Condition::Target(_) => Some(condition.clone()),
            Condition::Not(inner) => self.group(inner),
            Condition::All(parts) => {
                let (own, whole) = self.parts(parts);
                let group = Condition::all(own);
                if whole { Some(group) } else { self.keep(group) }
            }
            Condition::Any(parts) => {
                let (own, whole) = self.parts(parts);
                let group = Condition::any(own);
                if whole { Some(group) } else { self.keep(group) }
            }
            _ => None,
        }
    }

    /// The parts that are on one and the same kind of branch, and whether these are all.
    fn parts(&mut self, parts: &[Condition]) -> (Vec<Condition>, bool) {
        let groups: Vec<Condition> = parts.iter().filter_map(|part| self.group(part)).collect();
        let of = |group: &Condition| {
            let (mut branch, mut target) = (false, false);
            group.each(&mut |part, _| {
                branch |= matches!(part, Condition::Branch(_));
                target |= matches!(part, Condition::Target(_));
            });
            (branch, target)
        };
        let (own, others): (Vec<Condition>, Vec<Condition>) =
            groups.into_iter().partition(|group| of(group) == (true, false));
        // Of two kinds, each is a group for itself.
        if own.is_empty() {
            let whole = others.len() == parts.len();
            return (others, whole);
        }
        let whole = own.len() == parts.len();
        others.into_iter().for_each(|group| {
            self.keep(group);
        });
        (own, whole)
    }

    fn keep(&mut self, group: Condition) -> Option<Condition> {
        if !matches!(group, Condition::Always | Condition::Never) {
            self.groups.insert(group);
        }
        None
    }
}
