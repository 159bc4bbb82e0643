//! What a job runs on: a pool of Azure's, with its image, or one of the user's own.
//!
//! What must hold: an image whose name ends in `-latest` is another one in time; a pool by name is the user's own unless it
//! is Azure's. Sources: YAML schema reference, `pool`; Microsoft Learn, "Microsoft-hosted agents".

use stackgate_provider::facts::{Code, CodeKind, Job, Pin, Place, Runner, RunnerTrust, Setting, Value};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::Reading;
use super::values::Names;

/// A pool as a place of the file says it.
#[derive(Clone)]
pub(super) struct Pool {
    pub(super) node: Node,
    pub(super) place: Place,
}

/// Sets a job's machine. Whether its scripts are for Windows is what it gives back.
pub(super) fn read(pool: Option<&Pool>, job: &mut Job, names: &Names, reading: &mut Reading<'_>) -> bool {
    let Some(Pool { node, place }) = pool else {
        // The pipeline's settings name a default.
        job.runner = Runner { trust: RunnerTrust::Setting, label: Value::literal(""), place: job.place };
        return false;
    };
    let place = *place;
    if let Some(text) = node.as_str() {
        named(text, place, job, names);
        return false;
    }
    let mut keys = Taking::new(place.file, node);
    let name = keys.text("name");
    let image = keys.text("vmImage");
    if let Some(name) = name {
        named(name, place, job, names);
    }
    let mut windows = false;
    if let Some(text) = image {
        let at = keys.place("vmImage");
        let label = names.value(text);
        windows = label.text().to_ascii_lowercase().contains("win") || label.text().starts_with("vs20");
        job.code.push(machine(&label, at, reading));
        if name.is_none_or(is_hosted) {
            job.runner = Runner { trust: RunnerTrust::Hosted, label, place };
        }
    }
    if name.is_none() && image.is_none() {
        job.runner = Runner { trust: RunnerTrust::Setting, label: Value::literal(""), place };
    }
    for key in ["demands", "os", "image", "hostArchitecture"] {
        if let Some(node) = keys.take(key) {
            windows |= key == "os" && node.as_str() == Some("windows");
            job.settings.push(Setting { key: format!("pool.{key}"), value: canonical(node), place: keys.place(key) });
        }
    }
    let id = job.id.clone();
    reading.finish(&keys, Some(&id), "pool");
    windows
}

fn is_hosted(name: &str) -> bool {
    name.eq_ignore_ascii_case("Azure Pipelines") || name.to_ascii_lowercase().starts_with("hosted ")
}

fn named(text: &str, place: Place, job: &mut Job, names: &Names) {
    let label = names.value(text);
    let trust = match label.as_literal() {
        None => RunnerTrust::Setting,
        // Azure's own server, without an agent.
        Some("server") => RunnerTrust::Hosted,
        Some(name) if is_hosted(name) => RunnerTrust::Hosted,
        Some(_) => RunnerTrust::SelfHosted,
    };
    job.runner = Runner { trust, label, place };
}

fn machine(label: &Value, place: Place, reading: &Reading<'_>) -> Code {
    let text = label.text();
    let (name, version) = text.split_once('-').unwrap_or((text, ""));
    let pin = match label {
        Value::Made(..) => Pin::Made,
        Value::Literal(_) if version.is_empty() => Pin::None,
        Value::Literal(_) if version.starts_with("latest") => Pin::Moving,
        Value::Literal(_) => Pin::Version,
    };
    let comment = reading.gathering.comment_behind(place);
    Code { kind: CodeKind::Machine, name: name.to_owned(), version: version.to_owned(), pin, comment, place }
}
