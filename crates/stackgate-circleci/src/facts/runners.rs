//! Where a job runs: its executor, its images, its class of machine.
//!
//! What must hold: a class with a slash in its name is a machine of the user's own. Source: CircleCI, "Resource class
//! overview" and "Self-hosted runner".

use std::collections::BTreeSet;

use stackgate_provider::facts::{
    Aspect, Channel, ChannelKind, Code, CodeKind, Credential, CredentialKind, Job, Pin, Place, Runner, RunnerTrust,
    Scope, Setting, Value,
};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::substitution::{Parameters, expressions, value};
use super::{Reading, code, jobs};

/// Reads the executor of a job and everything that an executor may say.
pub(crate) fn read(keys: &mut Taking<'_>, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(node) = keys.take("executor") {
        named(node, keys.file, within, job, reading);
    }
    said(keys, job, reading);
}

/// A call of an executor: its name, or a mapping with its name and its parameters; or a value of the job's matrix.
fn named(node: &Node, file: usize, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    let place = Place::new(file, node.span);
    let Some(name) = node.as_str().or_else(|| node.get("name").and_then(Node::as_str)) else { return };
    let choices = of_matrix(name, reading.matrix.as_ref());
    if !choices.is_empty() {
        return chosen(name, &choices, place, within, job, reading);
    }
    let given: Parameters = node
        .as_mapping()
        .into_iter()
        .flatten()
        .filter(|entry| entry.key.text != "name")
        .map(|entry| (entry.key.text.clone(), entry.value.clone()))
        .collect();
    if let Some((_, definition)) = reading.definitions.executor(name, within) {
        let Some(made) = reading.made(&definition, &given, &job.id) else { return };
        let mut keys = Taking::new(file, &made);
        keys.take("parameters");
        job.presentation.extend(keys.text("description").map(str::to_owned));
        said(&mut keys, job, reading);
        reading.finish(&keys, Some(&job.id.clone()), &format!("executors.{name}"));
    } else if let Some(orb) = reading.definitions.orb(name, within).cloned() {
        job.runner = Runner { trust: RunnerTrust::Hosted, label: Value::literal(name), place };
        job.code.push(Code { place, ..orb });
        if !given.is_empty() {
            let value = canonical(node);
            job.settings.push(Setting { key: "executor".into(), value, place });
        }
    } else {
        let why = format!("the executor `{name}` is not defined");
        reading.undecided(Aspect::Code, Some(&job.id.clone()), why, place);
    }
}

/// The executors that a matrix gives a job, where its executor is nothing but a value of it.
fn of_matrix(name: &str, matrix: Option<&Node>) -> Vec<Node> {
    let expressions = expressions(name);
    let [(0, end, value)] = expressions.as_slice() else { return Vec::new() };
    let list = value.strip_prefix("matrix.").filter(|_| *end == name.len()).and_then(|key| matrix?.get(key));
    list.and_then(Node::as_sequence).unwrap_or_default().to_vec()
}

/// One of several executors: the images of all of them, and the least trusted machine.
fn chosen(name: &str, choices: &[Node], place: Place, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    let matrix = reading.matrix.take();
    let (mut code, mut trust) = (std::mem::take(&mut job.code), RunnerTrust::Hosted);
    for choice in choices {
        named(choice, place.file, within, job, reading);
        code.append(&mut job.code);
        if job.runner.trust == RunnerTrust::SelfHosted || trust == RunnerTrust::Hosted {
            trust = job.runner.trust;
        }
    }
    job.code = code;
    job.runner = Runner { trust, label: value(name), place };
    reading.matrix = matrix;
}

/// What an executor and a job may both say. What was said before is overwritten, as a job's own keys win.
fn said(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(docker) = keys.take("docker") {
        job.code.retain(|code| code.kind != CodeKind::Image);
        for node in reading.items(docker, "`docker`", Some(&job.id.clone()), keys.file) {
            image(node, keys.file, job, reading);
        }
        job.runner =
            Runner { trust: RunnerTrust::Hosted, label: Value::literal("docker"), place: keys.place("docker") };
    }
    for kind in ["machine", "macos", "windows"] {
        if let Some(node) = keys.take(kind).filter(|node| node.as_bool() != Some(false)) {
            machine(node, kind, keys.place(kind), job, reading);
        }
    }
    if let Some(text) = keys.text("resource_class") {
        class(text, keys.place("resource_class"), job, reading.matrix.as_ref());
    }
    keys.setting("shell", "shell", &mut job.settings);
    keys.setting("working_directory", "working_directory", &mut job.settings);
    if let Some(node) = keys.take("environment") {
        let found = jobs::environment(node, keys.file);
        let new: BTreeSet<&str> = found.iter().map(|variable| variable.name.as_str()).collect();
        job.variables.retain(|known| !new.contains(known.name.as_str()));
        job.variables.extend(found);
    }
}

/// The class of a machine; one that a run's value makes may be anything.
fn class(text: &str, place: Place, job: &mut Job, matrix: Option<&Node>) {
    let choices = of_matrix(text, matrix);
    let own = |class: &str| class.contains('/');
    let trust = if !choices.is_empty() {
        let any = choices.iter().filter_map(Node::as_str).any(own);
        if any { RunnerTrust::SelfHosted } else { RunnerTrust::Hosted }
    } else if value(text).as_literal().is_none() {
        RunnerTrust::Setting
    } else if own(text) {
        RunnerTrust::SelfHosted
    } else {
        RunnerTrust::Hosted
    };
    if trust == RunnerTrust::SelfHosted {
        // `machine: true` is how a job asks for a machine of the user's own; no image of CircleCI's is there then.
        job.code.retain(|code| code.kind != CodeKind::Machine);
    }
    // A class that was said before, by the executor, counts no longer.
    let before = job.runner.label.text();
    let kind = if before.contains("<<") { before } else { before.split(' ').next().unwrap_or_default() };
    let label = value(format!("{kind} {text}").trim());
    job.runner = Runner { trust, label, place };
}

/// A virtual machine: `true`, the name of its image, or a mapping.
fn machine(node: &Node, kind: &'static str, place: Place, job: &mut Job, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(place.file, node);
    // A bare name is one of the short forms of the older language; `true` is the default image, which moves.
    let bare = node.as_str().filter(|text| *text != "true");
    let text = keys.text("image").or(keys.text("xcode")).or(bare);
    job.code.retain(|code| code.kind != CodeKind::Machine);
    let text = text.unwrap_or("default");
    let moving =
        ["current", "edge", "default", "latest", "canary", "deprecated"].iter().any(|word| text.contains(word));
    let pin = match (value(text).as_literal(), moving) {
        (None, _) => Pin::Made,
        (Some(_), true) => Pin::Moving,
        (Some(_), false) => Pin::Version,
    };
    let (name, version) = match text.split_once(':') {
        Some((name, version)) if pin != Pin::Made => (name, version),
        _ => (kind, text),
    };
    let (name, version) = (name.to_owned(), version.to_owned());
    job.code.push(Code { kind: CodeKind::Machine, name, version, pin, comment: None, place });
    job.runner = Runner { trust: RunnerTrust::Hosted, label: Value::literal(kind), place };
    if let Some(caching) = keys.text("docker_layer_caching")
        && caching != "false"
    {
        let (kind, name) = (ChannelKind::Cache, Value::literal("docker layers"));
        job.channels.push(Channel { kind, name, step: None, place });
    }
    if let Some(text) = keys.text("resource_class") {
        class(text, keys.place("resource_class"), job, reading.matrix.as_ref());
    }
    if let Some(bundles) = keys.take("code_signing") {
        let kind = CredentialKind::Stored("signing bundle".into(), Value::literal(canonical(bundles)));
        let place = keys.place("code_signing");
        job.credentials.push(Credential { kind, variable: None, scope: Scope::Job, wide: false, place });
    }
    keys.setting("shell", "shell", &mut job.settings);
    // It says again that there is a machine.
    keys.take("enabled");
    reading.finish(&keys, Some(&job.id.clone()), kind);
}

/// One container: the job's own, or a service beside it.
fn image(node: &Node, file: usize, job: &mut Job, reading: &mut Reading<'_>) {
    if !reading.mapping(node, "an image", Some(&job.id.clone())) {
        return;
    }
    let mut keys = Taking::new(file, node);
    if let Some(image) = keys.take("image")
        && let Some(text) = image.as_str()
    {
        job.code.push(code::image(text, Place::new(file, image.span), &reading.gathering));
    }
    if let Some(node) = keys.take("environment") {
        // The first image is the one in which steps run.
        let images = job.code.iter().filter(|code| code.kind == CodeKind::Image).count();
        if images <= 1 {
            job.variables.extend(jobs::environment(node, file));
        } else {
            keys.setting("environment", "docker.environment", &mut job.settings);
        }
    }
    for key in ["auth", "aws_auth", "gcp_auth"] {
        if let Some(auth) = keys.take(key) {
            job.credentials.push(Credential {
                kind: CredentialKind::Stored("registry login".into(), Value::literal(canonical(auth))),
                variable: None,
                scope: Scope::Steps(Vec::new()),
                wide: false,
                place: keys.place(key),
            });
        }
    }
    keys.setting("entrypoint", "docker.entrypoint", &mut job.settings);
    keys.setting("command", "docker.command", &mut job.settings);
    keys.setting("user", "docker.user", &mut job.settings);
    keys.setting("name", "docker.name", &mut job.settings);
    reading.finish(&keys, Some(&job.id.clone()), "docker");
}
