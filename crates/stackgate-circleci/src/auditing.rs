//! The scheduled audit on CircleCI: its config, as the template is told of it and as it must be read back.
//!
//! What must hold: its workflow is for one schedule on the deploy branch. Deliberately absent: the schedule itself, which
//! CircleCI keeps outside of the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stackgate_provider::plan::{Auditing, Plan, Stage, Trigger};
use stackgate_provider::{CheckItem, Event, File, Lock, Pipeline, Step, Uses};

use crate::options::Options;
use crate::realise::{reviewed, settings, started};
use crate::words::{self, HOME, SCHEDULE};
use crate::{ID, trust};

/// Where the OIDC token is kept between two steps.
const ID_TOKEN: &str = "/tmp/stackgate/id-token";

/// What the template is told.
#[derive(Serialize)]
pub(crate) struct Context<'a> {
    runs_in: String,
    resource_class: &'a str,
    context: Option<&'a str>,
    condition: String,
    silence: String,
    audit: &'a Auditing,
    cloud_url: &'a str,
    organization: &'a str,
    spec: &'a str,
    team: &'a str,
    audience: &'a str,
    token_seconds: String,
}

fn audit(plan: &Plan) -> Option<(&Auditing, &Stage)> {
    Some((plan.auditing.as_ref()?, plan.stages_of(ID).next()?))
}

/// The context; nothing where this is no plan of an audit.
pub(crate) fn context<'a>(plan: &'a Plan, options: &'a Options) -> Option<Context<'a>> {
    let (audit, stage) = audit(plan)?;
    Some(Context {
        runs_in: words::image(&stage.runtime),
        resource_class: options.resource_class(),
        context: options.context_of(stage),
        condition: words::when(plan, options, Trigger::Schedule),
        silence: words::silence(audit.minutes),
        audit,
        cloud_url: &plan.cloud_url,
        organization: &plan.organization,
        spec: &plan.spec_path,
        team: &stage.token.team,
        audience: &stage.token.audience,
        token_seconds: stage.token.lifetime_seconds.to_string(),
    })
}

/// What the file must come to.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    let mut pipeline = Pipeline::default();
    let Some((audit, stage)) = audit(plan) else { return pipeline };
    let when = words::when(plan, options, Trigger::Schedule);
    let mut job = started(&stage.runtime, options.resource_class());
    job.conditions = words::conjuncts(&when);
    job.environment = options.context_of(stage).map(str::to_owned);
    job.lock = Some(Lock { name: "pulumi-audit".into(), cancels: false });
    job.steps.extend(steps(plan, audit, stage));
    let mut file = File {
        settings: settings(&[("version", "2.1"), ("workflows.pulumi-audit.when", &when)]),
        events: BTreeSet::from([Event::Other(when)]),
        ..File::default()
    };
    file.jobs.insert("pulumi-audit/audit".into(), job);
    pipeline.files.insert(options.path().to_owned(), file);
    pipeline
}

fn steps(plan: &Plan, audit: &Auditing, stage: &Stage) -> Vec<Step> {
    let (home, id_token) = (("STACKGATE_HOME", HOME), ("STACKGATE_ID_TOKEN_FILE", ID_TOKEN));
    let cloud = ("PULUMI_BACKEND_URL", plan.cloud_url.as_str());
    let organization = ("STACKGATE_ORGANIZATION", plan.organization.as_str());
    let (spec, team) = (("STACKGATE_SPEC", plan.spec_path.as_str()), ("STACKGATE_TEAM", stage.token.team.as_str()));
    let seconds = stage.token.lifetime_seconds.to_string();
    let download = [("STACKGATE_DOWNLOAD", audit.download.as_str()), home, ("STACKGATE_SHA256", &audit.sha256)];
    let audience = [("STACKGATE_AUDIENCE", stage.token.audience.as_str()), home, id_token];
    let login = [cloud, home, id_token, organization, team, ("STACKGATE_TOKEN_SECONDS", &seconds)];
    let run = [
        cloud,
        ("STACKGATE_BASELINE", audit.baseline.as_str()),
        ("STACKGATE_FAIL_ON", &audit.fail_on),
        ("STACKGATE_FORMATS", "junit markdown"),
        home,
        ("STACKGATE_SINCE", &audit.since),
        spec,
    ];
    let mut audits = reviewed("Audit", "audit", &run);
    audits.settings.insert("no_output_timeout".into(), words::silence(audit.minutes));
    let mut clean_up = reviewed("Clean up", "clean-up", &[home]);
    clean_up.condition = Some("always".into());
    let keep = |what: &str, inputs: BTreeMap<String, String>| Step {
        uses: Some(Uses { reference: what.into(), inputs }),
        ..Step::default()
    };
    vec![
        reviewed("Install stackgate", "install-stackgate", &download),
        reviewed("Guard the token", "guard-audit", &[cloud, home, organization, spec, team]),
        reviewed("Ask for the OIDC token", "id-token-circleci", &audience),
        reviewed("Get the auditor's token", "login-audit", &login),
        audits,
        keep("store_test_results", settings(&[("path", "stackgate-audit")])),
        keep("store_artifacts", settings(&[("path", "stackgate-audit"), ("destination", "stackgate-audit")])),
        clean_up,
    ]
}

/// What CircleCI's tokens cannot show of an audit.
pub(crate) fn residual(plan: &Plan, options: &Options) -> Option<String> {
    let what = if options.context_of(audit(plan)?.1).is_some() { "in its context" } else { "of the project" };
    let branch = &plan.branch;
    Some(format!(
        "CircleCI: no claim says what started the audit, nor which job this is; every job {what} on `{branch}` can ask for the \
         auditor's token, which reads and decrypts nothing."
    ))
}

/// What no file of the repository can set.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let Some((audit, stage)) = audit(plan) else { return Vec::new() };
    let (branch, cron) = (&plan.branch, &audit.cron);
    let issuer = trust::identity(options).map(|identity| identity.issuer()).unwrap_or_default();
    let mut items = vec![
        CheckItem {
            what: format!("Create a schedule trigger called `{SCHEDULE}` on `{branch}` that comes nearest to `{cron}` (UTC), by the actor Scheduling System"),
            why: "CircleCI keeps schedules outside of the file: without one, nothing runs. Nobody can start the audit by hand.".into(),
            how: "Project settings > Triggers > Add schedule trigger".into(),
        },
        CheckItem {
            what: format!("Protect `{branch}`, and keep the project private"),
            why: format!("Every job on `{branch}` has the token of `{issuer}` that the policy of {} admits. Reports name teams, stacks and environments.", stage.token.team),
            how: "the repository's rulesets; Project settings > Advanced".into(),
        },
        CheckItem {
            what: "Forbid runs with a config from elsewhere".into(),
            why: "A run of the API or of an editor shows the deploy branch too.".into(),
            how: "Organization settings > Advanced".into(),
        },
    ];
    if options.context_of(stage).is_none() {
        items.push(CheckItem {
            what: "Give the audit a context of its own: `contexts: { development: { name: …, id: … } }`".into(),
            why: "Its restriction to the branch, and its id in the token, tell the audit's job from the project's others.".into(),
            how: "circleci context create; its expression restriction: pipeline.git.branch".into(),
        });
    }
    items
}
