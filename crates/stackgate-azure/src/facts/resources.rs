//! Resources: other pipelines, repositories, containers, packages, webhooks.
//!
//! What must hold: a resource that starts the pipeline is an event; a repository and an image are foreign code with the pin
//! that is written. Source: YAML schema reference, `resources`.

use stackgate_provider::facts::{Code, CodeKind, Condition, Event, Pin, Place, Setting};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Gathering, Taking, canonical};

use super::Reading;

/// A container by its alias.
#[derive(Clone)]
pub(super) struct Container {
    pub(super) code: Code,
    /// The service connection by which it is fetched.
    pub(super) endpoint: Option<String>,
    /// Variables that it sets.
    pub(super) environment: Option<Node>,
    /// Options of the engine and other keys.
    pub(super) settings: Vec<Setting>,
}

/// Reads resources; what they start is one more condition.
pub(super) fn read(node: &Node, file: usize, reading: &mut Reading<'_>) -> Condition {
    let mut any = Vec::new();
    // The old form is a list of repositories and containers.
    if let Some(items) = node.as_sequence() {
        for item in items {
            if item.get("repo").is_none() {
                one(item, file, &mut any, reading);
            }
        }
        return Condition::any(any);
    }
    let mut keys = Taking::new(file, node);
    for kind in ["pipelines", "repositories", "containers", "packages", "webhooks", "builds"] {
        for item in keys.take(kind).and_then(Node::as_sequence).unwrap_or_default() {
            one(item, file, &mut any, reading);
        }
    }
    reading.finish(&keys, None, "resources");
    Condition::any(any)
}

fn one(item: &Node, file: usize, any: &mut Vec<Condition>, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(file, item);
    let place = Place::new(file, item.span);
    let event = if let Some(alias) = keys.text("pipeline") {
        let event = Event::AfterPipeline;
        let starts = trigger(&mut keys, &format!("resources.pipelines.{alias}"), reading);
        rest(&keys, &format!("resources.pipelines.{alias}"), place, reading);
        starts.then_some(event)
    } else if let Some(alias) = keys.text("repository") {
        repository(alias, &mut keys, place, reading);
        let starts = keys.take("trigger").is_some_and(|node| node.as_str() != Some("none"));
        if starts {
            let trigger = keys.take("trigger").map(canonical).unwrap_or_default();
            setting(&format!("resources.repositories.{alias}.trigger"), trigger, keys.place("trigger"), reading);
        }
        rest(&keys, &format!("resources.repositories.{alias}"), place, reading);
        // A push to another repository of Azure Repos.
        starts.then(|| Event::Other("a push to another repository".into()))
    } else if let Some(alias) = keys.text("container") {
        let starts = trigger(&mut keys, &format!("resources.containers.{alias}"), reading);
        let container = container(&mut keys, reading);
        reading.containers.insert(alias.to_owned(), container);
        starts.then(|| Event::Other("container".into()))
    } else if let Some(alias) = keys.text("package") {
        let name = format!("resources.packages.{alias}");
        let starts = trigger(&mut keys, &name, reading);
        let package = keys.text("name").unwrap_or(alias).to_owned();
        let version = keys.text("version").unwrap_or("").to_owned();
        let pin = if version.is_empty() { Pin::None } else { Pin::Version };
        let kind = CodeKind::Package;
        reading.gathering.observation.code.push(Code { kind, name: package, version, pin, comment: None, place });
        rest(&keys, &name, place, reading);
        starts.then(|| Event::Other("package".into()))
    } else if let Some(alias) = keys.text("webhook") {
        rest(&keys, &format!("resources.webhooks.{alias}"), place, reading);
        Some(Event::Other("webhook".into()))
    } else if let Some(alias) = keys.text("build") {
        let starts = trigger(&mut keys, &format!("resources.builds.{alias}"), reading);
        rest(&keys, &format!("resources.builds.{alias}"), place, reading);
        starts.then(|| Event::Other("build".into()))
    } else {
        rest(&keys, "resources", place, reading);
        None
    };
    any.extend(event.map(Condition::Event));
}

/// Whether a resource starts the pipeline. How far is a setting: its branches are those of the other.
fn trigger(keys: &mut Taking<'_>, path: &str, reading: &mut Reading<'_>) -> bool {
    let Some(node) = keys.take("trigger") else { return false };
    let off = |text: &str| text.eq_ignore_ascii_case("none") || text.eq_ignore_ascii_case("false");
    if node.as_str().is_some_and(off) || node.get("enabled").and_then(Node::as_str).is_some_and(off) {
        return false;
    }
    setting(&format!("{path}.trigger"), canonical(node), keys.place("trigger"), reading);
    true
}

fn setting(key: &str, value: String, place: Place, reading: &mut Reading<'_>) {
    reading.gathering.observation.settings.push(Setting { key: key.into(), value, place });
}

/// Whatever else a resource says changes what is fetched.
fn rest(keys: &Taking<'_>, path: &str, place: Place, reading: &mut Reading<'_>) {
    setting(path, "declared".into(), place, reading);
    for (key, node, place) in keys.rest() {
        setting(&format!("{path}.{key}"), canonical(node), place, reading);
    }
}

fn repository(alias: &str, keys: &mut Taking<'_>, place: Place, reading: &mut Reading<'_>) {
    let kind = keys.text("type").unwrap_or("git").to_owned();
    let name = keys.text("name").unwrap_or(alias).to_owned();
    let version = keys.text("ref").unwrap_or("").to_owned();
    let pin = match version.as_str() {
        "" => Pin::None,
        text if text.contains("${{") || text.contains("$(") => Pin::Made,
        text if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) => Pin::Digest,
        text if text.starts_with("refs/tags/") => Pin::Version,
        _ => Pin::Moving,
    };
    let at = if version.is_empty() { place } else { keys.place("ref") };
    let comment = reading.gathering.comment_behind(at);
    let name = format!("{kind}/{name}");
    let code = Code { kind: CodeKind::Library, name, version, pin, comment, place };
    reading.gathering.observation.code.push(code.clone());
    reading.repositories.insert(alias.to_owned(), code);
}

/// What a container says, in `resources` or at a job.
pub(super) fn container(keys: &mut Taking<'_>, reading: &mut Reading<'_>) -> Container {
    let text = keys.text("image").unwrap_or("").to_owned();
    let place = keys.place("image");
    // A registry of Azure is named by its own keys.
    let acr = keys.text("registry").map(|registry| {
        let repository = keys.text("repository").unwrap_or("");
        format!("{registry}/{repository}")
    });
    let kind = keys.text("type").map(str::to_owned);
    let code = image(acr.as_deref().unwrap_or(&text), place, &reading.gathering);
    let endpoint = keys.text("endpoint").or_else(|| keys.text("azureSubscription")).map(str::to_owned);
    let environment = keys.take("env").cloned();
    let mut settings = Vec::new();
    for key in ["options", "ports", "volumes", "mountReadOnly", "mapDockerSocket", "localImage", "resourceGroup"] {
        keys.setting(key, &format!("container.{key}"), &mut settings);
    }
    if let Some(kind) = kind {
        settings.push(Setting { key: "container.type".into(), value: kind, place });
    }
    let id = "container";
    reading.finish(keys, None, id);
    Container { code, endpoint, environment, settings }
}

/// `name:tag@sha256:…`.
pub(super) fn image(text: &str, place: Place, gathering: &Gathering<'_>) -> Code {
    let comment = gathering.comment_behind(place);
    let code = |name: &str, version: &str, pin| Code {
        kind: CodeKind::Image,
        name: name.to_owned(),
        version: version.to_owned(),
        pin,
        comment: comment.clone(),
        place,
    };
    if text.contains("${{") || text.contains("$(") || text.contains("$[") {
        return code(text, "", Pin::Made);
    }
    let (before, digest) = text.split_once('@').map_or((text, None), |(before, digest)| (before, Some(digest)));
    // The last colon belongs to a tag only behind the last slash: before it stands a port.
    let slash = before.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match before.get(slash..).and_then(|last| last.find(':')) {
        Some(colon) => before.split_at(slash + colon),
        None => (before, ""),
    };
    let tag = tag.trim_start_matches(':');
    let is_digest = |digest: &str| {
        let hex = digest.strip_prefix("sha256:");
        hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    match digest {
        Some(digest) if is_digest(digest) && tag.is_empty() => code(name, digest, Pin::Digest),
        Some(digest) if is_digest(digest) => code(name, &format!("{tag}@{digest}"), Pin::Digest),
        Some(digest) => code(name, digest, Pin::Moving),
        None if tag.is_empty() || tag == "latest" => code(name, tag, Pin::None),
        None => code(name, tag, Pin::Moving),
    }
}
