//! The templates' context: plain values, with every decision already taken.
//!
//! These names are load-bearing: a template names them, and Tera takes a misspelt one in `{% if %}` for false. Reading
//! back catches that. What a reviewer should see literally stands in the templates, not here.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_provider::plan::{PlainJob, Plan, Stage, Trigger, When};
use stackgate_provider::{Script, Scripts, token_of};

use crate::ID;
use crate::options::{Host, Options};
use crate::words::{self, Tool};

/// One file, which one pipeline definition runs.
#[derive(Serialize)]
pub(crate) struct Definition<'a> {
    branch: &'a str,
    reviews: bool,
    batch: bool,
    pool: Option<&'a str>,
    image: &'a str,
    clean_up: String,
    changes: Option<Changes>,
    plain_before: Vec<Plain>,
    stages: Vec<Job>,
    plain_after: Vec<Plain>,
}

#[derive(Serialize)]
struct Changes {
    condition: String,
    script: String,
    paths: String,
}

#[derive(Serialize)]
struct Plain {
    id: String,
    name: String,
    needs: Vec<String>,
    condition: String,
    timeout: u32,
    tool: Option<Tool>,
    script: ScriptView,
}

#[derive(Serialize)]
struct Job {
    id: String,
    name: String,
    needs: Vec<String>,
    condition: String,
    locked: bool,
    timeout: u32,
    environment: Option<String>,
    tool: Option<Tool>,
    before: Vec<ScriptView>,
    connection: Option<String>,
    mint: ScriptView,
    run: Vec<ScriptView>,
}

#[derive(Serialize)]
struct ScriptView {
    name: String,
    text: String,
    directory: Option<String>,
    home: bool,
    id_token: bool,
    variables: BTreeMap<String, String>,
}

impl From<Script> for ScriptView {
    fn from(script: Script) -> ScriptView {
        let mut script = words::own(script);
        let home = script.variables.remove("STACKGATE_HOME").is_some();
        let id_token = script.variables.remove("STACKGATE_ID_TOKEN_FILE").is_some();
        ScriptView {
            name: std::mem::take(&mut script.name),
            directory: script.directory.take(),
            home,
            id_token,
            variables: std::mem::take(&mut script.variables),
            text: script.in_context(),
        }
    }
}

impl<'a> Definition<'a> {
    /// The file of one trigger.
    pub(crate) fn new(plan: &'a Plan, options: &'a Options, trigger: Trigger) -> Definition<'a> {
        let stages = words::stages(plan, trigger);
        let plain = |when: When| {
            let needs: Vec<String> = match when {
                When::Before => Vec::new(),
                When::After => stages.iter().map(|stage| words::identifier(&stage.id)).collect(),
            };
            plan.jobs_of(ID, trigger)
                .filter(|job| job.when == when)
                .map(|job| self::plain(plan, job, trigger, needs.clone()))
                .collect()
        };
        Definition {
            branch: &plan.branch,
            reviews: options.host() == Host::GitHub,
            batch: options.batch(),
            pool: options.pool(trigger),
            image: options.image(),
            clean_up: token_of("clean-up"),
            changes: changes(plan, &stages),
            plain_before: plain(When::Before),
            plain_after: plain(When::After),
            stages: stages.iter().map(|stage| job(plan, options, stage)).collect(),
        }
    }
}

fn changes(plan: &Plan, stages: &[&Stage]) -> Option<Changes> {
    let paths = words::filters(stages);
    let condition = words::plain_condition(plan, Trigger::ChangeRequest, When::Before);
    (!paths.is_empty()).then(|| Changes { condition, script: token_of("changes-azure"), paths })
}

fn plain(plan: &Plan, job: &PlainJob, trigger: Trigger, needs: Vec<String>) -> Plain {
    Plain {
        id: words::identifier(&job.id),
        name: job.id.clone(),
        needs,
        condition: words::plain_condition(plan, trigger, job.when),
        timeout: job.timeout_minutes,
        tool: words::tool(&job.runtime),
        script: Script::own(&job.id, &job.run, &job.directory).into(),
    }
}

fn job(plan: &Plan, options: &Options, stage: &Stage) -> Job {
    let scripts = Scripts::new(plan, stage, words::HOME);
    let mut before = vec![scripts.install_cli()];
    before.extend(scripts.prepare());
    before.extend([scripts.plugins(), scripts.guard()]);
    Job {
        id: words::identifier(&stage.id),
        name: words::title(stage),
        needs: words::needs(plan, stage),
        condition: words::condition(plan, stage),
        locked: stage.lock.is_some(),
        timeout: stage.timeout_minutes,
        environment: stage.environment.clone(),
        tool: words::tool(&stage.runtime),
        before: before.into_iter().map(ScriptView::from).collect(),
        connection: options.connection(stage).map(|connection| connection.name.value.clone()),
        mint: words::mint(plan, options, stage).into(),
        run: vec![scripts.login(words::ID_TOKEN_FILE).into(), scripts.run().into()],
    }
}
