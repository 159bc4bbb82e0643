//! What follows from all jobs together: approvals before jobs that need them, files that a deployment takes by itself.
//!
//! What must hold: an approval is a gate of its own job and of every job that cannot run without that one; a job that goes on
//! without it has a gate that does not block.

use stackgate_provider::facts::{Aspect, Channel, ChannelKind, Gate, GateKind, Jobs, Undecided, Value, Weakness};

use super::Reading;

/// Most approvals of other jobs that are looked at before one job.
const MOST: usize = 100;

/// Adds what follows.
pub(super) fn settle(reading: &mut Reading<'_>) {
    approvals(reading);
    artifacts(reading);
}

fn approvals(reading: &mut Reading<'_>) {
    let observation = &reading.gathering.observation;
    let is_approval = |gate: &&Gate| matches!(gate.kind, GateKind::Approval(_));
    let asks = |job: &stackgate_provider::facts::Job| job.gates.iter().any(|gate| is_approval(&gate));
    if !observation.jobs.iter().any(asks) {
        return;
    }
    let jobs = Jobs::of(observation);
    let mut dropped = None;
    let found: Vec<Vec<Gate>> = observation
        .jobs
        .iter()
        .map(|job| {
            let needed = jobs.needed(job).into_iter().flat_map(|needed| needed.gates.iter().filter(is_approval));
            let mut all: Vec<Gate> = needed.take(MOST + 1).cloned().collect();
            if all.len() > MOST {
                all.truncate(MOST);
                dropped.get_or_insert((job.id.clone(), job.place));
            }
            for need in job.needs.iter().filter(|need| !need.blocks).take(MOST) {
                let loose = jobs.get(&need.job).into_iter();
                for gate in loose.flat_map(|other| other.gates.iter().filter(is_approval)) {
                    let mut weak = gate.weak.clone();
                    weak.push(Weakness::DoesNotBlock);
                    all.push(Gate { weak, ..gate.clone() });
                }
            }
            all
        })
        .collect();
    if let Some((job, place)) = dropped {
        let why = format!("more than {MOST} approvals stand before it, and no more are looked at");
        reading.gathering.observation.undecided.push(Undecided { aspect: Aspect::Limit, job: Some(job), why, place });
    }
    for (job, gates) in reading.gathering.observation.jobs.iter_mut().zip(found) {
        for gate in gates {
            // One button of a stage stands before each of its jobs, and is one.
            if !job.gates.iter().any(|known| known.place == gate.place && known.kind == gate.kind) {
                job.gates.push(gate);
            }
        }
    }
}

/// A deployment job takes what the run's other jobs published, unless it says which of it. Source: Microsoft Learn,
/// "Deployment jobs", on artifacts.
fn artifacts(reading: &mut Reading<'_>) {
    let jobs = &mut reading.gathering.observation.jobs;
    let published = jobs.iter().flat_map(|job| &job.channels).any(|one| one.kind == ChannelKind::ArtifactOut);
    if !published {
        return;
    }
    for job in jobs {
        let deployment = job.settings.iter().any(|setting| setting.key == "kind" && setting.value == "deployment");
        let chosen = job.settings.iter().any(|setting| setting.key == "download");
        if deployment && !chosen && !job.channels.iter().any(|one| one.kind == ChannelKind::ArtifactIn) {
            let place = job.place;
            let name = Value::literal("current");
            job.channels.push(Channel { kind: ChannelKind::ArtifactIn, name, step: None, place });
        }
    }
}
