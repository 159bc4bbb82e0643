//! Lists of steps, and what all kinds of steps say.
//!
//! What must hold: a step that is switched off never runs; a step's condition takes the place of `succeeded()`. Source: YAML
//! schema reference, `steps`.

use stackgate_provider::facts::{Aspect, Condition, Place, Setting, Status, Step};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::job::Draft;
use super::known::Scope;
use super::stages::Item;
use super::{Reading, conditions, credentials, step};

/// How many steps a job may come to.
const MOST: usize = 10_000;

/// Where steps stand.
pub(super) struct Here {
    pub(super) file: usize,
    pub(super) hook: Hook,
}

/// The hook of a deployment that steps belong to.
#[derive(Clone, Default)]
pub(super) struct Hook {
    /// Its name, where it is not the deployment itself.
    pub(super) name: Option<String>,
    /// When it runs.
    pub(super) condition: Option<Condition>,
}

/// Reads a list of steps into a job.
pub(super) fn read(node: &Node, here: &Here, draft: &mut Draft, reading: &mut Reading<'_>) {
    let mut scope = Scope::default();
    for (name, value) in &draft.names.variables {
        if let Some(text) = value.as_literal() {
            scope.variables.insert(name.clone(), text.to_owned());
        }
    }
    let names = draft.names.clone();
    for item in reading.items(node, "steps", here.file, &scope, &names) {
        if draft.job.steps.len() >= MOST {
            return reading.limit("there are more steps than are looked at", Place::new(item.file, item.node.span));
        }
        one(&item, here, draft, reading);
    }
}

fn one(item: &Item, here: &Here, draft: &mut Draft, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(item.file, &item.node);
    let place = Place::new(item.file, item.node.span);
    let mut made = Step { place, ..Step::default() };
    common(&mut keys, item, here, &mut made, draft);
    let index = draft.job.steps.len();
    if let Some(node) = keys.take("env") {
        for entry in node.as_mapping().into_iter().flatten() {
            let place = Place::new(item.file, entry.value.span);
            let text = entry.value.as_str().unwrap_or_default();
            let variable = credentials::variable(&entry.key.text, text, place, Some(index), draft);
            made.variables.push(variable);
        }
        if node.as_mapping().is_none() {
            let id = draft.job.id.clone();
            let why = "the variables of a step are made by an expression that cannot be decided";
            reading.undecided(Aspect::Code, Some(&id), why, Place::new(item.file, node.span));
        }
    }
    let kept = step::read(&mut keys, &mut made, draft, reading);
    let id = draft.job.id.clone();
    reading.finish(&keys, Some(&id), "steps");
    if kept {
        draft.job.steps.push(made);
    } else {
        draft.job.credentials.retain(|one| one.scope != stackgate_provider::facts::Scope::Steps(vec![index]));
    }
}

fn common(keys: &mut Taking<'_>, item: &Item, here: &Here, made: &mut Step, draft: &mut Draft) {
    made.name = keys.text("displayName").map(str::to_owned);
    let said = keys.text("condition");
    let read = said.map_or_else(conditions::default, |text| conditions::read(text, &draft.names));
    if let Some(value) = read.spelling {
        made.settings.push(Setting { key: "condition".into(), value, place: keys.place("condition") });
    }
    let mut all = vec![read.condition];
    if keys.text("enabled").is_some_and(|text| text.eq_ignore_ascii_case("false")) {
        all.push(Condition::Never);
    }
    all.extend(item.conditions.iter().map(|(condition, _)| condition.clone()));
    if let Some(condition) = &here.hook.condition {
        // The hook's own state stands for that of the steps before.
        all.retain(|one| *one != Condition::Status(Status::Success));
        all.push(condition.clone());
    }
    let condition = Condition::all(all);
    // What every step has where nothing is said.
    made.condition = (condition != Condition::Status(Status::Success)).then_some(condition);
    if let Some(hook) = &here.hook.name {
        made.settings.push(Setting { key: "hook".into(), value: hook.clone(), place: made.place });
    }
    made.directory = keys.text("workingDirectory").map(|text| draft.names.value(text));
    if let Some(node) = keys.take("continueOnError") {
        let text = canonical(node);
        made.tolerated = !text.eq_ignore_ascii_case("false");
        if made.tolerated && !text.eq_ignore_ascii_case("true") {
            let key = "continueOnError".to_owned();
            made.settings.push(Setting { key, value: text, place: keys.place("continueOnError") });
        }
    }
    keys.setting("name", "name", &mut made.settings);
    for key in ["timeoutInMinutes", "retryCountOnTaskFailure", "failOnStderr", "templateContext"] {
        keys.setting(key, key, &mut made.settings);
    }
    if let Some(node) = keys.take("target") {
        let place = keys.place("target");
        match node.as_str() {
            Some(text) => {
                made.settings.push(Setting { key: "target.container".into(), value: text.to_owned(), place });
            }
            None => {
                for (key, node, place) in Taking::new(place.file, node).rest() {
                    // Both hold back what the output of a program may tell the agent.
                    let guard = matches!(key, "commands" | "settableVariables");
                    let key = if guard { format!("guard.target.{key}") } else { format!("target.{key}") };
                    made.settings.push(Setting { key, value: canonical(node), place });
                }
            }
        }
    }
}
