//! What of a pipeline's conditions is too much to be tried.
//!
//! What must hold: whatever [`Runs`] cuts off is told here, and nothing else is; an ordinary pipeline costs no more than a look
//! at how many conditions it has.

use crate::model::{Aspect, Job, Observation, Undecided};
use crate::runs::Runs;

/// Pipelines of no more jobs than this, whose conditions have no more parts in all, are tried with everything.
const ORDINARY: usize = 100;

/// The fact that not everything is tried.
pub(super) fn told(observation: &Observation) -> Option<Undecided> {
    let parts: usize = observation.jobs.iter().map(parts).sum();
    if parts <= ORDINARY && observation.jobs.len() <= ORDINARY {
        return None;
    }
    let cut = Runs::of(observation).cut()?;
    let job = observation.jobs.get(cut.job)?;
    let more = match cut.jobs - 1 {
        0 => String::new(),
        more => format!(", and {more} jobs more,"),
    };
    let why = format!(
        "it{more} and the jobs before it have more conditions, or conditions on more names, than are tried: {} conditions, \
         {} names",
        cut.conditions, cut.names
    );
    Some(Undecided { aspect: Aspect::Limit, job: Some(job.id.clone()), why, place: job.place })
}

/// At most how many names and conditions a job's conditions have: alternatives of an expression are names of their own.
fn parts(job: &Job) -> usize {
    let mut count = 0;
    let of_steps = job.steps.iter().filter_map(|step| step.condition.as_ref());
    for condition in job.when.iter().map(|clause| &clause.condition).chain(of_steps) {
        condition.each(&mut |part, _| count += part.alternatives());
    }
    count
}
