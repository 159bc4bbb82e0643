//! Rules about what stands before a deploy, and in which order deploys run.
//!
//! What must hold: every rule of the group is listed here, by its file's name; what several of them ask is asked here once.

mod concurrency_missing;
mod deploy_no_environment;
mod no_timeout;

use stackgate_facts::{Event, GateKind, Job, Observation, Ref, Situation, Weakness};

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[&concurrency_missing::RULE, &deploy_no_environment::RULE, &no_timeout::RULE];

/// Whether an environment or somebody's approval stands before a job, and stops it.
fn held(observation: &Observation, job: &Job) -> bool {
    observation.effective_gates(job).into_iter().any(|(_, gate)| match gate.kind {
        GateKind::Environment(_) => !gate.weak.contains(&Weakness::DoesNotBlock),
        GateKind::Approval(_) => true,
        GateKind::Lock { .. } => false,
    })
}

/// Whether nothing but a push to a branch that the file names starts a job.
fn named_branch_alone(observation: &Observation, job: &Job, universe: &[Situation]) -> bool {
    let reach = observation.reach(job, universe);
    let named = |situation: &Situation| {
        matches!(situation.event, Event::Push | Event::MergeQueue)
            && matches!(situation.reference, Ref::Branch(_))
            && !situation.is_of_any_name()
    };
    reach.iter().all(|(situation, _)| named(situation))
}
