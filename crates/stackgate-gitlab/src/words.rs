//! GitLab's own words for what a plan says: conditions, path filters, needs, tags.
//!
//! What must hold: both the templates' context and the expected read-back use these, so that they cannot disagree about
//! what a condition is; whether the template renders it is what reading back finds out. No literal of a template here.

use stackgate_provider::plan::{Action, PlainJob, Plan, Stage, Tier, Trigger, TrustClass, When};
use stackgate_provider::{Event, Script};

use crate::ID;
use crate::options::Options;

/// The folder outside the checkout where a job keeps the CLI and its credentials. It is in the container and not beside
/// the checkout, whose volume a runner may hand to the next job; so it goes with the container even when a job is killed.
pub(crate) const HOME: &str = "/tmp/stackgate-$CI_JOB_ID";

/// Where the OIDC token waits for the login.
pub(crate) const ID_TOKEN_FILE: &str = "/tmp/stackgate-$CI_JOB_ID/id-token";

/// The file that GitLab reads by itself.
pub(crate) const ROOT: &str = ".gitlab-ci.yml";

/// The job that gives a change request a pipeline when path filters hold back all else.
pub(crate) const REPORT: &str = "pulumi-preview";

/// What stands before and behind the branch in a rule. The push rule begins with the branch, which is what keeps a
/// commit from having two pipelines; checkov looks for that by the rule's first words.
const CHANGE_REQUEST: (&str, &str) =
    ("$CI_PIPELINE_SOURCE == \"merge_request_event\" && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == \"", "\"");
const SCHEDULE: (&str, &str) = ("$CI_COMMIT_BRANCH == \"", "\" && $CI_PIPELINE_SOURCE == \"schedule\"");
const PUSH: (&str, &str) = ("$CI_COMMIT_BRANCH == \"", "\" && $CI_PIPELINE_SOURCE == \"push\"");

/// From this project and to this project: for a fork's change request the first fails where the pipeline runs here, the
/// second where it runs in the fork.
const SAME_PROJECT: &str =
    "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID && $CI_MERGE_REQUEST_PROJECT_ID == $CI_PROJECT_ID";

/// What starts a pipeline, as a rule of `workflow`.
pub(crate) fn event(plan: &Plan, trigger: Trigger) -> String {
    let (before, behind) = match trigger {
        Trigger::ChangeRequest => CHANGE_REQUEST,
        Trigger::Push => PUSH,
        Trigger::Schedule => SCHEDULE,
    };
    format!("{before}{}{behind}", plan.branch)
}

/// The inverse of [`event`]; a rule of another form is an event of GitLab's own.
pub(crate) fn event_of(rule: &str) -> Event {
    let branch = |(before, behind): (&str, &str)| {
        let branch = rule.strip_prefix(before)?.strip_suffix(behind)?;
        (!branch.contains(['"', '$'])).then(|| branch.to_owned())
    };
    if let Some(branch) = branch(CHANGE_REQUEST) {
        Event::ChangeRequest(branch)
    } else if let Some(branch) = branch(PUSH) {
        Event::Push(branch)
    } else {
        Event::Other(rule.to_owned())
    }
}

/// The condition of every job of a trigger: enough by itself, since an including file may start other pipelines.
pub(crate) fn condition(plan: &Plan, trigger: Trigger) -> String {
    let event = event(plan, trigger);
    match trigger {
        Trigger::ChangeRequest => format!("{event} && {SAME_PROJECT}"),
        Trigger::Push | Trigger::Schedule => format!("{event} && $CI_COMMIT_REF_PROTECTED == \"true\""),
    }
}

/// The conditions of a job of the user's own, one for each trigger.
pub(crate) fn conditions(plan: &Plan, job: &PlainJob) -> Vec<String> {
    job.triggers.iter().map(|trigger| condition(plan, *trigger)).collect()
}

/// The triggers that start something here, each once.
pub(crate) fn triggers(plan: &Plan) -> Vec<Trigger> {
    let both = [Trigger::ChangeRequest, Trigger::Push].into_iter();
    both.filter(|trigger| !stages(plan, *trigger).is_empty() || plan.jobs_of(ID, *trigger).next().is_some()).collect()
}

/// The stages that this provider runs on a trigger.
pub(crate) fn stages(plan: &Plan, trigger: Trigger) -> Vec<&Stage> {
    plan.stages_of(ID).filter(|stage| stage.trigger == trigger).collect()
}

/// The tokenless jobs that this provider runs.
pub(crate) fn jobs(plan: &Plan) -> impl Iterator<Item = &PlainJob> {
    plan.jobs.iter().filter(|job| job.provider == ID && !job.triggers.is_empty())
}

/// What a stage waits for, in the order in which the file names it.
pub(crate) fn needs(plan: &Plan, stage: &Stage) -> Vec<String> {
    let before = plan.jobs_of(ID, stage.trigger).filter(|job| job.when == When::Before);
    before.map(|job| job.id.clone()).chain(stage.after.iter().cloned()).collect()
}

/// What a job of the user's own waits for: nothing, or every stage of its triggers, as far as there is one.
pub(crate) fn plain_needs(plan: &Plan, job: &PlainJob) -> Vec<String> {
    match job.when {
        When::Before => Vec::new(),
        When::After => {
            let stages = plan.stages_of(ID).filter(|stage| job.triggers.contains(&stage.trigger));
            stages.map(|stage| stage.id.clone()).collect()
        }
    }
}

/// The stage's path filters in GitLab's notation, where `**` counts only before a slash, and a path is a file alone.
pub(crate) fn changes(stage: &Stage) -> Vec<String> {
    if stage.trigger != Trigger::ChangeRequest {
        return Vec::new();
    }
    let mut globs = Vec::new();
    for path in &stage.paths {
        if path == "." {
            globs.push("**/*".to_owned());
        } else if path == "**" || path.ends_with("/**") {
            globs.push(format!("{path}/*"));
        } else if path.contains('*') {
            globs.push(path.clone());
        } else {
            globs.extend([path.clone(), format!("{path}/**/*")]);
        }
    }
    globs
}

/// Whether path filters can leave a change request without any job, and so without the pipeline that merging may need.
pub(crate) fn reports(plan: &Plan) -> bool {
    let previews = stages(plan, Trigger::ChangeRequest);
    let filtered = !previews.is_empty() && previews.iter().all(|stage| !stage.paths.is_empty());
    filtered && plan.jobs_of(ID, Trigger::ChangeRequest).next().is_none()
}

/// Whether a newer commit may cancel the job; a deploy never, and nothing that a deploy waits for.
pub(crate) fn interruptible(triggers: &[Trigger]) -> bool {
    !triggers.contains(&Trigger::Push)
}

/// GitLab's tier of a stage's environment. The preview before a gate has an environment of its own, of no tier.
pub(crate) fn tier(stage: &Stage) -> &'static str {
    match (stage.action, stage.tier) {
        (Action::Preview | Action::Audit, _) => "other",
        (Action::Deploy, Tier::Production) => "production",
        (Action::Deploy, Tier::Development) => "development",
    }
}

/// The resource group of a stage: the lock of a deploy.
pub(crate) fn lock(stage: &Stage) -> Option<&str> {
    stage.lock.as_deref().filter(|_| stage.action == Action::Deploy)
}

/// The tags of the runner that a stage goes to.
pub(crate) fn tags<'a>(options: &'a Options, stage: &Stage) -> Vec<&'a str> {
    match options.production_tags() {
        Some(tags) if stage.class == TrustClass::Production => texts(Some(tags)),
        _ => plain_tags(options),
    }
}

/// The tags of the runner that everything else goes to.
pub(crate) fn plain_tags(options: &Options) -> Vec<&str> {
    texts(options.tags.as_deref())
}

fn texts(tags: Option<&[stackgate_provider::yaml::Located<String>]>) -> Vec<&str> {
    tags.unwrap_or_default().iter().map(|tag| tag.value.as_str()).collect()
}

/// A time limit in GitLab's notation.
pub(crate) fn timeout(minutes: u32) -> String {
    format!("{minutes} minutes")
}

/// The scripts of a stage that know its values, for collecting the variables of all.
pub(crate) fn scripts(scripts: &stackgate_provider::Scripts<'_>) -> Vec<Script> {
    let mut all = vec![scripts.install_cli()];
    all.extend(scripts.prepare());
    all.extend(scripts.plugins());
    all.extend([scripts.guard(), scripts.login(ID_TOKEN_FILE), scripts.run()]);
    all
}
