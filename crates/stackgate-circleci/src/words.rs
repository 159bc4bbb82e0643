//! CircleCI's own words for what a plan says: conditions, names of jobs, locks.
//!
//! What must hold: both the templates' context and the expected read-back use these, so that they cannot disagree about
//! what a condition is; whether the template renders it is what reading back finds out. No literal of a template here.

use stackgate_provider::Place;
use stackgate_provider::plan::{PlainJob, Plan, Runtime, Stage, Trigger, When};

use crate::ID;
use crate::options::{Events, Options};

/// The file that every project reads.
pub(crate) const CONFIG: &str = ".circleci/config.yml";

/// Where configs lie.
pub(crate) const PLACE: Place = Place { folder: ".circleci", prefix: "", suffix: ".yml" };

/// The contexts that `init` begins with: production cannot do without, and development is the better for one.
pub(crate) const FIRST_CONTEXTS: &str = "{ preview: pulumi-preview, development: pulumi-development, \
                                         production_preview: pulumi-production-preview, production: pulumi-production \
                                         }";

/// The name of the schedule that starts an audit.
pub(crate) const SCHEDULE: &str = "stackgate-audit";

/// The folder outside the checkout where a job keeps the CLI and its credentials; each job has a container of its own.
pub(crate) const HOME: &str = "/tmp/stackgate";

/// When a trigger's workflow runs. `and` stops at the first falsehood, so that what only one event has is asked for
/// after the event's name. An unset branch, as for a tag, counts as false.
pub(crate) fn when(plan: &Plan, options: &Options, trigger: Trigger) -> String {
    let branch = &plan.branch;
    match (trigger, options.events()) {
        // Source: "Schedule triggers with multiple workflows" in CircleCI's documentation.
        (Trigger::Schedule, _) => {
            format!(
                "pipeline.trigger_source == \"scheduled_pipeline\" and pipeline.schedule.name == \"{SCHEDULE}\" and \
                 pipeline.git.branch == \"{branch}\""
            )
        }
        (Trigger::Push, Events::Oauth) => {
            format!("pipeline.event.name == \"push\" and pipeline.git.branch == \"{branch}\"")
        }
        // With the GitHub App, what is checked out need not be what was pushed.
        (Trigger::Push, Events::GithubApp) => format!(
            "pipeline.event.name == \"push\" and pipeline.event.github.ref == \"refs/heads/{branch}\" and \
             pipeline.git.branch == \"{branch}\""
        ),
        // CircleCI calls the branch of a fork's change request `pull/NUMBER`.
        (Trigger::ChangeRequest, Events::Oauth) => format!(
            "pipeline.event.name == \"push\" and pipeline.git.branch and pipeline.git.branch != \"{branch}\" and \
             not (pipeline.git.branch starts-with \"pull/\")"
        ),
        // Not when one is closed or labelled: that would preview what nobody pushed.
        (Trigger::ChangeRequest, Events::GithubApp) => format!(
            "pipeline.event.name == \"pull_request\" and pipeline.event.github.pull_request.base.ref == \
             \"{branch}\" and (pipeline.event.action == \"opened\" or pipeline.event.action == \"synchronize\" or \
             pipeline.event.action == \"reopened\" or pipeline.event.action == \"ready_for_review\")"
        ),
    }
}

/// The conjuncts of an expression: what stands between `and`s outside of parentheses.
pub(crate) fn conjuncts(expression: &str) -> Vec<String> {
    let mut conjuncts = vec![String::new()];
    let mut depth = 0_u32;
    for word in expression.split_whitespace() {
        if word == "and" && depth == 0 {
            conjuncts.push(String::new());
            continue;
        }
        for c in word.chars() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if let Some(last) = conjuncts.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    conjuncts
}

/// The stages that this provider runs on a trigger.
pub(crate) fn stages(plan: &Plan, trigger: Trigger) -> Vec<&Stage> {
    plan.stages_of(ID).filter(|stage| stage.trigger == trigger).collect()
}

/// The tokenless jobs of a trigger, where it has stages.
pub(crate) fn plain(plan: &Plan, trigger: Trigger) -> Vec<&PlainJob> {
    if stages(plan, trigger).is_empty() { Vec::new() } else { plan.jobs_of(ID, trigger).collect() }
}

/// What a stage waits for without its approval: the tokenless jobs that come first, and other stages.
pub(crate) fn waits(plan: &Plan, stage: &Stage) -> Vec<String> {
    let before = plan.jobs_of(ID, stage.trigger).filter(|job| job.when == When::Before).map(|job| job.id.clone());
    before.chain(stage.after.iter().cloned()).collect()
}

/// The job that waits for somebody's approval of a stage.
pub(crate) fn approval(stage: &Stage) -> Option<String> {
    stage.gate.map(|_| format!("approve-{}", stage.name))
}

/// The serial group of a stage. CircleCI's groups are the organization's, not the project's, and so are the stack's
/// names.
pub(crate) fn lock(stage: &Stage) -> Option<String> {
    stage.lock.as_ref().map(|lock| format!("pulumi/{lock}"))
}

/// The image of a runtime by its digest; `check` refuses a plan without.
pub(crate) fn image(runtime: &Runtime) -> String {
    runtime.image.as_ref().map(|image| image.pinned()).unwrap_or_default()
}

/// How long a step may be silent: as long as its job may take.
pub(crate) fn silence(minutes: u32) -> String {
    format!("{minutes}m")
}
