//! What the two workflows must come to, computed from the plan: the other side of reading back.
//!
//! What must hold: no template is consulted here, and what a reviewer reads literally in a template is written down a
//! second time here, so that a line which goes missing there is missed here.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::plan::{Action, PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Event, File, Job, Lock, Pipeline, Script, Scripts, Step, Uses};

use crate::ID;
use crate::auditing;
use crate::options::{Options, RunWith};
use crate::words::{self, Tool};

/// Both workflows, or the one that has stages.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    if plan.auditing.is_some() {
        return auditing::pipeline(plan, options);
    }
    let mut pipeline = Pipeline::default();
    if !words::stages(plan, Trigger::ChangeRequest).is_empty() {
        pipeline.files.insert(words::PREVIEW.into(), preview(plan, options));
    }
    if !words::stages(plan, Trigger::Push).is_empty() {
        pipeline.files.insert(words::DEPLOY.into(), deploy(plan, options));
    }
    pipeline
}

fn preview(plan: &Plan, options: &Options) -> File {
    let stages = words::stages(plan, Trigger::ChangeRequest);
    let mut file = File { events: BTreeSet::from([Event::ChangeRequest(plan.branch.clone())]), ..File::default() };
    if options.merge_queue() {
        file.events.insert(Event::Other("merge_group checks_requested".into()));
    }
    file.settings = settings(&[
        ("name", "Pulumi preview"),
        ("permissions", ""),
        ("concurrency.group", "pulumi-preview-${{ github.event.pull_request.number || github.ref }}"),
        ("concurrency.cancel-in-progress", "true"),
    ]);
    let paths = words::filters(&stages);
    if !paths.is_empty() {
        let mut job = tokenless(options, "Find the projects that changed", 10, &[("contents", "read")]);
        job.conditions = vec![words::SAME_REPOSITORY.into()];
        job.settings.insert("outputs.changed".into(), "${{ steps.paths.outputs.changed }}".into());
        job.steps.push(checkout(plan, &[("fetch-depth", "2")]));
        let mut step = reviewed("Compare the paths", "changes", &[("STACKGATE_PATHS", &paths)]);
        step.settings.insert("id".into(), "paths".into());
        job.steps.push(step);
        file.jobs.insert("changes".into(), job);
    }
    plain(plan, options, Trigger::ChangeRequest, &stages, &mut file);
    for stage in &stages {
        let mut job = self::stage(plan, options, stage);
        job.conditions = vec![words::preview_condition(stage)];
        if options.comments(stage) {
            job.permissions.insert("pull-requests".into(), "write".into());
        }
        file.jobs.insert(stage.id.clone(), job);
    }
    let mut report = tokenless(options, "Pulumi preview", 5, &[]);
    report.settings.insert("permissions".into(), String::new());
    report.conditions = vec!["always()".into()];
    report.needs = stages.iter().map(|stage| stage.id.clone()).collect();
    report.steps.push(reviewed("Report", "report", &[("STACKGATE_RESULTS", "${{ join(needs.*.result, ' ') }}")]));
    file.jobs.insert("report".into(), report);
    file
}

fn deploy(plan: &Plan, options: &Options) -> File {
    let stages = words::stages(plan, Trigger::Push);
    let mut file = File { events: BTreeSet::from([Event::Push(plan.branch.clone())]), ..File::default() };
    file.settings = settings(&[("name", "Pulumi deploy"), ("permissions", "")]);
    if options.preflight() {
        let mut job = tokenless(options, "Check that the environments are protected", 10, &[("actions", "read")]);
        job.lock = Some(Lock { name: "pulumi-preflight-${{ github.run_id }}".into(), cancels: false });
        job.steps.push(reviewed(
            "Read the environments",
            "preflight",
            &[
                ("GH_TOKEN", "${{ github.token }}"),
                ("STACKGATE_BRANCH", &plan.branch),
                ("STACKGATE_ENVIRONMENTS", &words::environments(plan)),
            ],
        ));
        file.jobs.insert("preflight".into(), job);
    }
    plain(plan, options, Trigger::Push, &stages, &mut file);
    for stage in &stages {
        let mut job = self::stage(plan, options, stage);
        job.conditions = vec![words::deploy_condition(plan)];
        job.environment.clone_from(&stage.environment);
        job.lock = Some(Lock { name: words::group(plan, stage), cancels: false });
        if options.queue_all() {
            job.settings.insert("concurrency.queue".into(), "max".into());
        }
        file.jobs.insert(stage.id.clone(), job);
    }
    file
}

fn stage(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let mut job =
        tokenless(options, &stage.title(), stage.timeout_minutes, &[("contents", "read"), ("id-token", "write")]);
    job.needs = words::needs(plan, stage, options.preflight()).into_iter().collect();
    job.may_mint = BTreeSet::from(["*".to_owned()]);
    job.steps.push(checkout(plan, &[]));
    job.steps.extend(words::tool(plan, &stage.runtime).as_ref().map(tool));
    let scripts = Scripts::new(plan, stage, words::HOME);
    let action = words::pin(plan, "pulumi/actions").uses;
    match words::run_with(options, stage) {
        RunWith::Cli => job.steps.push(script(&scripts.install_cli())),
        RunWith::Action => {
            job.steps.push(uses("Install the Pulumi CLI", &action, &[("pulumi-version", &plan.cli.version)]))
        }
    }
    job.steps.extend(scripts.prepare().iter().map(script));
    job.steps.extend(scripts.plugins().as_ref().map(script));
    job.steps.push(script(&scripts.guard()));
    job.steps.push(uses(
        "Mint the team token",
        &words::pin(plan, "pulumi/auth-actions").uses,
        &[
            ("organization", &plan.organization),
            ("requested-token-type", "urn:pulumi:token-type:access_token:team"),
            ("scope", &format!("team:{}", stage.token.team)),
            ("token-expiration", &stage.token.lifetime_seconds.to_string()),
            ("cloud-url", &plan.cloud_url),
        ],
    ));
    match words::run_with(options, stage) {
        RunWith::Cli => job.steps.push(script(&scripts.run())),
        RunWith::Action => job.steps.push(run_action(plan, options, stage, &action)),
    }
    let mut clean_up = script(&scripts.clean_up());
    clean_up.condition = Some("always()".into());
    job.steps.push(clean_up);
    job
}

fn run_action(plan: &Plan, options: &Options, stage: &Stage, action: &str) -> Step {
    let (name, command) = match stage.action {
        Action::Deploy => ("Deploy", "up"),
        Action::Preview | Action::Audit => ("Preview", "preview"),
    };
    let stack = stage.qualified(&plan.organization);
    let mut inputs = vec![
        ("command", command),
        ("stack-name", stack.as_str()),
        ("work-dir", stage.directory.as_str()),
        ("cloud-url", plan.cloud_url.as_str()),
        ("pulumi-version", plan.cli.version.as_str()),
        ("upsert", "false"),
    ];
    if options.comments(stage) {
        inputs.push(("comment-on-pr", "true"));
    }
    let mut step = uses(name, action, &inputs);
    step.variables = settings(&[
        ("PULUMI_BACKEND_URL", &plan.cloud_url),
        ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"),
        ("PULUMI_HOME", "${{ runner.temp }}/stackgate/home"),
    ]);
    step
}

fn plain(plan: &Plan, options: &Options, trigger: Trigger, stages: &[&Stage], file: &mut File) {
    for job in plan.jobs_of(ID, trigger) {
        file.jobs.insert(job.id.clone(), plain_job(plan, options, stages, job));
    }
}

fn plain_job(plan: &Plan, options: &Options, stages: &[&Stage], plain: &PlainJob) -> Job {
    let mut job = tokenless(options, &plain.id, plain.timeout_minutes, &[("contents", "read")]);
    job.lock = Some(Lock { name: "pulumi-job-${{ github.run_id }}-${{ github.job }}".into(), cancels: false });
    if plain.when == When::After {
        job.needs = stages.iter().map(|stage| stage.id.clone()).collect();
        job.conditions = vec!["always()".into()];
    }
    job.steps.push(checkout(plan, &[]));
    job.steps.extend(words::tool(plan, &plain.runtime).as_ref().map(tool));
    job.steps.push(script(&Script::own(&plain.id, &plain.run, &plain.directory)));
    job
}

pub(crate) fn tokenless(options: &Options, name: &str, minutes: u32, permissions: &[(&str, &str)]) -> Job {
    Job {
        limit_minutes: Some(minutes),
        runner: Some(options.runner().to_owned()),
        permissions: settings(permissions),
        settings: settings(&[("name", name)]),
        ..Job::default()
    }
}

pub(crate) fn checkout(plan: &Plan, more: &[(&str, &str)]) -> Step {
    let mut inputs = vec![("persist-credentials", "false")];
    inputs.extend(more);
    uses("Check out the repository", &words::pin(plan, "actions/checkout").uses, &inputs)
}

fn tool(tool: &Tool) -> Step {
    let inputs: Vec<(&str, &str)> = tool.inputs.iter().map(|(input, value)| (*input, value.as_str())).collect();
    uses(tool.name, &tool.pin.uses, &inputs)
}

pub(crate) fn uses(name: &str, reference: &str, inputs: &[(&str, &str)]) -> Step {
    Step {
        name: Some(name.into()),
        uses: Some(Uses { reference: reference.into(), inputs: settings(inputs) }),
        ..Step::default()
    }
}

fn script(script: &Script) -> Step {
    let mut step = Step::from(script);
    step.settings.insert("shell".into(), "sh".into());
    step
}

pub(crate) fn reviewed(name: &str, role: &'static str, variables: &[(&str, &str)]) -> Step {
    script(&Script::reviewed(name, role, variables))
}

pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
