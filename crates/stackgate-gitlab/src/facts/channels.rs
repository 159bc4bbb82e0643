//! `artifacts` and `cache`: what jobs and pipelines hand each other.
//!
//! What must hold: a `dotenv` report sets variables of later jobs; how a cache is split between protected and other branches is
//! a setting of its own. Source: GitLab, "`artifacts`", "`cache`", "Artifacts reports".

use stackgate_provider::facts::{Channel, ChannelKind, Job, Place, Setting};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::{Reading, merge, values};

/// Reads both.
pub(super) fn read(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    if let Some(node) = keys.take("cache") {
        let items = if node.as_mapping().is_some() { vec![node] } else { merge::flat(node) };
        for item in items {
            cache(item, job, reading);
        }
    }
    if let Some(node) = keys.take("artifacts").filter(|node| node.as_mapping().is_some()) {
        artifacts(node, job, reading);
    }
}

fn cache(node: &Node, job: &mut Job, reading: &mut Reading<'_>) {
    let mut keys = super::keys(node);
    let key = keys.take("key");
    let place = Reading::at(node.span);
    let name = match key {
        Some(node) => node.as_str().map_or_else(|| canonical(node), str::to_owned),
        None => "default".to_owned(),
    };
    let mut any = false;
    for part in ["paths", "policy", "unprotect", "untracked", "when", "fallback_keys"] {
        if let Some(node) = keys.take(part) {
            any = any || matches!(part, "paths" | "untracked");
            let key = format!("cache.{name}.{part}");
            job.settings.push(Setting { key, value: canonical(node), place: keys.place(part) });
        }
    }
    // `cache: []` and `cache: {}` take a default away.
    if any || key.is_some() {
        channel(ChannelKind::Cache, &name, job, place);
    }
    reading.finish(&keys, Some(&job.id.clone()), "cache");
}

fn artifacts(node: &Node, job: &mut Job, reading: &mut Reading<'_>) {
    let mut keys = super::keys(node);
    let paths = keys.take("paths");
    let untracked = keys.take("untracked").and_then(Node::as_bool).unwrap_or(false);
    if let Some(node) = paths {
        for item in merge::flat(node) {
            channel(ChannelKind::ArtifactOut, item.as_str().unwrap_or_default(), job, Reading::at(item.span));
        }
    }
    if untracked {
        channel(ChannelKind::ArtifactOut, "untracked files", job, keys.place("untracked"));
    }
    job.presentation.extend(keys.text("expose_as").map(str::to_owned));
    for part in ["access", "exclude", "expire_in", "name", "public", "when"] {
        keys.setting(part, &format!("artifacts.{part}"), &mut job.settings);
    }
    for entry in keys.take("reports").and_then(Node::as_mapping).into_iter().flatten() {
        let place = Reading::at(entry.key.span.to(entry.value.span));
        if entry.key.text == "dotenv" {
            for item in merge::flat(&entry.value) {
                channel(ChannelKind::EnvFile, item.as_str().unwrap_or_default(), job, place);
            }
        } else {
            // Reports are read by GitLab, whatever their kind is; later jobs get them as files only where `paths` says so.
            let key = format!("artifacts.reports.{}", entry.key.text);
            job.settings.push(Setting { key, value: canonical(&entry.value), place });
        }
    }
    reading.finish(&keys, Some(&job.id.clone()), "artifacts");
}

pub(super) fn channel(kind: ChannelKind, name: &str, job: &mut Job, place: Place) {
    job.channels.push(Channel { kind, name: values::value(name), step: None, place });
}
