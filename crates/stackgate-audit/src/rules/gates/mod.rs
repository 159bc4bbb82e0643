//! Rules about what stands before a deploy, and in which order deploys run.
//!
//! What must hold: every rule of the group is listed here, by its file's name; what several of them ask is asked here once.

mod approval_weak;
mod cancel_in_progress_deploy;
mod ci_creates_stack;
mod concurrency_missing;
mod default_branch_only_missing;
mod deploy_no_environment;
mod destroy_unguarded;
mod environment_name_dynamic;
mod no_timeout;
mod skip_preview_prod;

use stackgate_facts::{Event, GateKind, Job, Ref, Runs, Situation, Weakness};

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &approval_weak::RULE,
    &cancel_in_progress_deploy::RULE,
    &ci_creates_stack::RULE,
    &concurrency_missing::RULE,
    &default_branch_only_missing::RULE,
    &deploy_no_environment::RULE,
    &destroy_unguarded::RULE,
    &environment_name_dynamic::RULE,
    &no_timeout::RULE,
    &skip_preview_prod::RULE,
];

/// Whether an environment or somebody's approval of its own stands before a job, and stops it and what needs it.
fn held(job: &Job) -> bool {
    job.gates.iter().any(|gate| match gate.kind {
        GateKind::Environment(_) => !gate.weak.contains(&Weakness::DoesNotBlock),
        GateKind::Approval(_) => true,
        GateKind::Lock { .. } => false,
    })
}

/// Whether a job has an environment of its own that takes part in its deploys.
fn has_environment(job: &Job) -> bool {
    let counts = |gate: &stackgate_facts::Gate| {
        matches!(gate.kind, GateKind::Environment(_)) && !gate.weak.contains(&Weakness::DoesNotBlock)
    };
    job.gates.iter().any(counts)
}

/// Whether nothing but a push to a branch that the file names starts a job.
fn named_branch_alone<'a>(runs: &Runs<'a>, job: &'a Job) -> bool {
    let named = |situation: &Situation| {
        matches!(situation.event, Event::Push | Event::MergeQueue)
            && matches!(situation.reference, Ref::Branch(_))
            && !situation.is_of_any_name()
    };
    runs.first(job, &|_| true, &|situation, _| !named(situation)).is_none()
}
