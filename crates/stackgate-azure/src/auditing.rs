//! The scheduled audit on Azure Pipelines: its definition, as the template is told of it and as it must be read back.
//!
//! What must hold: it runs on the deploy branch alone, by its schedule or by hand, with the token of its own definition.
//! Deliberately absent: the definition itself, which somebody creates; the checklist has it.

use std::collections::BTreeSet;

use serde::Serialize;
use stackgate_provider::plan::{Auditing, Plan, Stage, Trigger};
use stackgate_provider::{CheckItem, Event, File, Job, Pipeline, Script, Step};

use crate::ID;
use crate::options::Options;
use crate::realise::{checkout, job, script, settings};
use crate::words::{self, HOME, ID_TOKEN_FILE, Told};

/// What the template is told.
#[derive(Serialize)]
pub(crate) struct Context<'a> {
    cron: &'a str,
    branch: &'a str,
    pool: Option<&'a str>,
    image: &'a str,
    condition: String,
    timeout: u32,
    audit: &'a Auditing,
    cloud_url: &'a str,
    organization: &'a str,
    spec: &'a str,
    team: &'a str,
    token_seconds: String,
    mint: Told<'a>,
}

fn audit(plan: &Plan) -> Option<(&Auditing, &Stage)> {
    Some((plan.auditing.as_ref()?, plan.stages_of(ID).next()?))
}

/// The context; nothing where this is no plan of an audit.
pub(crate) fn context<'a>(plan: &'a Plan, options: &'a Options) -> Option<Context<'a>> {
    let (audit, stage) = audit(plan)?;
    Some(Context {
        cron: &audit.cron,
        branch: &plan.branch,
        pool: options.pool(Trigger::Schedule),
        image: options.image(),
        condition: words::condition(plan, stage),
        timeout: audit.minutes,
        audit,
        cloud_url: &plan.cloud_url,
        organization: &plan.organization,
        spec: &plan.spec_path,
        team: &stage.token.team,
        token_seconds: stage.token.lifetime_seconds.to_string(),
        mint: words::told(plan, options, stage),
    })
}

/// What the file must come to.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    let mut pipeline = Pipeline::default();
    let Some((audit, stage)) = audit(plan) else { return pipeline };
    let mut file = File {
        settings: settings(&[("appendCommitMessageToRunName", "false"), ("trigger", "none"), ("pr", "none")]),
        events: BTreeSet::from([Event::Other(format!("schedule {} on {}, always", audit.cron, plan.branch))]),
        ..File::default()
    };
    let mut job: Job = job("Audit the organization", audit.minutes, &words::condition(plan, stage), ("job", "audit"));
    job.may_mint = BTreeSet::from(["*".to_owned()]);
    job.runner = Some(match options.pool(Trigger::Schedule) {
        Some(pool) => format!("pool {pool}"),
        None => format!("image {}", options.image()),
    });
    job.steps = steps(plan, options, audit, stage);
    file.jobs.insert("audit".into(), job);
    pipeline.files.insert(options.file(Trigger::Schedule), file);
    pipeline
}

fn steps(plan: &Plan, options: &Options, audit: &Auditing, stage: &Stage) -> Vec<Step> {
    let home = ("STACKGATE_HOME", HOME);
    let cloud = ("PULUMI_BACKEND_URL", plan.cloud_url.as_str());
    let organization = ("STACKGATE_ORGANIZATION", plan.organization.as_str());
    let (spec, team) = (("STACKGATE_SPEC", plan.spec_path.as_str()), ("STACKGATE_TEAM", stage.token.team.as_str()));
    let reviewed =
        |name: &str, role: &'static str, variables: &[(&str, &str)]| script(&Script::reviewed(name, role, variables));
    let always = |mut step: Step| {
        step.condition = Some("always()".into());
        step
    };
    let mut mint = script(&words::mint(plan, options, stage));
    mint.variables.extend(settings(&[
        ("STACKGATE_ID_TOKEN_FILE", ID_TOKEN_FILE),
        ("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)"),
    ]));
    let seconds = stage.token.lifetime_seconds.to_string();
    let download = [("STACKGATE_DOWNLOAD", audit.download.as_str()), home, ("STACKGATE_SHA256", &audit.sha256)];
    let login = [
        cloud,
        home,
        ("STACKGATE_ID_TOKEN_FILE", ID_TOKEN_FILE),
        organization,
        team,
        ("STACKGATE_TOKEN_SECONDS", &seconds),
    ];
    let run = [
        cloud,
        ("STACKGATE_BASELINE", audit.baseline.as_str()),
        ("STACKGATE_FAIL_ON", &audit.fail_on),
        ("STACKGATE_FORMATS", "junit markdown"),
        home,
        ("STACKGATE_SINCE", &audit.since),
        spec,
    ];
    let mut publish = always(reviewed("Publish the findings", "publish-azure", &[]));
    // It speaks to Azure, which restricted steps may not.
    publish.settings.clear();
    vec![
        checkout("1"),
        reviewed("Install stackgate", "install-stackgate", &download),
        reviewed("Guard the token", "guard-audit", &[cloud, home, organization, spec, team]),
        mint,
        reviewed("Get the auditor's token", "login-audit", &login),
        reviewed("Audit", "audit", &run),
        publish,
        always(reviewed("Clean up", "clean-up", &[home])),
    ]
}

/// What Azure's tokens cannot show of an audit.
pub(crate) fn residual(plan: &Plan) -> Option<String> {
    let branch = &plan.branch;
    plan.auditing.is_some().then(|| {
        format!(
            "Azure Pipelines: a run's own token names the audit's definition and the branch, and not the job or what started \
             the run; every job of that definition on `{branch}` can ask for the auditor's token, which reads and decrypts nothing."
        )
    })
}

/// What no file of the repository can set.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let (branch, file) = (&plan.branch, options.file(Trigger::Schedule));
    vec![
        CheckItem {
            what: format!("Create a pipeline definition of `{file}`, and write its number as `deploy_definition_id`"),
            why: "The policy admits the definition by its number. Its schedule is in the file, and one of the browser would win over it.".into(),
            how: format!("az pipelines create --name pulumi-audit --repository NAME --repository-type tfsgit --branch {branch} --yml-path {file} --skip-first-run"),
        },
        CheckItem {
            what: format!("Protect `{branch}` with reviews, and let few people queue and edit the definition"),
            why: "Whoever changes the file there, or the definition, changes what runs with the auditor's token.".into(),
            how: "Project settings > Repositories > Policies; the definition's menu > Security".into(),
        },
        CheckItem {
            what: "Keep the project private, and its readers few".into(),
            why: "Reports name teams, stacks and environments, and whoever may read the project may read them; nothing in the job can see whether it is public.".into(),
            how: "az devops project show --project NAME --query visibility".into(),
        },
        CheckItem {
            what: "Have somebody told when the definition fails, or does not run".into(),
            why: "Azure tells whoever asked for a run; a schedule is asked for by nobody.".into(),
            how: "Project settings > Notifications: a build fails".into(),
        },
    ]
}
