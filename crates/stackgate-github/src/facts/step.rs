//! One step.
//!
//! What must hold: text that GitHub puts into a script or an input is known with who controls it; a secret is known with
//! the steps that see it.

use std::borrow::Cow;

use stackgate_provider::dedent;
use stackgate_provider::facts::{
    Aspect, Code, CodeKind, Condition, Does, Embedded, Pin, Place, Scope as Seers, Setting, Step, Value, Variable,
};
use stackgate_provider::yaml::{Node, Value as Yaml};

use super::expr::{Expr, control_of, print, text};
use super::job::{self, Draft};
use super::reading::{File, Made, Reading};
use super::scope::Scope;
use super::steps::{self, Around};
use super::{actions, canonical, composite, condition, credentials, pin};

/// Reads a step, or those of the action that it uses.
pub(super) fn read(node: &Node, around: &Around, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    let file = around.file;
    let index = draft.job.steps.len();
    let mut step = Step {
        place: file.at(node.span),
        tolerated: around.tolerated,
        variables: around.variables.clone(),
        settings: around.settings.clone(),
        ..Step::default()
    };
    let mut scope = Cow::Borrowed(scope);
    if let Some(variables) = node.get("env") {
        for (variable, expressions) in job::variables(variables, file, &scope, Some(&id), reading) {
            let seers = Seers::Steps(vec![index]);
            let all = &mut draft.job.credentials;
            credentials::add(all, &expressions, &scope, Some(&variable.name), &seers, false);
            scope.to_mut().variables.insert(variable.name.clone(), variable.value.control());
            step.variables.retain(|known| known.name != variable.name);
            step.variables.push(variable);
        }
    }
    let mut when = around.condition.clone();
    if let Some(node) = node.get("if") {
        let read = condition::read(node, file, &scope, around.triggers, Some(&id), reading);
        step.settings.extend(read.settings);
        when = Condition::all([when, read.condition]);
        step.condition = Some(when.clone());
    } else if when != Condition::Always {
        step.condition = Some(when.clone());
    }
    if let Some(parallel) = node.get("parallel") {
        let mut settings = step.settings.clone();
        settings.push(Setting { key: "parallel".into(), value: "true".into(), place: step.place });
        let inside =
            Around { settings, condition: when, variables: step.variables, chain: around.chain.clone(), ..*around };
        return steps::all(parallel, &inside, &scope, draft, reading);
    }
    let mut shell = draft.shell.clone();
    for entry in node.as_mapping().into_iter().flatten() {
        let (key, value) = (entry.key.text.as_str(), &entry.value);
        match key {
            "env" | "if" | "uses" | "run" | "with" | "parallel" => {}
            "name" => step.name = Some(reading.value(value, file, &scope, Some(&id)).text),
            "shell" => shell = Some(reading.value(value, file, &scope, Some(&id)).value),
            "working-directory" => step.directory = Some(reading.value(value, file, &scope, Some(&id)).value),
            "continue-on-error" => match canonical::boolean(value) {
                Some(tolerated) => step.tolerated |= tolerated,
                None => {
                    step.tolerated = true;
                    step.settings.push(reading.setting(key, value, file, &scope));
                }
            },
            "background" if canonical::boolean(value) == Some(false) => {}
            "id" | "timeout-minutes" | "background" => {
                step.settings.push(reading.setting(key, value, file, &scope));
            }
            "wait" | "wait-all" | "cancel" => {
                step.settings.push(reading.setting(key, value, file, &scope));
                let place = file.at(entry.key.span);
                step.does = Does::Use { code: own(key, place), inputs: Vec::new() };
            }
            _ => reading.unknown(Some(&id), "steps", key, file.at(entry.key.span)),
        }
    }
    if let Some(run) = node.get("run") {
        if node.get("uses").is_some() {
            let why = "a step cannot have `run` and `uses`; here only `run` is read".to_owned();
            reading.undecided(Aspect::Code, Some(&id), why, step.place);
        }
        script(run, file, &scope, &mut step, index, draft, reading);
        set_shell(&mut step, shell, draft, file.at(run.span));
        step.directory = step.directory.or_else(|| draft.directory.clone());
        draft.job.steps.push(step);
        return;
    }
    let Some(uses) = node.get("uses") else {
        if matches!(step.does, Does::Unknown) {
            reading.undecided(Aspect::Code, Some(&id), "the step has neither `run` nor `uses`".into(), step.place);
        }
        draft.job.steps.push(step);
        return;
    };
    let reference = reading.value(uses, file, &scope, Some(&id)).text;
    if reference.starts_with("./") || reference.starts_with("../") {
        return composite::read(node, &reference, around, &scope, step, when, draft, reading);
    }
    let place = file.at(uses.span);
    let comment = pin::comment(file, uses.span);
    let code = if reference.starts_with("docker://") {
        pin::image(&reference, place, comment)
    } else {
        pin::action(&reference, CodeKind::Action, place, comment)
    };
    let inputs = inputs(node.get("with"), &code, file, &scope, &mut step, index, draft, reading);
    step.does = actions::does(code, inputs, index, draft);
    draft.job.steps.push(step);
}

/// A step of GitHub's own.
fn own(name: &str, place: Place) -> Code {
    Code {
        kind: CodeKind::Action,
        name: name.to_owned(),
        version: String::new(),
        pin: Pin::Local,
        comment: None,
        place,
    }
}

fn script(
    run: &Node,
    file: &File,
    scope: &Scope,
    step: &mut Step,
    index: usize,
    draft: &mut Draft,
    reading: &mut Reading,
) {
    let made = reading.value(run, file, scope, Some(&draft.job.id.clone()));
    let place = file.at(run.span);
    let lines = run.as_str().map_or(0, |text| text.matches('\n').count());
    let same = made.text.matches('\n').count() == lines;
    let by_line = same && (lines == 0 || is_literal_block(run, file));
    step.embedded.extend(embedded(&made, scope, true));
    let seers = Seers::Steps(vec![index]);
    credentials::add(&mut draft.job.credentials, &made.expressions, scope, None, &seers, false);
    step.does = Does::Run { text: dedent(&made.text), place, by_line, shell: None };
}

/// Whether each line of a block is one of the file: written with `|`, and not with `>`.
fn is_literal_block(node: &Node, file: &File) -> bool {
    let Yaml::Scalar(scalar) = &node.value else { return false };
    if !scalar.block {
        return false;
    }
    let text = file.text.get(node.span.start..node.span.end).unwrap_or("");
    if let Some(first) = text.chars().next().filter(|first| matches!(first, '|' | '>')) {
        return first == '|';
    }
    let before = file.text.get(..node.span.start).unwrap_or("").trim_end();
    let header = before.rsplit('\n').next().unwrap_or("");
    let header = header.split(" #").next().unwrap_or("").trim_end();
    header.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')).ends_with('|')
}

/// Without a word, a script runs in bash, which then goes on in a pipe that fails; or on Windows in PowerShell.
fn set_shell(step: &mut Step, said: Option<Value>, draft: &Draft, place: Place) {
    let Does::Run { shell, .. } = &mut step.does else { return };
    match said {
        None => *shell = Some(if draft.windows { "pwsh" } else { "bash" }.into()),
        Some(value) => {
            let text = value.text();
            let word = text.split_whitespace().next().unwrap_or("").rsplit('/').next().unwrap_or("");
            *shell = (word != "sh").then(|| if text == word { word.to_owned() } else { text.to_owned() });
            step.settings.push(Setting { key: "shell".into(), value: text.to_owned(), place });
        }
    }
}

/// What is put into a text.
fn embedded(made: &Made, scope: &Scope, in_code: bool) -> Vec<Embedded> {
    let mut all = Vec::new();
    for (expr, place) in made.expressions.iter().filter(|(expr, _)| text(expr).is_none()) {
        let parts: Vec<&Expr> = match expr {
            Expr::Concat(parts) => parts.iter().filter(|part| text(part).is_none()).collect(),
            other => vec![other],
        };
        for part in parts {
            all.push(Embedded { value: Value::Made(print(part), control_of(part, scope)), in_code, place: *place });
        }
    }
    all
}

/// The inputs of a step.
#[allow(clippy::too_many_arguments, reason = "each is another part of one place")]
pub(super) fn inputs(
    with: Option<&Node>,
    code: &Code,
    file: &File,
    scope: &Scope,
    step: &mut Step,
    index: usize,
    draft: &mut Draft,
    reading: &mut Reading,
) -> Vec<Variable> {
    let id = draft.job.id.clone();
    let mut all = Vec::new();
    let Some(with) = with else { return all };
    if with.as_mapping().is_none() && !with.is_null() {
        let made = reading.value(with, file, scope, Some(&id));
        all.push(Variable { name: "*".into(), value: made.value, place: file.at(with.span) });
    }
    for entry in with.as_mapping().into_iter().flatten() {
        let made = reading.value(&entry.value, file, scope, Some(&id));
        step.embedded.extend(embedded(&made, scope, actions::is_code(code, &entry.key.text)));
        let seers = Seers::Steps(vec![index]);
        credentials::add(&mut draft.job.credentials, &made.expressions, scope, None, &seers, false);
        all.push(Variable { name: entry.key.text.clone(), value: made.value, place: file.at(entry.value.span) });
    }
    all
}
