//! A job: its keys, each read where it belongs.
//!
//! What must hold: every key of GitLab's schema is known here; a job whose script may lie elsewhere says so. Source: GitLab's
//! `ci.json`, its "CI/CD YAML syntax reference".

use stackgate_provider::canonical;
use stackgate_provider::facts::{
    Aspect, Channel, ChannelKind, Clause, ClauseKind, Condition, Gate, GateKind, Job, Level, Permission, Placed,
    Setting, Value, Variable, Weakness,
};
use stackgate_provider::yaml::{Entry, Node};

use super::needs::Waiting;
use super::pipeline::Pipeline;
use super::rules::Verdict;
use super::{
    Reading, channels, child, credentials, environment, merge, needs, only, rules, runner, scripts, variables,
};

/// Keys that change how a job behaves, and nothing else that has a field of its own.
const SETTINGS: &[&str] = &[
    "allow_failure",
    "coverage",
    "dast_configuration",
    "identity",
    "inputs",
    "interruptible",
    "pages",
    "parallel",
    "publish",
    "release",
    "retry",
    "scanner_profile",
    "site_profile",
];

/// Reads a job.
pub(super) fn read(entry: &Entry, pipeline: &Pipeline, reading: &mut Reading<'_>) -> Option<Waiting> {
    let name = entry.key.text.as_str();
    let (node, inherited) = pipeline.defaults.under(&entry.value, reading);
    let mut keys = super::keys(&node);
    let place = Reading::at(entry.key.span);
    let mut job = Job { id: format!("{}{name}", pipeline.prefix), place, ..Job::default() };
    job.when.clone_from(&pipeline.when);
    if let Some((condition, place)) = reading.conditional.get(name).cloned() {
        job.when.push(Clause { kind: ClauseKind::Pipeline, condition, place });
    }
    let inherit = keys.take("inherit");
    if let Some(inherit) = inherit {
        let place = keys.place("inherit");
        job.settings.push(Setting { key: "inherit".into(), value: canonical(inherit), place });
    }
    shapes(&node, &job.id, reading);
    let own = keys.take("variables").map(|node| variables::read(node, &mut job.presentation)).unwrap_or_default();
    job.variables = variables::inherited(&pipeline.variables, inherit, own);
    matrix(&mut keys, &mut job);
    let missing = pipeline.bases.missing.get(name);
    let verdict = verdict(&mut keys, missing, &node, pipeline, &mut job, reading);
    let stage = stage(&mut keys, pipeline, &mut job, reading);
    runner::read(&mut keys, &mut job, reading);
    environment::read(&mut keys, &mut job, reading);
    credentials::read(&mut keys, name, &inherited, pipeline, &mut job, reading);
    channels::read(&mut keys, &mut job, reading);
    let needs = keys.take("needs");
    let said_needs = needs.is_some();
    if let Some(node) = needs {
        needs::said(node, &pipeline.prefix, &mut job, reading);
    }
    let dependencies = keys.take("dependencies");
    for key in SETTINGS {
        keys.setting(key, key, &mut job.settings);
    }
    keys.setting("start_in", "guard.start_in", &mut job.settings);
    job.presentation.extend(keys.text("manual_confirmation").map(str::to_owned));
    limit(&mut keys, &mut job);
    token(&mut job);
    let id = job.id.clone();
    let has_script = scripts::read(&mut keys, &mut job, reading);
    let trigger = keys.take("trigger");
    // Later and with the same jobs as before.
    for key in ["extends", "cobertura"] {
        keys.take(key);
    }
    reading.finish(&keys, Some(&id), "a job");
    let bare = !has_script && trigger.is_none() && !said_needs_alone(needs);
    let why = match missing {
        Some(names) if reading.elsewhere => {
            Some((Aspect::Elsewhere, format!("it extends `{}`, which lies elsewhere", names.join("`, `"))))
        }
        None if bare && reading.elsewhere => Some((Aspect::Elsewhere, "its script lies elsewhere".to_owned())),
        _ if bare => Some((Aspect::Syntax, "it has no script".to_owned())),
        _ => None,
    };
    if let Some((aspect, why)) = why {
        reading.undecided(aspect, Some(&id), why, entry.key.span);
    }
    credentials::used(&mut job);
    if trigger.is_some() {
        // It runs nowhere, so that no files are brought to it.
        job.channels.clear();
    }
    let waiting = Waiting {
        runs: trigger.is_none(),
        index: reading.gathering.observation.jobs.len(),
        stage,
        said: said_needs,
        tolerated: verdict.tolerated,
        artifacts: job.channels.iter().any(gives),
        dependencies: dependencies.map(|node| merge::texts(node).into_iter().map(str::to_owned).collect()),
    };
    let when = job.when.clone();
    reading.gathering.observation.jobs.push(job);
    if let Some(trigger) = trigger {
        child::read(trigger, waiting.index, when, pipeline, reading);
    }
    Some(waiting)
}

/// Values of another kind than GitLab takes: it refuses the file, and they mean nothing.
fn shapes(node: &Node, id: &str, reading: &mut Reading<'_>) {
    let mapping = |node: &Node| node.as_mapping().is_some();
    let empty = |node: &Node| node.is_null() || node.as_tagged().is_some();
    for key in ["variables", "id_tokens", "secrets", "artifacts", "inherit", "hooks"] {
        if let Some(value) = node.get(key).filter(|value| !mapping(value) && !empty(value)) {
            let why = format!("`{key}` is a mapping, found {}", value.kind());
            reading.undecided(Aspect::Syntax, Some(id), why, value.span);
        }
    }
    for key in ["cache", "services", "needs"] {
        let list = |node: &Node| node.as_sequence().is_some() || mapping(node);
        if let Some(value) = node.get(key).filter(|value| !list(value) && !empty(value)) {
            let why = format!("`{key}` is a list, found {}", value.kind());
            reading.undecided(Aspect::Syntax, Some(id), why, value.span);
        }
    }
    for key in ["environment", "image", "resource_group", "trigger"] {
        let named = |node: &Node| node.as_str().is_some() || mapping(node);
        if let Some(value) = node.get(key).filter(|value| !named(value) && !empty(value)) {
            let why = format!("`{key}` is a name or a mapping, found {}", value.kind());
            reading.undecided(Aspect::Syntax, Some(id), why, value.span);
        }
    }
}

/// Whether jobs that come later get something by it: files, or the variables of a `dotenv` report.
fn gives(channel: &Channel) -> bool {
    matches!(channel.kind, ChannelKind::ArtifactOut | ChannelKind::EnvFile)
}

/// A job that only takes over the state of another pipeline: `needs: pipeline`, and nothing to run.
fn said_needs_alone(needs: Option<&Node>) -> bool {
    let needs = needs.map(|node| if node.as_mapping().is_some() { vec![node] } else { merge::flat(node) });
    needs.is_some_and(|items| items.iter().any(|item| item.get("pipeline").is_some() && item.get("job").is_none()))
}

/// When it runs, and who must start it.
fn verdict(
    keys: &mut stackgate_provider::Taking<'_>,
    missing: Option<&Vec<String>>,
    node: &Node,
    pipeline: &Pipeline,
    job: &mut Job,
    reading: &mut Reading<'_>,
) -> Verdict {
    let when = keys.text("when");
    let allow = node.get("allow_failure");
    let [rules_node, only_node, except_node] = ["rules", "only", "except"].map(|key| keys.take(key));
    let said = rules_node.or(only_node).or(except_node).is_some();
    let key = ["rules", "only", "except", "when"].into_iter().find(|key| node.get(key).is_some());
    let place = key.map_or(job.place, |key| keys.place(key));
    let mut verdict = match rules_node {
        Some(node) if !node.is_null() => rules::job(node, when, allow, pipeline.child, job, reading),
        _ => {
            let id = job.id.clone();
            let condition = only::read(only_node, except_node, pipeline.workflow, pipeline.child, &id, reading);
            rules::without(condition, when, allow)
        }
    };
    let scripted = ["script", "run", "trigger"].iter().any(|key| node.get(key).is_some());
    if !said && (missing.is_some() || (reading.elsewhere && !scripted)) {
        let what = missing.map_or_else(|| "this job".to_owned(), |names| format!("`{}`", names.join("`, `")));
        verdict.condition = Condition::Opaque(format!("what {what} says elsewhere"));
    }
    let kind = ClauseKind::Job;
    job.when.push(Clause { kind, condition: verdict.condition.clone(), place });
    if when == Some("delayed") {
        job.settings.push(Setting { key: "when".into(), value: "delayed".into(), place: keys.place("when") });
    }
    if verdict.manual != Condition::Never {
        if verdict.manual == verdict.condition {
            // Who may run a job may press its button; a protected environment says otherwise, outside the file.
            let mut weak = vec![Weakness::Anybody];
            if verdict.tolerated {
                weak.push(Weakness::DoesNotBlock);
            }
            job.gates.push(Gate { kind: GateKind::Approval(None), weak, place });
        } else {
            let value = verdict.manual.to_string();
            job.settings.push(Setting { key: "guard.when.manual".into(), value, place });
        }
    }
    verdict
}

/// The stage's place in the order; the name is a setting.
fn stage(
    keys: &mut stackgate_provider::Taking<'_>,
    pipeline: &Pipeline,
    job: &mut Job,
    reading: &mut Reading<'_>,
) -> usize {
    let key = if keys.take("stage").is_some() { "stage" } else { "type" };
    let said = keys.take(key).and_then(|node| merge::texts(node).first().copied());
    keys.take("type");
    let place = if said.is_some() { keys.place(key) } else { job.place };
    let name = said.unwrap_or("test");
    job.settings.push(Setting { key: "stage".into(), value: name.to_owned(), place });
    pipeline.stages.iter().position(|stage| stage == name).unwrap_or_else(|| {
        if !reading.elsewhere && !name.contains("$[[") {
            let id = job.id.clone();
            let why = format!("the stage `{name}` is not among the stages");
            reading.gathering.undecided(Aspect::Syntax, Some(&id), why, place);
        }
        pipeline.stages.len() - 1
    })
}

/// Variables of a matrix: a list of the file decides, and a run has each of them.
fn matrix(keys: &mut stackgate_provider::Taking<'_>, job: &mut Job) {
    let Some(matrix) = keys.take("parallel").and_then(|node| node.get("matrix")) else { return };
    for entry in merge::flat(matrix).into_iter().filter_map(Node::as_mapping).flatten() {
        let text = canonical(&entry.value);
        let control = super::values::value(&text).control();
        let place = Reading::at(entry.value.span);
        match job.variables.iter_mut().find(|known| known.name == entry.key.text) {
            Some(known) => known.value = Value::Made(format!("{} or {text}", known.value.text()), control),
            None => {
                let value = Value::Made(text, control);
                job.variables.push(Variable { name: entry.key.text.clone(), value, place });
            }
        }
    }
}

/// The project has a limit of its own, an hour unless somebody changed it.
fn limit(keys: &mut stackgate_provider::Taking<'_>, job: &mut Job) {
    let Some(text) = keys.text("timeout") else { return };
    let place = keys.place("timeout");
    job.limit_said = true;
    match runner::minutes(text) {
        Some(minutes) => job.limit_minutes = Some(Placed::new(minutes, place)),
        None => job.settings.push(Setting { key: "timeout".into(), value: text.to_owned(), place }),
    }
}

/// Every job has the job token; what that may do is the user's rights, and a setting's.
fn token(job: &mut Job) {
    let scope = "CI_JOB_TOKEN".to_owned();
    job.permissions.push(Permission { scope, level: Level::Setting, said: false, wide: false, place: job.place });
}
