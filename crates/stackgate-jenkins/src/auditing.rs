//! The scheduled audit on Jenkins: its Jenkinsfile, as the template is told of it and as it must be read back.
//!
//! What must hold: its stage runs for the timer on the deploy branch alone, and binds the credential around the exchange.
//! Deliberately absent: a start by hand, which no condition tells from a replay of another file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stackgate_provider::plan::{Auditing, Plan, Stage};
use stackgate_provider::{CheckItem, Event, File, Job, Pipeline, Script, Step, groovy_literal};

use crate::ID;
use crate::options::Options;
use crate::realise::{finally, limit, script, settings, uses, within};
use crate::words::{self, HOME};

/// What the template is told.
#[derive(Serialize)]
pub(crate) struct Context<'a> {
    limit: u32,
    timeout: u32,
    branch: &'a str,
    cron: String,
    docker: bool,
    runs_in: String,
    label: &'a str,
    cloud_url: &'a str,
    audit: &'a Auditing,
    organization: &'a str,
    spec: &'a str,
    team: &'a str,
    token_seconds: String,
    credential: &'a str,
}

fn audit(plan: &Plan) -> Option<(&Auditing, &Stage)> {
    Some((plan.auditing.as_ref()?, plan.stages_of(ID).next()?))
}

/// Jenkins reads a schedule in its own time zone unless the first line names one.
fn cron(audit: &Auditing) -> String {
    format!("TZ=Etc/UTC\n{}", audit.cron)
}

/// The context; nothing where this is no plan of an audit.
pub(crate) fn context<'a>(plan: &'a Plan, options: &'a Options) -> Option<Context<'a>> {
    let (audit, stage) = audit(plan)?;
    Some(Context {
        limit: options.wait_hours() * 60 + audit.minutes,
        timeout: audit.minutes,
        branch: &plan.branch,
        cron: cron(audit),
        docker: options.docker(),
        runs_in: image(stage),
        label: options.label(),
        cloud_url: &plan.cloud_url,
        audit,
        organization: &plan.organization,
        spec: &plan.spec_path,
        team: &stage.token.team,
        token_seconds: stage.token.lifetime_seconds.to_string(),
        credential: words::credential(stage, options),
    })
}

fn image(stage: &Stage) -> String {
    stage.runtime.image.as_ref().map(|image| image.pinned()).unwrap_or_default()
}

/// What the file must come to.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    let mut pipeline = Pipeline::default();
    let Some((audit, stage)) = audit(plan) else { return pipeline };
    let whole = format!("time: {}, unit: 'MINUTES'", options.wait_hours() * 60 + audit.minutes);
    let trigger = groovy_literal(&cron(audit));
    let mut file = File {
        settings: settings(&[
            ("agent", "none"),
            ("options.buildDiscarder", "logRotator(numToKeepStr: '100')"),
            ("options.disableConcurrentBuilds", ""),
            ("options.disableRestartFromStage", ""),
            ("options.skipDefaultCheckout", ""),
            ("options.timeout", &whole),
            ("options.timestamps", ""),
        ]),
        events: BTreeSet::from([Event::Other(format!("cron {trigger}")), Event::Push(plan.branch.clone())]),
        ..File::default()
    };
    file.jobs.insert("audit".into(), job(plan, options, audit, stage));
    pipeline.files.insert(options.path().to_owned(), file);
    pipeline
}

fn job(plan: &Plan, options: &Options, audit: &Auditing, stage: &Stage) -> Job {
    let credential = words::credential(stage, options);
    let mut job = Job {
        conditions: vec![
            format!("branch(comparator: 'EQUALS', pattern: {})", groovy_literal(&plan.branch)),
            "not { buildingTag() }".into(),
            "not { changeRequest() }".into(),
            "triggeredBy('TimerTrigger')".into(),
        ],
        limit_minutes: Some(audit.minutes),
        may_mint: BTreeSet::from([credential.to_owned()]),
        runner: Some(options.label().to_owned()),
        variables: variables(plan, audit, stage),
        settings: settings(&[("when.beforeAgent", "true")]),
        ..Job::default()
    };
    if options.docker() {
        job.image = Some(image(stage));
        job.settings.extend(settings(&[("agent.args", "--env HOME=/tmp"), ("agent.reuseNode", "false")]));
    }
    let reviewed = |name: &str, role: &'static str| script(&Script::reviewed(name, role, &[]));
    let limit = limit(audit.minutes);
    let bound = format!(
        "withCredentials([file(credentialsId: {}, variable: 'STACKGATE_ID_TOKEN_FILE')])",
        groovy_literal(credential)
    );
    let mut steps = vec![
        uses("deleteDir", &[]),
        uses("checkout", &[("scm", "scm")]),
        reviewed("Install stackgate", "install-stackgate"),
        reviewed("Guard the token", "guard-audit"),
        reviewed("Get the token of the auditor", "login-audit"),
        reviewed("Audit", "audit"),
    ];
    within(&mut steps, &[&limit]);
    within(&mut steps[4..5], &[&limit, &bound]);
    let always = |mut step: Step| {
        step.condition = Some("post always".into());
        step
    };
    steps.extend([
        always(uses("junit", &[("testResults", "'stackgate-audit/*.xml'"), ("allowEmptyResults", "true")])),
        always(uses("archiveArtifacts", &[("artifacts", "'stackgate-audit/**'"), ("allowEmptyArchive", "true")])),
        finally(reviewed("Clean up", "clean-up")),
        finally(uses("deleteDir", &[])),
    ]);
    job.steps = steps;
    job
}

/// Jenkins gives the variables to the whole stage, but for the file with the OIDC token.
fn variables(plan: &Plan, audit: &Auditing, stage: &Stage) -> BTreeMap<String, String> {
    settings(&[
        ("PULUMI_BACKEND_URL", &plan.cloud_url),
        ("STACKGATE_BASELINE", &audit.baseline),
        ("STACKGATE_DOWNLOAD", &audit.download),
        ("STACKGATE_FAIL_ON", &audit.fail_on),
        ("STACKGATE_FORMATS", "junit markdown"),
        ("STACKGATE_HOME", HOME),
        ("STACKGATE_ORGANIZATION", &plan.organization),
        ("STACKGATE_SHA256", &audit.sha256),
        ("STACKGATE_SINCE", &audit.since),
        ("STACKGATE_SPEC", &plan.spec_path),
        ("STACKGATE_TEAM", &stage.token.team),
        ("STACKGATE_TOKEN_SECONDS", &stage.token.lifetime_seconds.to_string()),
    ])
}

/// What no file of the repository can set.
pub(crate) fn checklist(plan: &Plan, options: &Options) -> Vec<CheckItem> {
    let (branch, path, credential) = (&plan.branch, options.path(), options.credential());
    vec![
        CheckItem {
            what: format!("Create a multibranch job of `{path}` that discovers `{branch}` alone, in a folder of its own"),
            why: "The policy admits the job's address and its branch, and the file's schedule is known once the branch was built; branches that are not discovered cannot run it.".into(),
            how: "Branch Sources: Filter by name; no change requests, no tags".into(),
        },
        CheckItem {
            what: format!("Put the OIDC credential `{credential}` into that folder alone"),
            why: "Whoever binds it gets the auditor's token.".into(),
            how: "the folder's Credentials: OpenID Connect id token as file".into(),
        },
        CheckItem {
            what: "Give Job/Read, Job/Build, Job/Configure and Replay in that folder to few people".into(),
            why: "Reports name teams, stacks and environments; a replay runs another file with the same credential.".into(),
            how: "the folder's permissions".into(),
        },
        CheckItem {
            what: "Have the plugin JUnit, and somebody told when the job fails or is silent".into(),
            why: "Jenkins tells nobody by itself.".into(),
            how: "a notifier of your own on the folder".into(),
        },
    ]
}
