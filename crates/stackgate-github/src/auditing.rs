//! The scheduled audit on GitHub: its workflow, as the template is told of it and as it must be read back.
//!
//! What must hold: it runs on the deploy branch alone, its token is minted last and is known to one step, and no foreign code
//! runs in the job but the checkout. Deliberately absent: what the team may read.

use std::collections::BTreeSet;

use serde::Serialize;
use stackgate_provider::plan::{Auditing, Plan, Stage};
use stackgate_provider::{CheckItem, Event, File, Lock, Pipeline, Step};

use crate::options::Options;
use crate::realise::{checkout, reviewed, settings, tokenless};
use crate::words::{self, HOME, Pin};

/// Where the workflow goes.
pub(crate) const AUDIT: &str = ".github/workflows/pulumi-audit.yml";

/// Where the OIDC token is kept between two steps.
const ID_TOKEN: &str = "${{ runner.temp }}/stackgate/id-token";

/// What starts it: the schedule, or somebody who may write to the repository.
pub(crate) const EVENTS: [&str; 2] = ["schedule", "workflow_dispatch"];

/// What the template is told.
#[derive(Serialize)]
pub(crate) struct Context<'a> {
    cron: &'a str,
    condition: String,
    runner: &'a str,
    timeout: u32,
    checkout: Pin,
    audit: &'a Auditing,
    branch: &'a str,
    cloud_url: &'a str,
    organization: &'a str,
    spec: &'a str,
    team: &'a str,
    audience: &'a str,
    // Text, as every variable is.
    token_seconds: String,
}

fn condition(plan: &Plan) -> String {
    format!(
        "(github.event_name == 'schedule' || github.event_name == 'workflow_dispatch') && github.ref == 'refs/heads/{}'",
        plan.branch
    )
}

/// The context; nothing where this is no plan of an audit.
pub(crate) fn context<'a>(plan: &'a Plan, options: &'a Options) -> Option<Context<'a>> {
    let (audit, stage) = audit(plan)?;
    Some(Context {
        cron: &audit.cron,
        condition: condition(plan),
        runner: options.runner(),
        timeout: audit.minutes,
        checkout: words::pin(plan, "actions/checkout"),
        audit,
        branch: &plan.branch,
        cloud_url: &plan.cloud_url,
        organization: &plan.organization,
        spec: &plan.spec_path,
        team: &stage.token.team,
        audience: &stage.token.audience,
        token_seconds: stage.token.lifetime_seconds.to_string(),
    })
}

fn audit(plan: &Plan) -> Option<(&Auditing, &Stage)> {
    Some((plan.auditing.as_ref()?, plan.stages_of(crate::ID).next()?))
}

/// What the workflow must come to.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    let mut pipeline = Pipeline::default();
    let Some((audit, stage)) = audit(plan) else { return pipeline };
    let mut file = File {
        events: BTreeSet::from([
            Event::Other(format!("schedule {}", audit.cron)),
            Event::Other("workflow_dispatch".into()),
        ]),
        settings: settings(&[("name", "Pulumi audit"), ("permissions", "")]),
        ..File::default()
    };
    let permissions = [("contents", "read"), ("id-token", "write"), ("security-events", "write")];
    let mut job = tokenless(options, "Audit the organization", audit.minutes, &permissions);
    job.conditions = vec![condition(plan)];
    job.may_mint = BTreeSet::from(["*".to_owned()]);
    job.lock = Some(Lock { name: "pulumi-audit".into(), cancels: false });
    job.steps = steps(plan, audit, stage);
    file.jobs.insert("audit".into(), job);
    pipeline.files.insert(AUDIT.into(), file);
    pipeline
}

fn steps(plan: &Plan, audit: &Auditing, stage: &Stage) -> Vec<Step> {
    let (branch, spec, team) = (
        ("STACKGATE_BRANCH", plan.branch.as_str()),
        ("STACKGATE_SPEC", plan.spec_path.as_str()),
        ("STACKGATE_TEAM", stage.token.team.as_str()),
    );
    let (home, token) = (("STACKGATE_HOME", HOME), ("GH_TOKEN", "${{ github.token }}"));
    let (organization, cloud) =
        (("STACKGATE_ORGANIZATION", plan.organization.as_str()), ("PULUMI_BACKEND_URL", plan.cloud_url.as_str()));
    let id_token = ("STACKGATE_ID_TOKEN_FILE", ID_TOKEN);
    let always = |mut step: Step| {
        step.condition = Some("always()".into());
        step
    };
    vec![
        checkout(plan, &[]),
        reviewed(
            "Install stackgate",
            "install-stackgate",
            &[("STACKGATE_DOWNLOAD", &audit.download), home, ("STACKGATE_SHA256", &audit.sha256)],
        ),
        reviewed("Refuse a public repository", "private-github", &[token]),
        reviewed("Guard the token", "guard-audit", &[cloud, home, organization, spec, team]),
        reviewed(
            "Ask for the OIDC token",
            "id-token-github",
            &[("STACKGATE_AUDIENCE", &stage.token.audience), branch, id_token],
        ),
        reviewed(
            "Get the auditor's token",
            "login-audit",
            &[
                cloud,
                home,
                id_token,
                organization,
                team,
                ("STACKGATE_TOKEN_SECONDS", &stage.token.lifetime_seconds.to_string()),
            ],
        ),
        reviewed(
            "Audit",
            "audit",
            &[
                cloud,
                ("STACKGATE_BASELINE", &audit.baseline),
                ("STACKGATE_FAIL_ON", &audit.fail_on),
                ("STACKGATE_FORMATS", "sarif markdown"),
                home,
                ("STACKGATE_SINCE", &audit.since),
                spec,
            ],
        ),
        always(reviewed("Publish the findings", "publish-github", &[token, branch])),
        always(reviewed("Clean up", "clean-up", &[home])),
    ]
}

/// What no file of the repository can set.
pub(crate) fn checklist(plan: &Plan) -> Vec<CheckItem> {
    let branch = &plan.branch;
    vec![
        CheckItem {
            what: format!("Make `{branch}` the repository's default branch, and protect it"),
            why: "GitHub runs schedules on the default branch alone; whoever may push there changes what runs with the auditor's token.".into(),
            how: format!("gh api repos/OWNER/NAME --jq .default_branch; Settings > Rules > Rulesets: pull requests and reviews for `{branch}`"),
        },
        CheckItem {
            what: "Keep the repository private, and its readers few".into(),
            why: "Reports name teams, stacks and environments; whoever may read the repository may read them. The job refuses a public one.".into(),
            how: "gh repo edit --visibility private --accept-visibility-change-consequences".into(),
        },
        CheckItem {
            what: "Switch code scanning on, if you have it".into(),
            why: "Otherwise the findings are on the run's page alone.".into(),
            how: "Settings > Advanced Security; on private repositories it is a paid feature".into(),
        },
        CheckItem {
            what: "Have somebody told when the audit fails, or does not run".into(),
            why: "GitHub tells whoever changed the schedule last, and disables schedules of a public repository after 60 days without activity.".into(),
            how: "the notification settings of that person, or a webhook on `workflow_run`".into(),
        },
    ]
}
