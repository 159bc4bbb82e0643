//! In which situations the jobs of one pipeline run, found without trying each job with the names of all others.
//!
//! What must hold: a pipeline of few names is tried with all of them; of more, each job with those that its own conditions
//! and those of the jobs before it speak of. The work is bounded whatever a file says, and where a bound cuts something
//! off, [`Runs::cut`] names the job. Deliberately absent: comparing two pipelines, which is [`crate::Trials`]' matter.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::condition::Condition;
use crate::model::{Job, Observation};
use crate::reach::{Answer, Event, Situation};
use crate::trials::Jobs;
use crate::universe::Names;

/// So many situations are tried for all jobs together; what people write comes to a few thousands.
const WORK: usize = 8_000_000;
/// Most names of branches or tags that a job is tried with.
const NAMES: usize = 500;
/// The same, where many jobs have many names, so that all of them would come to more than [`WORK`].
const FEWER_NAMES: usize = 5;
/// Most distinct conditions of a job and those before it that are looked at.
const CONDITIONS: usize = 200;

/// The jobs of one pipeline, ready to be asked in which situations they run.
pub struct Runs<'a> {
    observation: &'a Observation,
    jobs: Jobs<'a>,
    /// The place of each job in `own`, by its address.
    at: HashMap<*const Job, usize>,
    conditions: Vec<Conditions<'a>>,
    /// The situations of a pipeline of few names.
    whole: Option<Rc<[Situation]>>,
    /// Most names that a job is tried with.
    most: usize,
}

/// What must hold for a job to run.
#[derive(Default)]
struct Conditions<'a> {
    /// Its own conditions and those of the jobs that it cannot run without, each once.
    all: BTreeSet<&'a Condition>,
    /// Whether there are more of them than are looked at.
    more: bool,
}

/// What was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The first job that it is true of, by its place among the jobs.
    pub job: usize,
    /// Of how many jobs it is true.
    pub jobs: usize,
    /// How many names of branches or tags such a job is tried with.
    pub names: usize,
    /// How many conditions of such a job and those before it are looked at.
    pub conditions: usize,
}

impl<'a> Runs<'a> {
    /// Of a pipeline.
    #[must_use]
    pub fn of(observation: &'a Observation) -> Runs<'a> {
        let jobs = Jobs::of(observation);
        let at = observation.jobs.iter().enumerate().map(|(at, job)| (std::ptr::from_ref(job), at)).collect();
        let conditions = conditions(observation, &jobs);
        let mut runs = Runs { observation, jobs, at, conditions, whole: None, most: NAMES };
        let names = Names::of(&observation.jobs);
        if names.count() <= NAMES && names.size().saturating_mul(observation.jobs.len()) <= WORK {
            runs.whole = Some(names.kept());
        } else {
            let sizes = observation.jobs.iter().map(|job| runs.names(&[job]).0.size());
            if sizes.fold(0, usize::saturating_add) > WORK {
                runs.most = FEWER_NAMES;
            }
        }
        runs
    }

    /// The pipeline.
    #[must_use]
    pub fn observation(&self) -> &'a Observation {
        self.observation
    }

    /// Its jobs by their ids.
    #[must_use]
    pub fn jobs(&self) -> &Jobs<'a> {
        &self.jobs
    }

    /// What a bound cut off; none where everything was looked at, as in whatever people write.
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        let more = |job: &Job| self.at(job).is_some_and(|own| own.more);
        let cut = |job: &&'a Job| more(job) || self.whole.is_none() && !self.names(&[job]).1;
        let mut all = self.observation.jobs.iter().enumerate().filter(|(_, job)| cut(job));
        let (job, _) = all.next()?;
        Some(Cut { job, jobs: 1 + all.count(), names: self.most, conditions: CONDITIONS })
    }

    /// Tells of each situation that is worth a trial for some jobs, until the visitor breaks.
    pub fn situations(
        &self,
        jobs: &[&'a Job],
        wanted: &dyn Fn(&Event) -> bool,
        visit: &mut dyn FnMut(&Situation) -> ControlFlow<()>,
    ) {
        let _ = match &self.whole {
            Some(all) => all.iter().filter(|situation| wanted(&situation.event)).try_for_each(visit),
            None => self.names(jobs).0.each(wanted, visit),
        };
    }

    /// Whether a job runs in a situation, also by the jobs that it cannot run without. What was not looked at is a doubt.
    #[must_use]
    pub fn runs(&self, job: &'a Job, situation: &Situation) -> Answer {
        let Some(own) = self.at(job) else { return job.runs(situation) };
        let all = own.all.iter().fold(Answer::Yes, |all, condition| match all {
            Answer::No => Answer::No,
            all => all.and(condition.holds(situation)),
        });
        if own.more {
            all.and(Answer::Maybe(BTreeSet::from(["more conditions than are looked at".to_owned()])))
        } else {
            all
        }
    }

    /// The first situation of some events in which a job can run and that is asked for, with what it answers there.
    #[must_use]
    pub fn first(
        &self,
        job: &'a Job,
        events: &dyn Fn(&Event) -> bool,
        asked: &dyn Fn(&Situation, &Answer) -> bool,
    ) -> Option<(Situation, Answer)> {
        let mut found = None;
        self.situations(&[job], events, &mut |situation| {
            let answer = self.runs(job, situation);
            if answer.possible() && asked(situation, &answer) {
                found = Some((situation.clone(), answer));
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        found
    }

    fn at(&self, job: &Job) -> Option<&Conditions<'a>> {
        self.conditions.get(*self.at.get(&std::ptr::from_ref(job))?)
    }

    /// The names that some jobs are tried with, and whether these are all.
    fn names(&self, jobs: &[&'a Job]) -> (Names, bool) {
        // A job's own come before those of others.
        let own = jobs.iter().flat_map(|job| &job.when).map(|clause| &clause.condition);
        let needed = jobs.iter().filter_map(|job| self.at(job)).flat_map(|conditions| conditions.all.iter().copied());
        let of_steps = jobs.iter().flat_map(|job| &job.steps).filter_map(|step| step.condition.as_ref());
        Names::of_conditions(own.chain(of_steps).chain(needed), self.most)
    }
}

/// The conditions of each job and of those that it cannot run without. Each is handed on once to whatever waits for its job, so
/// that a long row of jobs takes no more than its length, and one of many conditions not more than the bound.
fn conditions<'a>(observation: &'a Observation, jobs: &Jobs<'a>) -> Vec<Conditions<'a>> {
    let waiting = jobs.waiting();
    let of_own = |job: &'a Job| job.when.iter().map(|clause| &clause.condition).collect();
    let mut all: Vec<Conditions<'a>> =
        observation.jobs.iter().map(|job| Conditions { all: of_own(job), more: false }).collect();
    let mut fresh: VecDeque<(usize, &Condition)> = VecDeque::new();
    for (at, own) in all.iter().enumerate() {
        fresh.extend(own.all.iter().map(|condition| (at, *condition)));
    }
    let mut full = Vec::new();
    while let Some((from, condition)) = fresh.pop_front() {
        for to in waiting.get(from).into_iter().flatten() {
            let Some(known) = all.get_mut(*to) else { continue };
            if known.all.contains(condition) {
                continue;
            }
            if known.all.len() < CONDITIONS {
                known.all.insert(condition);
                fresh.push_back((*to, condition));
            } else if !std::mem::replace(&mut known.more, true) {
                full.push(*to);
            }
        }
    }
    // What waits for such a job was not told of what that one dropped.
    while let Some(from) = full.pop() {
        for to in waiting.get(from).into_iter().flatten() {
            if let Some(known) = all.get_mut(*to)
                && !std::mem::replace(&mut known.more, true)
            {
                full.push(*to);
            }
        }
    }
    all
}
