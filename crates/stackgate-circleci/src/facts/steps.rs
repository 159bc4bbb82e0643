//! Steps: CircleCI's own, a configuration's commands, and those of orbs.
//!
//! What must hold: a command stands for its steps, with its parameters put in; a `when` around steps is a condition of each.
//! Source: CircleCI, configuration reference, `steps`.

use stackgate_provider::facts::{
    Aspect, Channel, ChannelKind, Condition, Credential, CredentialKind, Does, Job, Place, Scope, Setting, Status,
    Step, Value,
};
use stackgate_provider::yaml::{Node, Value as Yaml};
use stackgate_provider::{Taking, canonical};

use super::substitution::{Parameters, embedded, value};
use super::{Reading, conditions, jobs, pulumi};

/// How deep commands may call each other, and how many steps they may come to.
const DEEPEST: usize = 20;
const MOST_STEPS: usize = 10_000;

/// Reads a list of steps into a job; `within` is the name of what holds them.
pub(super) fn read(node: &Node, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    list(node, &Around { within, condition: None, depth: 0 }, job, reading);
}

/// What stands around a step.
#[derive(Clone)]
struct Around<'a> {
    within: &'a str,
    condition: Option<Condition>,
    depth: usize,
}

fn list(node: &Node, around: &Around<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    for item in reading.items(node, "`steps`", Some(&job.id.clone()), 0) {
        reading.steps += 1;
        if reading.steps > MOST_STEPS || around.depth > DEEPEST {
            let why = "the commands call each other too often, or in a circle";
            let known = reading.gathering.observation.undecided.iter().any(|one| one.aspect == Aspect::Limit);
            if !known {
                let id = job.id.clone();
                reading.undecided(Aspect::Limit, Some(&id), why, Place::new(0, item.span));
            }
            return;
        }
        match &item.value {
            Yaml::Scalar(scalar) => step(&scalar.text, None, item, around, job, reading),
            Yaml::Mapping(mapping) => {
                for entry in mapping {
                    step(&entry.key.text, Some(&entry.value), item, around, job, reading);
                }
            }
            Yaml::Null => {}
            _ => {
                let (why, id) = (format!("a step is a name or a mapping, found {}", item.kind()), job.id.clone());
                reading.undecided(Aspect::Syntax, Some(&id), why, Place::new(0, item.span));
            }
        }
    }
}

fn step(name: &str, node: Option<&Node>, item: &Node, around: &Around<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    let place = Place::new(0, item.span);
    let mut step = Step { place, condition: around.condition.clone(), ..Step::default() };
    match name {
        "run" | "deploy" => run(node, &mut step, job, reading),
        "checkout" => checkout(node, &mut step),
        // Steps that a parameter holds.
        "steps" => {
            let inner = Around { depth: around.depth + 1, ..around.clone() };
            return node.map_or((), |node| list(node, &inner, job, reading));
        }
        "when" | "unless" => return conditional(name, node, around, job, reading),
        "save_cache" | "restore_cache" => {
            let keys = node.and_then(|node| node.get("keys").or_else(|| node.get("key")));
            for key in keys.map(texts).unwrap_or_default() {
                channel(ChannelKind::Cache, key, job, place);
            }
            own(name, node, &mut step);
        }
        "persist_to_workspace" | "store_artifacts" | "store_test_results" => {
            own(name, node, &mut step);
            channel(ChannelKind::ArtifactOut, name, job, place);
        }
        "attach_workspace" => {
            own(name, node, &mut step);
            channel(ChannelKind::ArtifactIn, "workspace", job, place);
        }
        "setup_remote_docker" => {
            own(name, node, &mut step);
            let caching = node.and_then(|node| node.get("docker_layer_caching")).and_then(Node::as_str);
            if caching.is_some_and(|caching| caching != "false") {
                channel(ChannelKind::Cache, "docker layers", job, place);
            }
        }
        "install_signing_bundle" => own(name, node, &mut step),
        "add_ssh_keys" => {
            own(name, node, &mut step);
            let keys = node.and_then(|node| node.get("fingerprints")).map_or_else(|| "*".to_owned(), canonical);
            let kind = CredentialKind::Stored("SSH key".into(), Value::literal(keys));
            job.credentials.push(Credential { kind, variable: None, scope: Scope::Job, wide: false, place });
        }
        _ => return called(name, node, step, around, job, reading),
    }
    job.steps.push(step);
}

/// One text, or a list of them.
fn texts(node: &Node) -> Vec<&str> {
    match node.as_sequence() {
        Some(items) => items.iter().filter_map(Node::as_str).collect(),
        None => node.as_str().into_iter().collect(),
    }
}

fn channel(kind: ChannelKind, name: &str, job: &mut Job, place: Place) {
    job.channels.push(Channel { kind, name: value(name), step: Some(job.steps.len()), place });
}

/// A step of CircleCI's own.
fn own(name: &str, node: Option<&Node>, step: &mut Step) {
    let mut keys = node.map(|node| Taking::new(0, node));
    let text = keys.as_mut().and_then(|keys| keys.text("name"));
    step.name = text.map(str::to_owned);
    // `save_cache` alone takes it.
    if let Some(status) = keys.as_mut().and_then(|keys| keys.text("when")).and_then(status) {
        step.condition = Some(Condition::all(step.condition.take().into_iter().chain([Condition::Status(status)])));
    }
    let code = stackgate_provider::facts::Code {
        kind: stackgate_provider::facts::CodeKind::Action,
        name: name.to_owned(),
        version: String::new(),
        pin: stackgate_provider::facts::Pin::Local,
        comment: None,
        place: step.place,
    };
    let inputs = keys.map(|keys| jobs::inputs(keys.rest().map(|(key, node, _)| (key, node)))).unwrap_or_default();
    step.does = Does::Use { code, inputs };
}

fn run(node: Option<&Node>, step: &mut Step, job: &Job, reading: &mut Reading<'_>) {
    let Some(node) = node else { return };
    if node.as_str().is_some() {
        step.does = reading.gathering.script(node, 0, None);
        step.embedded = embedded(node.as_str().unwrap_or_default(), true, Place::new(0, node.span));
        return;
    }
    if !reading.mapping(node, "`run`", Some(&job.id)) {
        return;
    }
    let mut keys = Taking::new(0, node);
    step.name = keys.text("name").map(str::to_owned);
    let shell = keys.text("shell").map(str::to_owned);
    if let Some(command) = keys.take("command") {
        if command.as_str().is_none() {
            let why = format!("a command is a text, found {}", command.kind());
            reading.undecided(Aspect::Code, Some(&job.id), why, Place::new(0, command.span));
        }
        let text = command.as_str().unwrap_or_default();
        step.does = reading.gathering.script(command, 0, shell.clone());
        step.embedded = embedded(text, true, Place::new(0, command.span));
    }
    if let Some(shell) = shell {
        step.settings.push(Setting { key: "shell".into(), value: shell, place: keys.place("shell") });
    }
    if let Some(environment) = keys.take("environment") {
        step.variables = jobs::environment(environment, 0);
    }
    step.directory = keys.text("working_directory").map(value);
    if let Some(status) = keys.text("when").and_then(status) {
        step.condition = Some(Condition::all(step.condition.take().into_iter().chain([Condition::Status(status)])));
    }
    keys.setting("no_output_timeout", "no_output_timeout", &mut step.settings);
    keys.setting("background", "background", &mut step.settings);
    keys.setting("max_auto_reruns", "max_auto_reruns", &mut step.settings);
    keys.setting("auto_rerun_delay", "auto_rerun_delay", &mut step.settings);
    reading.finish(&keys, Some(&job.id), "run");
}

/// How the steps before must have ended, where that is not `on_success`.
fn status(when: &str) -> Option<Status> {
    match when {
        "always" => Some(Status::Any),
        "on_fail" => Some(Status::Failure),
        _ => None,
    }
}

/// CircleCI's checkout leaves the key with which it fetched.
fn checkout(node: Option<&Node>, step: &mut Step) {
    let inputs = node.and_then(Node::as_mapping).into_iter().flatten();
    step.does = Does::Checkout {
        code: None,
        reference: None,
        repository: None,
        keeps_credentials: true,
        inputs: jobs::inputs(inputs.map(|entry| (entry.key.text.as_str(), &entry.value))),
    };
}

fn conditional(name: &str, node: Option<&Node>, around: &Around<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    let Some(node) = node else { return };
    if !reading.mapping(node, &format!("`{name}`"), Some(&job.id.clone())) {
        return;
    }
    let said = node.get("condition").map_or(Condition::Always, conditions::read);
    let said = if name == "unless" { said.negated() } else { said };
    if said == Condition::Never {
        return;
    }
    let condition = conditions::bounded(Condition::all(around.condition.clone().into_iter().chain([said])));
    let condition = (condition != Condition::Always).then_some(condition);
    let inner = Around { condition, depth: around.depth + 1, ..around.clone() };
    if let Some(steps) = node.get("steps") {
        list(steps, &inner, job, reading);
    }
}

/// A command of the configuration, or of an orb.
fn called(
    name: &str,
    node: Option<&Node>,
    mut step: Step,
    around: &Around<'_>,
    job: &mut Job,
    reading: &mut Reading<'_>,
) {
    let given: Parameters = node
        .and_then(Node::as_mapping)
        .into_iter()
        .flatten()
        .map(|entry| (entry.key.text.clone(), entry.value.clone()))
        .collect();
    if let Some((full, definition)) = reading.definitions.command(name, around.within) {
        let Some(made) = reading.made(&definition, &given, &job.id) else { return };
        let inner = Around { within: &full, condition: around.condition.clone(), depth: around.depth + 1 };
        if let Some(steps) = made.get("steps") {
            list(steps, &inner, job, reading);
        }
        return;
    }
    let place = step.place;
    match reading.definitions.orb(name, around.within).cloned() {
        Some(mut code) => {
            let inputs = jobs::inputs(given.iter().map(|(key, node)| (key.as_str(), node)));
            for input in &inputs {
                step.embedded.extend(embedded(input.value.text(), true, input.place));
            }
            pulumi::orb(name, &inputs, place, job);
            code.place = place;
            step.name = Some(name.to_owned());
            step.does = Does::Use { code, inputs };
        }
        None => {
            let (why, id) = (format!("the command `{name}` is not defined"), job.id.clone());
            reading.undecided(Aspect::Code, Some(&id), why, place);
        }
    }
    job.steps.push(step);
}
