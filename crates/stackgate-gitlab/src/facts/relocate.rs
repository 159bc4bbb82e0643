//! Brings places that count through all texts back to their files.
//!
//! What must hold: every place of an observation is covered; the test asks all of its facts.

use stackgate_provider::facts::{Code, Does, Job, Observation, Place, Setting, Step, Variable};
use stackgate_provider::yaml::Span;

use super::ANYWHERE;

/// The file of a place, and the range in it.
pub(super) fn found(place: Place, starts: &[usize]) -> Place {
    if place.file != ANYWHERE {
        return place;
    }
    let file = starts.partition_point(|start| *start <= place.span.start).saturating_sub(1);
    let start = starts.get(file).copied().unwrap_or(0);
    // A value that was put in from another file does not stretch its key's place beyond this one.
    let end = match starts.get(file + 1) {
        Some(next) if place.span.end >= *next => place.span.start,
        _ => place.span.end,
    };
    Place::new(file, Span::new(place.span.start - start, end.max(place.span.start) - start))
}

/// Every place of an observation.
pub(super) fn all(observation: &mut Observation, starts: &[usize]) {
    let at = |place: &mut Place| *place = found(*place, starts);
    settings(&mut observation.settings, starts);
    codes(&mut observation.code, starts);
    variables(&mut observation.environment, starts);
    observation.undecided.iter_mut().for_each(|one| at(&mut one.place));
    for job in &mut observation.jobs {
        one_job(job, starts);
    }
}

fn one_job(job: &mut Job, starts: &[usize]) {
    let at = |place: &mut Place| *place = found(*place, starts);
    at(&mut job.place);
    job.when.iter_mut().for_each(|clause| at(&mut clause.place));
    job.needs.iter_mut().for_each(|need| at(&mut need.place));
    job.gates.iter_mut().for_each(|gate| at(&mut gate.place));
    job.permissions.iter_mut().for_each(|permission| at(&mut permission.place));
    job.credentials.iter_mut().for_each(|credential| at(&mut credential.place));
    variables(&mut job.variables, starts);
    job.steps.iter_mut().for_each(|step| one_step(step, starts));
    codes(&mut job.code, starts);
    at(&mut job.runner.place);
    job.channels.iter_mut().for_each(|channel| at(&mut channel.place));
    if let Some(limit) = &mut job.limit_minutes {
        at(&mut limit.place);
    }
    settings(&mut job.settings, starts);
    job.mints.iter_mut().for_each(|mint| at(&mut mint.place));
    job.verbs.iter_mut().for_each(|verb| at(&mut verb.place));
    job.deeds.iter_mut().for_each(|deed| at(&mut deed.place));
}

fn one_step(step: &mut Step, starts: &[usize]) {
    let at = |place: &mut Place| *place = found(*place, starts);
    at(&mut step.place);
    match &mut step.does {
        Does::Unknown => {}
        Does::Run { place, .. } => at(place),
        Does::Use { code, inputs } => {
            at(&mut code.place);
            variables(inputs, starts);
        }
        Does::Checkout { code, inputs, .. } => {
            if let Some(code) = code {
                at(&mut code.place);
            }
            variables(inputs, starts);
        }
    }
    variables(&mut step.variables, starts);
    step.embedded.iter_mut().for_each(|embedded| at(&mut embedded.place));
    settings(&mut step.settings, starts);
}

fn settings(all: &mut [Setting], starts: &[usize]) {
    all.iter_mut().for_each(|one| one.place = found(one.place, starts));
}

fn codes(all: &mut [Code], starts: &[usize]) {
    all.iter_mut().for_each(|one| one.place = found(one.place, starts));
}

fn variables(all: &mut [Variable], starts: &[usize]) {
    all.iter_mut().for_each(|one| one.place = found(one.place, starts));
}
