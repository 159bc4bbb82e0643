//! The root of a pipeline: what starts it, what all its jobs share, and its stages, jobs or steps.
//!
//! What must hold: a pipeline that extends a template runs that template's stages, with what the pipeline itself says
//! around them. Source: YAML schema reference, `pipeline`.

use stackgate_provider::facts::{Aspect, Condition, Place, Setting};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::known::Scope;
use super::stages::{self, Around};
use super::variables::{self, Given};
use super::{Reading, expand, resources, templates, triggers};

/// Reads the pipeline of a file.
pub(super) fn read(root: &Node, path: &str, reading: &mut Reading<'_>) {
    let place = Place::new(0, root.span);
    if root.as_mapping().is_none() {
        let why = format!("expected a mapping, found {}", root.kind());
        return reading.undecided(Aspect::Syntax, None, why, place);
    }
    reading.open.push(path.to_owned());
    let mut scope = Scope::default();
    for templates::Parameter { name, default, control, .. } in templates::parameters(root) {
        reading.parameters.insert(name.clone(), control);
        if let Some(default) = default {
            scope.defaults.insert(name, default);
        }
    }
    Taking::new(0, root).setting("parameters", "parameters", &mut reading.gathering.observation.settings);
    let made = reading.expanded(root, &mut scope, 0);
    let mut keys = Taking::new(0, &made);
    keys.take("parameters");
    let started = triggers::read(&mut keys, reading);
    let also = keys.take("resources").map_or(Condition::Never, |node| resources::read(node, 0, reading));
    reading.trigger = triggers::clause(Condition::any([started, also]), at(root, "trigger"));
    let mut around = Around::default();
    part(&mut keys, &mut around, reading);
    reading.finish(&keys, None, "");
}

/// Where a key stands, or what lacks it.
fn at(root: &Node, key: &str) -> Place {
    Place::new(0, Taking::new(0, root).place(key).span)
}

/// What the pipeline's file and a template that it extends both may say.
fn part(keys: &mut Taking<'_>, around: &mut Around, reading: &mut Reading<'_>) {
    let mut settings = Vec::new();
    keys.setting("name", "name", &mut settings);
    keys.setting("appendCommitMessageToRunName", "appendCommitMessageToRunName", &mut settings);
    reading.gathering.observation.settings.extend(settings);
    if let Some(text) = keys.text("displayName") {
        reading.gathering.observation.presentation.push(text.to_owned());
    }
    if let Some(node) = keys.take("variables") {
        let mut given = Given::default();
        variables::read(node, keys.file, &mut given, reading);
        around.shared = around.shared.with(given);
    }
    if let Some(text) = keys.text("lockBehavior") {
        around.lock = Some((text.to_owned(), keys.place("lockBehavior")));
    }
    around.pool(keys);
    if let Some(extends) = keys.take("extends") {
        extended(extends, keys.file, around, reading);
    }
    stages::read(keys, around, reading);
}

fn extended(node: &Node, file: usize, around: &mut Around, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(file, node);
    let parameters = keys.take("parameters");
    let place = keys.place("template");
    let Some(reference) = keys.text("template") else {
        let why = "`extends` names no template";
        return reading.undecided(Aspect::Elsewhere, None, why, Place::new(file, node.span));
    };
    let scope = around.scope(reading);
    let [reference] = expand::alternatives(reference)[..] else {
        // Which of them it is the run decides; each may hide jobs.
        for reference in expand::alternatives(reference) {
            if reading.template(reference, file, parameters, &scope, place).is_some() {
                reading.close();
                let why = format!("whether the pipeline extends `{reference}` cannot be decided");
                reading.undecided(Aspect::Code, None, why, place);
            }
        }
        return reading.finish(&keys, None, "extends");
    };
    if let Some(template) = reading.template(reference, file, parameters, &scope, place) {
        let mut inner = Taking::new(template.file, &template.root);
        inner.take("parameters");
        // What starts a pipeline is said by its own file; a template's resources count.
        if let Some(node) = inner.take("resources") {
            let also = resources::read(node, template.file, reading);
            for clause in &mut reading.trigger {
                clause.condition = Condition::any([clause.condition.clone(), also.clone()]);
            }
        }
        part(&mut inner, around, reading);
        reading.finish(&inner, None, "extends");
        reading.close();
    } else if let Some(parameters) = parameters {
        // What a template of another repository is given changes what it does.
        let key = "extends.parameters".to_owned();
        let place = keys.place("parameters");
        reading.gathering.observation.settings.push(Setting { key, value: canonical(parameters), place });
    }
    reading.finish(&keys, None, "extends");
}
