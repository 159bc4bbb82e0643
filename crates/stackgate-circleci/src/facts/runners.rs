//! Where a job runs: its executor, its images, its class of machine.
//!
//! What must hold: a class with a slash in its name is a machine of the user's own. Source: CircleCI, "Resource class
//! overview" and "Self-hosted runner".

use stackgate_provider::facts::{
    Aspect, Code, CodeKind, Credential, CredentialKind, Job, Pin, Place, Runner, RunnerTrust, Scope, Value,
};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::substitution::{Parameters, parameters, substituted, value};
use super::{Reading, code, jobs};

/// Reads the executor of a job and everything that an executor may say.
pub(crate) fn read(keys: &mut Taking<'_>, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(node) = keys.take("executor") {
        named(node, keys.file, within, job, reading);
    }
    said(keys, job, reading);
}

/// A call of an executor: its name, or a mapping with its name and its parameters.
fn named(node: &Node, file: usize, within: &str, job: &mut Job, reading: &mut Reading<'_>) {
    let place = Place::new(file, node.span);
    let Some(name) = node.as_str().or_else(|| node.get("name").and_then(Node::as_str)) else { return };
    let given: Parameters = node
        .as_mapping()
        .into_iter()
        .flatten()
        .filter(|entry| entry.key.text != "name")
        .map(|entry| (entry.key.text.clone(), entry.value.clone()))
        .collect();
    if let Some((_, definition)) = reading.definitions.executor(name, within) {
        let made = substituted(&definition, &parameters(&definition, &given));
        let mut keys = Taking::new(file, &made);
        keys.take("parameters");
        keys.take("description");
        said(&mut keys, job, reading);
        reading.finish(&keys, Some(&job.id.clone()), &format!("executors.{name}"));
    } else if reading.definitions.orb(name).is_some() {
        job.runner = Runner { trust: RunnerTrust::Hosted, label: Value::literal(name), place };
    } else {
        let why = format!("the executor `{name}` is not defined");
        reading.undecided(Aspect::Code, Some(&job.id.clone()), why, place);
    }
}

/// What an executor and a job may both say. What was said before is overwritten, as a job's own keys win.
fn said(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(docker) = keys.take("docker") {
        job.code.retain(|code| code.kind != CodeKind::Image);
        for node in docker.as_sequence().unwrap_or_default() {
            image(node, keys.file, job, reading);
        }
        job.runner =
            Runner { trust: RunnerTrust::Hosted, label: Value::literal("docker"), place: keys.place("docker") };
    }
    for kind in ["machine", "macos", "windows"] {
        let Some(node) = keys.take(kind) else { continue };
        let place = keys.place(kind);
        let label = node.get("image").or_else(|| node.get("xcode")).and_then(Node::as_str);
        if let Some(text) = label {
            let moving =
                text.contains("current") || text.contains("edge") || text.contains("default") || text == "latest";
            let pin = match (value(text).as_literal(), moving) {
                (None, _) => Pin::Made,
                (Some(_), true) => Pin::Moving,
                (Some(_), false) => Pin::Version,
            };
            let version = text.rsplit_once(':').map_or(text, |(_, version)| version).to_owned();
            let name = text.rsplit_once(':').map_or(kind, |(name, _)| name).to_owned();
            job.code.push(Code { kind: CodeKind::Machine, name, version, pin, comment: None, place });
        }
        job.runner = Runner { trust: RunnerTrust::Hosted, label: Value::literal(kind), place };
        if let Some(caching) = node.get("docker_layer_caching").and_then(Node::as_str)
            && caching != "false"
        {
            job.channels.push(stackgate_provider::facts::Channel {
                kind: stackgate_provider::facts::ChannelKind::Cache,
                name: Value::literal("docker layers"),
                step: None,
                place,
            });
        }
    }
    if let Some(class) = keys.text("resource_class") {
        let place = keys.place("resource_class");
        let label = value(class);
        let trust = match &label {
            Value::Made(..) => RunnerTrust::Setting,
            Value::Literal(class) if class.contains('/') => RunnerTrust::SelfHosted,
            Value::Literal(_) => RunnerTrust::Hosted,
        };
        let label = Value::literal(format!("{} {}", job.runner.label.text(), label.text()).trim().to_owned());
        job.runner = Runner { trust, label, place };
    }
    keys.setting("shell", "shell", &mut job.settings);
    keys.setting("working_directory", "working_directory", &mut job.settings);
    if let Some(node) = keys.take("environment") {
        let found = jobs::environment(node, keys.file);
        job.variables.retain(|known| !found.iter().any(|new| new.name == known.name));
        job.variables.extend(found);
    }
}

fn image(node: &Node, file: usize, job: &mut Job, reading: &mut Reading<'_>) {
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
    for key in ["auth", "aws_auth"] {
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
