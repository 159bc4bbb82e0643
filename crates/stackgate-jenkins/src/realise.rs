//! What the two files must come to, computed from the plan: the other side of reading back.
//!
//! What must hold: no template is consulted here, and what a reviewer reads literally in a template is written down a
//! second time here, so that a line which goes missing there is missed here.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::plan::{PlainJob, Plan, Stage, Trigger};
use stackgate_provider::{Event, File, Job, Lock, Pipeline, Script, Scripts, Step, Uses, groovy_literal, text_of};

use crate::auditing;
use crate::options::Options;
use crate::words::{self, Entry, Layout};

/// Both files, or those that have stages.
pub(crate) fn pipeline(plan: &Plan, options: &Options) -> Pipeline {
    if plan.auditing.is_some() {
        return auditing::pipeline(plan, options);
    }
    let layouts = words::layouts(plan, options);
    Pipeline { files: layouts.iter().map(|layout| (layout.path.to_owned(), file(plan, options, layout))).collect() }
}

fn file(plan: &Plan, options: &Options, layout: &Layout<'_>) -> File {
    let limit = format!("time: {}, unit: 'MINUTES'", words::limit(layout, options));
    let settings = settings(&[
        ("agent", "none"),
        ("options.buildDiscarder", "logRotator(numToKeepStr: '100')"),
        ("options.disableRestartFromStage", ""),
        ("options.skipDefaultCheckout", ""),
        ("options.timeout", &limit),
        ("options.timestamps", ""),
    ]);
    let mut file = File { settings, ..File::default() };
    let mut before = None;
    for entry in &layout.entries {
        let name = words::name(*entry);
        let mut job = match entry {
            Entry::Stage(stage) => pulumi(plan, options, stage),
            Entry::Plain(plain, _) => self::plain(plain),
        };
        let (trigger, runtime) = match entry {
            Entry::Stage(stage) => (stage.trigger, &stage.runtime),
            Entry::Plain(plain, trigger) => (*trigger, &plain.runtime),
        };
        job.conditions = conditions(plan, trigger);
        file.events.insert(match trigger {
            Trigger::ChangeRequest => Event::ChangeRequest(plan.branch.clone()),
            Trigger::Push => Event::Push(plan.branch.clone()),
            Trigger::Schedule => Event::Other("cron".into()),
        });
        job.settings.insert("when.beforeAgent".into(), "true".into());
        job.runner = Some(words::label(*entry, layout.kind, options).to_owned());
        if options.docker() {
            job.image = runtime.image.as_ref().map(|image| image.pinned());
            job.settings.extend(self::settings(&[("agent.args", "--env HOME=/tmp"), ("agent.reuseNode", "false")]));
        }
        job.needs = before.replace(name.clone()).into_iter().collect();
        file.jobs.insert(name, job);
    }
    file
}

fn conditions(plan: &Plan, trigger: Trigger) -> Vec<String> {
    let branch = groovy_literal(&plan.branch);
    // A push or a change of a request, which the job hears of or finds; and nobody who repeats that build by hand: a rebuild
    // may keep the causes of the first.
    let mut conditions = vec![
        "anyOf { triggeredBy('BranchEventCause'); triggeredBy('BranchIndexingCause') }".to_owned(),
        "not { triggeredBy('UserIdCause') }".to_owned(),
    ];
    conditions.extend(match trigger {
        Trigger::ChangeRequest => vec![
            format!("changeRequest(comparator: 'EQUALS', target: {branch})"),
            "not { changeRequest(comparator: 'REGEXP', fork: '.+') }".to_owned(),
        ],
        Trigger::Push | Trigger::Schedule => vec![
            format!("branch(comparator: 'EQUALS', pattern: {branch})"),
            "not { buildingTag() }".to_owned(),
            "not { changeRequest() }".to_owned(),
        ],
    });
    conditions.sort();
    conditions
}

fn plain(plain: &PlainJob) -> Job {
    let mut job = Job { limit_minutes: Some(plain.timeout_minutes), ..Job::default() };
    let script = Script::own(&plain.id, &plain.run, &plain.directory);
    job.steps = vec![uses("deleteDir", &[]), uses("checkout", &[("scm", "scm")]), self::script(&script)];
    within(&mut job.steps, &[&limit(plain.timeout_minutes)]);
    job.steps.push(finally(uses("deleteDir", &[])));
    job
}

fn pulumi(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let scripts = Scripts::new(plan, stage, words::HOME);
    let credential = words::credential(stage, options);
    let mut job = Job {
        limit_minutes: Some(stage.timeout_minutes),
        may_mint: BTreeSet::from([credential.to_owned()]),
        variables: variables(&scripts),
        ..Job::default()
    };
    if stage.gate.is_some() {
        job.approval = Some(options.submitter());
        job.settings.extend(settings(&[
            ("when.beforeInput", "true"),
            ("input.message", &words::question(plan, options, stage)),
            ("input.ok", "Deploy"),
            ("input.submitterParameter", "STACKGATE_APPROVED_BY"),
        ]));
    }
    let limit = limit(stage.timeout_minutes);
    let mut checkout = vec![uses("deleteDir", &[]), uses("checkout", &[("scm", "scm")])];
    within(&mut checkout, &[&limit]);
    let mut prepare = vec![script(&scripts.install_cli())];
    prepare.extend(scripts.prepare().iter().map(script));
    prepare.extend(scripts.plugins().as_ref().map(script));
    prepare.push(script(&scripts.guard()));
    within(&mut prepare, &[&limit]);

    let bound = format!(
        "withCredentials([file(credentialsId: {}, variable: 'STACKGATE_ID_TOKEN_FILE')])",
        groovy_literal(credential)
    );
    let mut login = script(&scripts.login("the file that Jenkins binds"));
    let mut run = vec![script(&scripts.run())];
    match words::lock(stage) {
        Some(name) => {
            let lock = format!("lock(resource: {})", groovy_literal(&name));
            within(std::slice::from_mut(&mut login), &[&lock, &limit, &bound]);
            run.insert(0, uses("milestone", &[]));
            within(&mut run, &[&lock, &limit]);
            run.insert(1, login);
            job.lock = Some(Lock { name, cancels: false });
        }
        None => {
            within(std::slice::from_mut(&mut login), &[&limit, &bound]);
            within(&mut run, &[&limit]);
            run.insert(0, login);
        }
    }
    if let Some(paths) = words::paths(stage) {
        job.variables.insert("STACKGATE_BRANCH".into(), plan.branch.clone());
        job.variables.insert("STACKGATE_PATHS".into(), paths);
        for step in &mut checkout {
            step.settings.insert("stage".into(), words::check_out(stage));
        }
        for step in prepare.iter_mut().chain(&mut run) {
            step.settings.insert("stage".into(), words::preview(stage));
            step.condition = Some("the script before it ends with anything but 3".into());
        }
        prepare.insert(0, compare(stage));
    }
    job.steps = checkout;
    job.steps.append(&mut prepare);
    job.steps.append(&mut run);
    job.steps.push(finally(script(&scripts.clean_up())));
    job.steps.push(finally(uses("deleteDir", &[])));
    job
}

/// Jenkins gives the variables to the whole stage, but for the file with the OIDC token.
fn variables(scripts: &Scripts<'_>) -> BTreeMap<String, String> {
    let mut all = vec![scripts.install_cli(), scripts.guard(), scripts.login(""), scripts.run()];
    all.extend(scripts.plugins());
    all.extend(scripts.prepare());
    let mut variables: BTreeMap<String, String> = all.into_iter().flat_map(|script| script.variables).collect();
    variables.remove("STACKGATE_ID_TOKEN_FILE");
    variables
}

fn compare(stage: &Stage) -> Step {
    let mut step = Step { name: Some("Compare the paths".into()), ..Step::default() };
    step.set_script(text_of("changes-jenkins").unwrap_or_default());
    step.settings = settings(&[("stage", &words::preview(stage)), ("returnStatus", "true"), ("within", "when")]);
    step
}

pub(crate) fn limit(minutes: u32) -> String {
    format!("timeout(time: {minutes}, unit: 'MINUTES')")
}

pub(crate) fn within(steps: &mut [Step], blocks: &[&str]) {
    for step in steps {
        step.settings.insert("within".into(), blocks.join(" > "));
    }
}

pub(crate) fn finally(mut step: Step) -> Step {
    step.condition = Some("post cleanup".into());
    step
}

pub(crate) fn uses(reference: &str, inputs: &[(&str, &str)]) -> Step {
    Step { uses: Some(Uses { reference: reference.into(), inputs: settings(inputs) }), ..Step::default() }
}

pub(crate) fn script(script: &Script) -> Step {
    let mut step = Step { name: Some(script.name.clone()), directory: script.directory.clone(), ..Step::default() };
    step.set_script(&script.text);
    step
}

pub(crate) fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
