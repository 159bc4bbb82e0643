//! A job: its keys, in an order in which each finds what it depends on.
//!
//! What must hold: a key that is missing has its default as a fact; every other key is understood or reported.

use std::rc::Rc;

use stackgate_provider::facts::{
    Channel, ChannelKind, Clause, ClauseKind, Condition, Credential, Gate, Job, Need, Permission, Place, Placed,
    Scope as Seers, Setting, Value as FactValue, Variable,
};
use stackgate_provider::yaml::{Entry, Node};

use super::condition::If;
use super::matrix::Matrix;
use super::reading::{File, Reading};
use super::scope::Scope;
use super::triggers::Triggers;
use super::{cache, called, canonical, condition, container, credentials, gates, permissions, runner, steps};

/// Where GitHub stops a job by itself: `timeout-minutes` in "Workflow syntax".
const LIMIT: u32 = 360;

/// What a workflow says for all its jobs, and what its caller says.
pub(super) struct Workflow {
    pub(super) file: Rc<File>,
    pub(super) triggers: Rc<Triggers>,
    pub(super) clauses: Vec<Clause>,
    pub(super) scope: Scope,
    pub(super) variables: Vec<Variable>,
    pub(super) credentials: Vec<Credential>,
    /// The workflow's own block, or what stands in for it.
    pub(super) permissions: Vec<Permission>,
    /// What the caller's job may do; nobody may do more.
    pub(super) most: Option<Vec<Permission>>,
    pub(super) gates: Vec<Gate>,
    /// The most that a caller lets it do with the cache.
    pub(super) cache: Option<String>,
    pub(super) settings: Vec<Setting>,
    pub(super) shell: Option<FactValue>,
    pub(super) directory: Option<FactValue>,
    /// What stands before the ids of its jobs.
    pub(super) prefix: String,
    /// The jobs that the caller's job waits for.
    pub(super) needs: Vec<Need>,
    /// The files that called each other to get here, this one last.
    pub(super) chain: Vec<String>,
}

/// A job that is being read.
pub(super) struct Draft {
    pub(super) job: Job,
    pub(super) shell: Option<FactValue>,
    pub(super) directory: Option<FactValue>,
    pub(super) windows: bool,
    /// The most that a caller lets it do with the cache.
    cache: Option<String>,
}

impl Draft {
    /// Adds variables that all steps see; one of the same name is overruled.
    pub(super) fn variables(&mut self, node: &Node, file: &File, scope: &mut Scope, wide: bool, reading: &mut Reading) {
        let id = self.job.id.clone();
        let read = variables(node, file, scope, Some(&id), reading);
        for (variable, expressions) in read {
            // What is overruled is not seen under that name any more.
            self.job.credentials.retain(|known| known.variable.as_deref() != Some(&variable.name));
            let all = &mut self.job.credentials;
            credentials::add(all, &expressions, scope, Some(&variable.name), &Seers::Job, wide);
            scope.variables.insert(variable.name.clone(), variable.value.control());
            self.job.variables.retain(|known| known.name != variable.name);
            self.job.variables.push(variable);
        }
    }
}

type Read = Vec<(Variable, Vec<(super::expr::Expr, Place)>)>;

/// The variables of an `env`.
pub(super) fn variables(node: &Node, file: &File, scope: &Scope, job: Option<&str>, reading: &mut Reading) -> Read {
    let Some(entries) = node.as_mapping() else {
        if let Some(text) = node.as_str() {
            // All of them by one expression.
            let made = reading.value(node, file, scope, job);
            let variable = Variable { name: "*".into(), value: made.value, place: file.at(node.span) };
            return if text.is_empty() { Vec::new() } else { vec![(variable, made.expressions)] };
        }
        if !node.is_null() {
            reading.misshapen(job, "env", node, file.at(node.span));
        }
        return Vec::new();
    };
    let mut all = Vec::new();
    for entry in entries {
        let made = reading.value(&entry.value, file, scope, job);
        let place = file.at(entry.value.span);
        all.push((Variable { name: entry.key.text.clone(), value: made.value, place }, made.expressions));
    }
    all
}

/// Reads a job, or the workflow that it calls; returns the ids of the jobs that came of it.
pub(super) fn read(entry: &Entry, workflow: &Workflow, reading: &mut Reading) -> Vec<String> {
    let file = &*workflow.file.clone();
    let id = format!("{}{}", workflow.prefix, entry.key.text);
    let place = file.at(entry.key.span);
    let cost = workflow.triggers.size() + workflow.variables.len() + workflow.credentials.len() + workflow.needs.len();
    if !reading.spend(cost + 1, place) {
        return Vec::new();
    }
    let node = &entry.value;
    let job = Job { id: id.clone(), place, when: workflow.clauses.clone(), ..Job::default() };
    let mut draft = Draft {
        job,
        shell: workflow.shell.clone(),
        directory: workflow.directory.clone(),
        windows: false,
        cache: workflow.cache.clone(),
    };
    let Some(keys) = node.as_mapping() else {
        reading.misshapen(Some(&id), "a job", node, file.at(node.span));
        reading.push(draft.job);
        return vec![id];
    };
    let mut scope = workflow.scope.clone();
    if let Some(strategy) = node.get("strategy") {
        scope.matrix = Matrix::new(strategy, &scope).within(&scope.matrix);
    }
    draft.job.variables = workflow.variables.clone();
    draft.job.credentials = workflow.credentials.clone();
    draft.job.gates = workflow.gates.clone();
    draft.job.settings = workflow.settings.clone();
    let own = node.get("permissions");
    let asked = own.map(|own| permissions::read(own, false, file, Some(&id), reading));
    let asked = asked.unwrap_or_else(|| workflow.permissions.clone());
    draft.job.permissions = match &workflow.most {
        Some(most) => permissions::capped(asked, most),
        None => asked,
    };
    draft.job.credentials.extend(permissions::oidc(&draft.job.permissions));
    let when = node.get("if").map(|node| condition::read(node, file, &scope, &workflow.triggers, Some(&id), reading));
    needs(node.get("needs"), when.as_ref(), workflow, &mut draft, reading);
    if let Some((when, node)) = when.zip(node.get("if")) {
        draft.job.settings.extend(when.settings);
        let place = file.at(node.span);
        draft.job.when.push(Clause { kind: ClauseKind::Job, condition: when.condition, place });
    }
    draft.job.limit_minutes = Some(Placed::new(LIMIT, place));
    if let Some(variables) = node.get("env") {
        draft.variables(variables, file, &mut scope, false, reading);
    }
    if let Some(node) = node.get("container") {
        container::read(node, file, &mut scope, &mut draft, reading);
    }
    draft.windows = runner::is_windows(node.get("runs-on"), &scope);
    for entry in keys {
        key(entry, file, &scope, &mut draft, reading);
    }
    if let Some(reference) = node.get("uses") {
        return called::read(node, reference, workflow, &scope, draft, reading);
    }
    if node.get("runs-on").is_none() {
        reading.undecided(
            stackgate_provider::facts::Aspect::Syntax,
            Some(&id),
            "the job has no `runs-on`".into(),
            place,
        );
    }
    if let Some(list) = node.get("steps") {
        steps::read(list, workflow, &scope, &mut draft, reading);
    }
    cache::shut(&draft.job.settings, &mut draft.job.channels);
    reading.push(draft.job);
    vec![id]
}

fn needs(node: Option<&Node>, when: Option<&If>, workflow: &Workflow, draft: &mut Draft, reading: &mut Reading) {
    let file = &*workflow.file;
    let blocks = |job: &str| when.is_none_or(|when| when.needs(job));
    // Before the first jobs of a called workflow stands what its caller waits for.
    draft.job.needs = workflow.needs.clone();
    let Some(node) = node else { return };
    match canonical::list(node) {
        Some(names) => {
            for (name, node) in names {
                let job = format!("{}{name}", workflow.prefix);
                draft.job.needs.push(Need { job, blocks: blocks(name), place: file.at(node.span) });
            }
        }
        None => reading.misshapen(Some(&draft.job.id.clone()), "needs", node, file.at(node.span)),
    }
}

fn key(entry: &Entry, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    let (key, node) = (entry.key.text.as_str(), &entry.value);
    match key {
        // Read before, or by those that need them.
        "needs" | "if" | "permissions" | "env" | "container" | "steps" | "uses" | "with" | "secrets" => {}
        "name" => {
            let name = reading.value(node, file, scope, Some(&id));
            draft.job.presentation.push(name.text);
        }
        "runs-on" => draft.job.runner = runner::read(node, file, scope, &id, reading),
        "environment" => gates::environment(node, file, scope, draft, reading),
        "concurrency" => {
            if let Some((gate, settings)) = gates::lock(node, file, scope, Some(&id), reading) {
                draft.job.gates.push(gate);
                draft.job.settings.extend(settings);
            }
        }
        "timeout-minutes" => limit(node, file, scope, draft, reading),
        "services" => super::container::services(node, file, scope, draft, reading),
        "outputs" => outputs(node, file, scope, draft, reading),
        "defaults" => {
            let (shell, directory) = defaults(node, file, scope, Some(&id), reading);
            draft.shell = shell.or(draft.shell.take());
            draft.directory = directory.or(draft.directory.take());
        }
        "strategy" => {
            for part in node.as_mapping().into_iter().flatten() {
                let path = format!("strategy.{}", part.key.text);
                match part.key.text.as_str() {
                    "matrix" | "max-parallel" | "fail-fast" => {
                        draft.job.settings.push(reading.setting(&path, &part.value, file, scope));
                    }
                    key => reading.unknown(Some(&id), "strategy", key, file.at(part.key.span)),
                }
            }
            if node.as_mapping().is_none() {
                draft.job.settings.push(reading.setting("strategy", node, file, scope));
            }
        }
        cache::KEY => {
            let new = reading.setting(key, node, file, scope);
            cache::set(&mut draft.job.settings, new, draft.cache.as_deref());
        }
        "continue-on-error" if canonical::boolean(node) == Some(false) => {}
        "continue-on-error" | "cancel-timeout-minutes" | "snapshot" => {
            draft.job.settings.push(reading.setting(key, node, file, scope));
        }
        _ => reading.unknown(Some(&id), "", key, file.at(entry.key.span)),
    }
}

fn limit(node: &Node, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let made = reading.value(node, file, scope, Some(&draft.job.id.clone()));
    draft.job.limit_said = true;
    let number = made.value.as_literal().and_then(|text| text.trim().parse::<f64>().ok());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the range of the type")]
    let minutes = number.filter(|number| (0.0..=4e9).contains(number)).map(|number| number.ceil() as u32);
    draft.job.limit_minutes = minutes.map(|minutes| Placed::new(minutes, file.at(node.span)));
    if minutes.is_none() {
        draft.job.settings.push(reading.setting("timeout-minutes", node, file, scope));
    }
}

fn outputs(node: &Node, file: &File, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    for output in node.as_mapping().into_iter().flatten() {
        let made = reading.value(&output.value, file, scope, Some(&id));
        let place = file.at(output.key.span);
        credentials::add(&mut draft.job.credentials, &made.expressions, scope, None, &Seers::Job, false);
        draft.job.channels.push(Channel {
            kind: ChannelKind::Output,
            name: FactValue::literal(output.key.text.clone()),
            step: None,
            place,
        });
        draft.job.settings.push(Setting { key: format!("outputs.{}", output.key.text), value: made.text, place });
    }
}

/// `defaults`: the shell and the directory of scripts.
pub(super) fn defaults(
    node: &Node,
    file: &File,
    scope: &Scope,
    job: Option<&str>,
    reading: &mut Reading,
) -> (Option<FactValue>, Option<FactValue>) {
    let (mut shell, mut directory) = (None, None);
    for entry in node.as_mapping().into_iter().flatten() {
        if entry.key.text != "run" {
            reading.unknown(job, "defaults", &entry.key.text, file.at(entry.key.span));
            continue;
        }
        for part in entry.value.as_mapping().into_iter().flatten() {
            let made = reading.value(&part.value, file, scope, job);
            match part.key.text.as_str() {
                "shell" => shell = Some(made.value),
                "working-directory" => directory = Some(made.value),
                key => reading.unknown(job, "defaults.run", key, file.at(part.key.span)),
            }
        }
    }
    (shell, directory)
}

/// The clause of what starts a workflow.
pub(super) fn trigger(triggers: &Triggers, place: Place) -> Clause {
    let condition = triggers.condition.clone().unwrap_or(Condition::Never);
    Clause { kind: ClauseKind::Trigger, condition, place }
}
