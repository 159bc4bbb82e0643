//! Where a job runs: tags, image, services.
//!
//! What must hold: GitLab's own machines have tags that begin with `saas-`; other tags name machines of the user's own, and
//! without tags a setting decides. Source: GitLab, "Hosted runners", "`tags`", "`image`", "`services`".

use stackgate_provider::facts::{CodeKind, Job, Runner, RunnerTrust, Setting, Value};
use stackgate_provider::yaml::Node;
use stackgate_provider::{Taking, canonical};

use super::{Reading, code, merge, values};

/// Reads the tags, the image and the services of a job.
pub(super) fn read(keys: &mut Taking<'_>, job: &mut Job, reading: &mut Reading<'_>) {
    let id = job.id.clone();
    let tags = keys.take("tags").map(merge::texts).unwrap_or_default();
    let text = tags.join(" ");
    let label = values::value(&text);
    let trust = match &label {
        Value::Made(..) => RunnerTrust::Setting,
        Value::Literal(_) if tags.is_empty() => RunnerTrust::Setting,
        Value::Literal(_) if tags.iter().all(|tag| tag.starts_with("saas-")) => RunnerTrust::Hosted,
        Value::Literal(_) => RunnerTrust::SelfHosted,
    };
    let place = if tags.is_empty() { job.place } else { keys.place("tags") };
    job.runner = Runner { trust, label, place };
    if let Some(node) = keys.take("image") {
        image(node, "image", job, &id, reading);
    }
    if let Some(node) = keys.take("services") {
        let items = if node.as_mapping().is_some() { vec![node] } else { merge::flat(node) };
        for item in items {
            image(item, "services", job, &id, reading);
        }
    }
}

fn image(node: &Node, key: &'static str, job: &mut Job, id: &str, reading: &mut Reading<'_>) {
    if let Some(text) = node.as_str() {
        job.code.push(code::image(text, node.span, reading));
        return;
    }
    if node.as_mapping().is_none() {
        return;
    }
    let mut keys = super::keys(node);
    let name = keys.take("name");
    if let Some((text, name)) = name.and_then(|name| Some((name.as_str()?, name))) {
        job.code.push(code::image(text, name.span, reading));
    }
    // Where there are several services, a setting is one of this one.
    let which = match name.and_then(Node::as_str) {
        Some(name) if key == "services" => format!("{key}.{name}"),
        _ => key.to_owned(),
    };
    for part in ["entrypoint", "pull_policy", "docker", "kubernetes", "command", "alias", "variables"] {
        let Some(node) = keys.take(part) else { continue };
        let value = canonical(node);
        job.settings.push(Setting { key: format!("{which}.{part}"), value, place: keys.place(part) });
    }
    reading.finish(&keys, Some(id), key);
    debug_assert!(job.code.iter().all(|code| code.kind == CodeKind::Image));
}

/// `3 hours 30 minutes`, `1h 30m`, `90 seconds`, `3600`.
pub(super) fn minutes(text: &str) -> Option<u32> {
    let mut seconds = 0.0_f64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(number_end);
        let number: f64 = number.parse().ok()?;
        let behind = behind.trim_start();
        let unit_end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        let factor = match unit.trim_end_matches('s') {
            "" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            "h" | "hr" | "hour" => 3_600.0,
            "d" | "day" => 86_400.0,
            "w" | "wk" | "week" => 604_800.0,
            "mo" | "month" => 2_592_000.0,
            _ => return None,
        };
        seconds += number * factor;
        let behind = behind.trim_start().trim_start_matches(',').trim_start();
        rest = behind.strip_prefix("and ").unwrap_or(behind).trim_start();
    }
    let minutes = (seconds / 60.0).ceil();
    // Beyond what any job may run, the number says nothing.
    (0.0..=100_000.0).contains(&minutes).then_some(minutes as u32)
}
