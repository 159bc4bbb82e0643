//! Many jobs of one pipeline, tried in the same situations: each distinct condition once.
//!
//! What must hold: the answers are those of [`Observation::answers`], job for job; what a job needs is looked up and not
//! searched for. Deliberately absent: which situations are worth a trial, and what an answer means.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::condition::Condition;
use crate::model::{Job, Observation};
use crate::reach::{Answer, Situation};

/// The jobs of one pipeline by their ids.
pub struct Jobs<'a>(HashMap<&'a str, &'a Job>);

impl<'a> Jobs<'a> {
    /// Those of a pipeline; of two with one id, the first.
    #[must_use]
    pub fn of(observation: &'a Observation) -> Jobs<'a> {
        let mut jobs = HashMap::with_capacity(observation.jobs.len());
        for job in &observation.jobs {
            jobs.entry(job.id.as_str()).or_insert(job);
        }
        Jobs(jobs)
    }

    /// The jobs that a job cannot run without, as [`Observation::needed`] has them.
    #[must_use]
    pub fn needed(&self, job: &'a Job) -> Vec<&'a Job> {
        let mut found: Vec<&Job> = Vec::new();
        let mut known = HashSet::from([job.id.as_str()]);
        let mut waiting = vec![job];
        while let Some(next) = waiting.pop() {
            for need in next.needs.iter().filter(|need| need.blocks) {
                let Some(needed) = self.0.get(need.job.as_str()) else { continue };
                if known.insert(needed.id.as_str()) {
                    found.push(needed);
                    waiting.push(needed);
                }
            }
        }
        found
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
