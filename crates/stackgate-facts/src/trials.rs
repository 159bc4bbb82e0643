//! Many jobs of one pipeline, tried in the same situations: each distinct condition once.
//!
//! What must hold: the answers are those of [`Observation::answers`], job for job; what a job needs is looked up and not
//! searched for. Deliberately absent: which situations are worth a trial, and what an answer means.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::condition::Condition;
use crate::model::{Job, Observation};
use crate::reach::{Answer, Situation};

/// The jobs of one pipeline by their ids, and which of them each cannot run without.
pub struct Jobs<'a> {
    all: &'a [Job],
    ids: HashMap<&'a str, usize>,
    /// For each job the places of those that it waits for and cannot run without.
    needs: Vec<Vec<usize>>,
}

impl<'a> Jobs<'a> {
    /// Those of a pipeline; of two with one id, the first.
    #[must_use]
    pub fn of(observation: &'a Observation) -> Jobs<'a> {
        let all = observation.jobs.as_slice();
        let mut ids = HashMap::with_capacity(all.len());
        for (at, job) in all.iter().enumerate() {
            ids.entry(job.id.as_str()).or_insert(at);
        }
        let mut jobs = Jobs { all, ids, needs: Vec::new() };
        jobs.needs = all.iter().map(|job| jobs.direct(job)).collect();
        jobs
    }

    /// The job of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&'a Job> {
        self.all.get(*self.ids.get(id)?)
    }

    /// The jobs that a job cannot run without, as [`Observation::needed`] has them.
    #[must_use]
    pub fn needed(&self, job: &Job) -> Vec<&'a Job> {
        let mut found = Vec::new();
        let direct = self.direct(job);
        if direct.is_empty() {
            return found;
        }
        let mut known = vec![false; self.all.len()];
        let own = self.ids.get(job.id.as_str());
        if let Some(own) = own.and_then(|own| known.get_mut(*own)) {
            *own = true;
        }
        let mut waiting = vec![direct.as_slice()];
        while let Some(next) = waiting.pop() {
            for at in next {
                let (Some(known), Some(needed)) = (known.get_mut(*at), self.all.get(*at)) else { continue };
                if !std::mem::replace(known, true) {
                    found.push(needed);
                    waiting.extend(self.needs.get(*at).map(Vec::as_slice));
                }
            }
        }
        found
    }

    /// The jobs that come before a job, whether it waits for their success or only for their end.
    #[must_use]
    pub fn before(&self, job: &Job) -> Vec<&'a Job> {
        let mut found: Vec<&Job> = Vec::new();
        let mut known = HashSet::from([job.id.as_str()]);
        let mut waiting: Vec<&Job> = Vec::new();
        let mut next = Some(job);
        while let Some(job) = next {
            for needed in job.needs.iter().filter_map(|need| self.get(&need.job)) {
                if known.insert(needed.id.as_str()) {
                    found.push(needed);
                    waiting.push(needed);
                }
            }
            next = waiting.pop();
        }
        found
    }

    /// For each job, in their order, those that wait for it and cannot run without it, by their places.
    #[must_use]
    pub fn waiting(&self) -> Vec<Vec<usize>> {
        let mut waiting = vec![Vec::new(); self.all.len()];
        for (at, needs) in self.needs.iter().enumerate() {
            for needed in needs {
                if let Some(waiting) = waiting.get_mut(*needed) {
                    waiting.push(at);
                }
            }
        }
        waiting
    }

    /// The ids of the jobs that cannot run without one of some jobs. One look at each job, however long their rows are.
    #[must_use]
    pub fn behind(&self, some: impl Fn(&Job) -> bool) -> HashSet<&'a str> {
        let waiting = self.waiting();
        let mut found = HashSet::new();
        let mut fresh: Vec<usize> = (0..self.all.len()).filter(|at| self.all.get(*at).is_some_and(&some)).collect();
        while let Some(at) = fresh.pop() {
            for next in waiting.get(at).into_iter().flatten() {
                if let Some(job) = self.all.get(*next)
                    && found.insert(job.id.as_str())
                {
                    fresh.push(*next);
                }
            }
        }
        found
    }

    fn direct(&self, job: &Job) -> Vec<usize> {
        let blocks = job.needs.iter().filter(|need| need.blocks);
        blocks.filter_map(|need| self.ids.get(need.job.as_str()).copied()).collect()
    }
}

/// The conditions of these jobs, each once: all of them must hold.
#[must_use]
pub fn distinct<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> BTreeSet<&'a Condition> {
    jobs.into_iter().flat_map(|job| &job.when).map(|clause| &clause.condition).collect()
}

/// Conditions, tried in the situations of one universe.
pub struct Trials<'a> {
    universe: Rc<[Situation]>,
    tried: HashMap<&'a Condition, Rc<[Answer]>>,
}

impl<'a> Trials<'a> {
    /// In these situations.
    #[must_use]
    pub fn new(universe: Rc<[Situation]>) -> Trials<'a> {
        Trials { universe, tried: HashMap::new() }
    }

    /// The situations.
    #[must_use]
    pub fn universe(&self) -> &Rc<[Situation]> {
        &self.universe
    }

    /// Whether all of these hold in each of the situations, in their order.
    pub fn all(&mut self, conditions: impl IntoIterator<Item = &'a Condition>) -> Vec<Answer> {
        let mut all = vec![Answer::Yes; self.universe.len()];
        for condition in conditions {
            for (answer, more) in all.iter_mut().zip(self.one(condition).iter()) {
                match (&*answer, more) {
                    (Answer::No, _) | (_, Answer::Yes) => {}
                    (_, Answer::No) => *answer = Answer::No,
                    (Answer::Yes, more) => *answer = more.clone(),
                    (Answer::Maybe(_), more) => *answer = std::mem::replace(answer, Answer::No).and(more.clone()),
                }
            }
        }
        all
    }

    fn one(&mut self, condition: &'a Condition) -> Rc<[Answer]> {
        let universe = &self.universe;
        let try_all = || universe.iter().map(|situation| condition.holds(situation)).collect();
        Rc::clone(self.tried.entry(condition).or_insert_with(try_all))
    }
}
