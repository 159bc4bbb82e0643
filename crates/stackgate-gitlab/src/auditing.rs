//! The scheduled audit on GitLab: its job, as the template is told of it and as it must be read back.
//!
//! What must hold: it runs in scheduled pipelines of the protected deploy branch alone, in a private project. Deliberately
//! absent: the schedule itself, which GitLab keeps outside of the file; the checklist has it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stackgate_provider::plan::{Auditing, Plan, Stage, Trigger};
use stackgate_provider::{CheckItem, File, Job, Lock, Pipeline, Script, Step};

use crate::options::Options;
use crate::realise::{common, need, reviewed, settings, step};
use crate::{ID, shell, words};

/// What the template is told.
#[derive(Serialize)]
pub(crate) struct Context<'a> {
    workflow: bool,
    event: String,
    stage: &'a str,
    condition: String,
    timeout: String,
    tags: Vec<&'a str>,
    image: String,
    audience: &'a str,
    values: String,
}

fn audit(plan: &Plan) -> Option<(&Auditing, &Stage)> {
    Some((plan.auditing.as_ref()?, plan.stages_of(ID).next()?))
}

/// The context; nothing where this is no plan of an audit.
pub(crate) fn context<'a>(plan: &'a Plan, options: &'a Options) -> Option<Context<'a>> {
    let (audit, stage) = audit(plan)?;
    let values = values(plan, audit, stage);
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Some(Context {
        workflow: options.path.is_none(),
        event: words::event(plan, Trigger::Schedule),
        stage: options.stage(),
        condition: words::condition(plan, Trigger::Schedule),
        timeout: words::timeout(audit.minutes),
        tags: words::plain_tags(options),
        image: stage.runtime.image.as_ref().map(|image| image.pinned()).unwrap_or_default(),
        audience: &stage.token.audience,
        values: shell::values(&values),
    })
}

/// The variables of all scripts by name, but for those that stand literally in the template.
fn values(plan: &Plan, audit: &Auditing, stage: &Stage) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("PULUMI_BACKEND_URL", plan.cloud_url.clone()),
        ("STACKGATE_BASELINE", audit.baseline.clone()),
        ("STACKGATE_DOWNLOAD", audit.download.clone()),
        ("STACKGATE_FAIL_ON", audit.fail_on.clone()),
        ("STACKGATE_FORMATS", "gitlab junit markdown".into()),
        ("STACKGATE_ORGANIZATION", plan.organization.clone()),
        ("STACKGATE_SHA256", audit.sha256.clone()),
        ("STACKGATE_SINCE", audit.since.clone()),
        ("STACKGATE_SPEC", plan.spec_path.clone()),
        ("STACKGATE_TEAM", stage.token.team.clone()),
        ("STACKGATE_TOKEN_SECONDS", stage.token.lifetime_seconds.to_string()),
    ])
}

/// What the file must come to.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    let mut pipeline = Pipeline::default();
    let Some((audit, stage)) = audit(plan) else { return pipeline };
    let mut file = File::default();
    if options.path.is_none() {
        file.settings.insert("workflow.auto_cancel.on_new_commit".into(), "none".into());
        file.events = BTreeSet::from([words::event_of(&words::event(plan, Trigger::Schedule))]);
    }
    file.jobs.insert("audit".into(), job(plan, options, audit, stage));
    pipeline.files.insert(options.path().to_owned(), file);
    pipeline
}

fn job(plan: &Plan, options: &Options, audit: &Auditing, stage: &Stage) -> Job {
    let mut job = common(options, &[Trigger::Push], audit.minutes, &words::plain_tags(options), &stage.runtime);
    job.conditions = vec![words::condition(plan, Trigger::Schedule)];
    need(&mut job, Vec::new(), "");
    job.lock = Some(Lock { name: "pulumi-audit".into(), cancels: false });
    job.may_mint = BTreeSet::from([stage.token.audience.clone()]);
    job.settings.extend(settings(&[
        ("id_tokens", "STACKGATE_ID_TOKEN"),
        ("artifacts.name", "stackgate-audit"),
        ("artifacts.access", "developer"),
        ("artifacts.expire_in", "30 days"),
        ("artifacts.paths", "stackgate-audit/"),
        ("artifacts.reports.codequality", "stackgate-audit/review.gitlab"),
        ("artifacts.reports.junit", "stackgate-audit/*.xml"),
        ("artifacts.when", "always"),
    ]));
    let values = values(plan, audit, stage);
    let names: Vec<&str> = values.keys().copied().collect();
    job.settings.insert("script.exports".into(), names.join(" "));
    job.settings.insert("script.exports.expanded".into(), "STACKGATE_HOME STACKGATE_ID_TOKEN_FILE".into());
    job.variables.extend(values.into_iter().map(|(name, value)| (name.to_owned(), value)));
    job.variables
        .extend(settings(&[("STACKGATE_HOME", words::HOME), ("STACKGATE_ID_TOKEN_FILE", words::ID_TOKEN_FILE)]));
    let roles = [
        "hide-id-token-gitlab",
        "install-stackgate",
        "private-gitlab",
        "guard-audit",
        "id-token-gitlab",
        "login-audit",
        "audit",
    ];
    job.steps = roles.into_iter().map(reviewed).collect();
    job.steps.push(after("clean-up"));
    job
}

/// A step of the shell that GitLab starts once the job's own has ended.
fn after(role: &'static str) -> Step {
    let mut after = step(&Script::reviewed("", role, &[]));
    after.condition = Some("after_script".into());
    after.variables = BTreeMap::from([("STACKGATE_HOME".into(), words::HOME.into())]);
    after.settings.insert("exports.expanded".into(), "STACKGATE_HOME".into());
    after
}

/// What no file of the project can set.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let Some((audit, _)) = audit(plan) else { return Vec::new() };
    let (branch, cron) = (&plan.branch, &audit.cron);
    let mut items = vec![
        CheckItem {
            what: format!("Create the schedule `{cron}` (UTC) on `{branch}`, without variables, owned by an account that people share no password of"),
            why: "GitLab keeps schedules outside of the file: without one, nothing runs. Its owner's rights are the job's. Playing it by hand is the start by hand.".into(),
            how: format!("glab api --method POST projects/:id/pipeline_schedules -f description='Pulumi audit' -f ref=refs/heads/{branch} -f cron='{cron}' -f cron_timezone=UTC"),
        },
        CheckItem {
            what: format!("Protect `{branch}`, and let few people create and change schedules"),
            why: "Whoever may push there changes what runs with the auditor's token; the job refuses an unprotected branch.".into(),
            how: format!("glab api projects/:id/protected_branches/{branch}"),
        },
        CheckItem {
            what: "Keep the project private, and its developers few".into(),
            why: "Reports name teams, stacks and environments, and developers may read them; the job refuses any other project.".into(),
            how: "glab api projects/:id --method PUT -f visibility=private".into(),
        },
        CheckItem {
            what: "Have somebody told when a scheduled pipeline fails".into(),
            why: "GitLab tells the schedule's owner alone.".into(),
            how: "Settings > Integrations > Pipeline status emails".into(),
        },
    ];
    if let Some(path) = &options.path {
        items.push(CheckItem {
            what: format!(
                "Include `{}` in your `.gitlab-ci.yml`, whose `workflow` lets scheduled pipelines in",
                path.value
            ),
            why: "The file holds the job alone.".into(),
            how: format!("include: {{ local: {} }}", path.value),
        });
    }
    items
}
