//! Jenkins' own words for what a plan says: which stage goes into which file, in which order, and what people read.
//!
//! What must hold: both the templates' context and the expected read-back use these, so that they cannot disagree about
//! where a stage belongs; whether the template renders it is what reading back finds out. No literal of a template here.

use stackgate_provider::plan::{Action, PlainJob, Plan, Stage, Tier, Trigger, When};

use crate::ID;
use crate::options::{Options, Production};

/// The folder outside the checkout where a stage keeps the CLI and its credentials.
pub(crate) const HOME: &str = "${env.WORKSPACE_TMP}/stackgate";

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Previews of change requests, and deploys of development.
    Main,
    /// Everything on production stacks that starts with a push, in a job of its own.
    Production,
}

/// What one file holds, in the order in which Jenkins runs it.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) kind: Kind,
    pub(crate) path: &'a str,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// A stage of the file: one of the plan's, or a job of the user's own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry<'a> {
    Stage(&'a Stage),
    Plain(&'a PlainJob, Trigger),
}

/// Both files, or those that have stages.
pub(crate) fn layouts<'a>(plan: &'a Plan, options: &'a Options) -> Vec<Layout<'a>> {
    let files = [(Kind::Main, options.path()), (Kind::Production, options.production_path())];
    let layouts = files.map(|(kind, path)| Layout { kind, path, entries: entries(plan, options, kind) });
    layouts.into_iter().filter(|layout| !layout.entries.is_empty()).collect()
}

fn entries<'a>(plan: &'a Plan, options: &Options, kind: Kind) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for trigger in [Trigger::ChangeRequest, Trigger::Push] {
        let stages: Vec<&Stage> =
            plan.stages_of(ID).filter(|stage| stage.trigger == trigger && kind_of(stage, options) == kind).collect();
        if stages.is_empty() {
            continue;
        }
        let plain = |when| {
            plan.jobs_of(ID, trigger).filter(move |job| job.when == when).map(move |job| Entry::Plain(job, trigger))
        };
        entries.extend(plain(When::Before));
        entries.extend(stages.into_iter().map(Entry::Stage));
        entries.extend(plain(When::After));
    }
    entries
}

/// The file that a stage goes into.
pub(crate) fn kind_of(stage: &Stage, options: &Options) -> Kind {
    let production = stage.trigger == Trigger::Push && stage.tier == Tier::Production;
    if production && options.production() == Production::OwnJob { Kind::Production } else { Kind::Main }
}

/// The stage's name in the file. A job of the user's own may stand there once for each trigger.
pub(crate) fn name(entry: Entry<'_>) -> String {
    match entry {
        Entry::Stage(stage) => stage.id.clone(),
        Entry::Plain(job, Trigger::ChangeRequest) => format!("{} on a change request", job.id),
        Entry::Plain(job, Trigger::Push | Trigger::Schedule) => format!("{} on a push", job.id),
    }
}

/// The label of the agents that an entry of a file runs on.
pub(crate) fn label<'a>(entry: Entry<'_>, kind: Kind, options: &'a Options) -> &'a str {
    let production = match entry {
        Entry::Stage(stage) => stage.trigger == Trigger::Push && stage.tier == Tier::Production,
        Entry::Plain(..) => kind == Kind::Production,
    };
    if production { options.production_label() } else { options.label() }
}

/// The id of the credential that a stage binds.
pub(crate) fn credential<'a>(stage: &Stage, options: &'a Options) -> &'a str {
    let production = stage.trigger == Trigger::Push && stage.tier == Tier::Production;
    if production { options.production_credential() } else { options.credential() }
}

/// The name of the lock that a stage holds.
pub(crate) fn lock(stage: &Stage) -> Option<String> {
    stage.lock.as_ref().filter(|_| stage.action == Action::Deploy).map(|stack| format!("pulumi/{stack}"))
}

/// Minutes after which Jenkins ends a whole build: the time to wait, and all that its stages may take.
pub(crate) fn limit(layout: &Layout<'_>, options: &Options) -> u32 {
    let minutes = layout.entries.iter().map(|entry| match entry {
        // A deploy has one limit for its preparation and one for what it does under the lock; a filtered preview has one
        // for each of its stages.
        Entry::Stage(stage) if lock(stage).is_some() || paths(stage).is_some() => 2 * stage.timeout_minutes,
        Entry::Stage(stage) => stage.timeout_minutes,
        Entry::Plain(job, _) => job.timeout_minutes,
    });
    options.wait_hours() * 60 + minutes.sum::<u32>()
}

/// The stages that a stage must come after and that stand in the other file, where its own cannot wait for them.
pub(crate) fn elsewhere<'a>(plan: &'a Plan, options: &Options, stage: &Stage) -> Vec<&'a Stage> {
    let own = kind_of(stage, options);
    let before = stage.after.iter().filter_map(|id| plan.stage(id));
    before.filter(|other| other.provider == ID && kind_of(other, options) != own).collect()
}

/// What the approver is asked.
pub(crate) fn question(plan: &Plan, options: &Options, stage: &Stage) -> String {
    let mut question = format!(
        "Deploy {}? The commit is named at the top of this build's log; every stage of the build checks out that one.",
        stage.qualified(&plan.organization)
    );
    let elsewhere: Vec<String> = elsewhere(plan, options, stage).into_iter().map(Stage::reference).collect();
    if !elsewhere.is_empty() {
        let other = if kind_of(stage, options) == Kind::Main { options.production_path() } else { options.path() };
        question.push_str(&format!(" Look first whether the job of {other} deployed it to {}.", elsewhere.join(", ")));
    }
    question
}

/// A preview's path filters as the script takes them; none where every change is previewed.
pub(crate) fn paths(stage: &Stage) -> Option<String> {
    (stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty()).then(|| stage.paths.join(" "))
}

/// The first of the two stages of a preview with path filters.
pub(crate) fn check_out(stage: &Stage) -> String {
    format!("{}: check out", stage.id)
}

/// The second.
pub(crate) fn preview(stage: &Stage) -> String {
    format!("{}: preview", stage.id)
}
