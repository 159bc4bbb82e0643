//! What starts a pipeline: pushes, change requests, the clock, other pipelines.
//!
//! What must hold: without `trigger` a push to any branch starts it, without `pr` any change request, those of forks among
//! them; somebody may always start it by hand or through the interface, for any branch. With `pr: none` a branch policy of
//! Azure Repos may still start it, which the file does not say. Sources: YAML schema reference, `trigger`, `pr`,
//! `schedules`; Microsoft Learn, "Build Azure Repos Git repositories" on `pr` and branch policies.

use stackgate_provider::facts::{Aspect, Clause, ClauseKind, Condition, Event, Pattern, Place, Setting};
use stackgate_provider::yaml::{Node, Value};
use stackgate_provider::{Taking, canonical};

use super::Reading;

/// Why a change request may start a pipeline that says `pr: none`.
const POLICY: &str = "a branch policy of Azure Repos that names this pipeline";

/// Takes the keys that say what starts the pipeline.
pub(super) fn read(keys: &mut Taking<'_>, reading: &mut Reading<'_>) -> Condition {
    let mut settings = Vec::new();
    let mut any = vec![Condition::Event(Event::Manual), Condition::Event(Event::Api)];
    let node = keys.take("trigger");
    any.push(push(node, keys.file, &mut settings, reading));
    let node = keys.take("pr");
    any.push(change_request(node, keys.file, &mut settings, reading));
    if let Some(node) = keys.take("schedules") {
        any.extend(schedules(node, keys.file, &mut settings, reading));
    }
    reading.gathering.observation.settings.extend(settings);
    Condition::any(any)
}

/// The one clause of all jobs.
pub(super) fn clause(condition: Condition, place: Place) -> Vec<Clause> {
    vec![Clause { kind: ClauseKind::Trigger, condition, place }]
}

fn is_none(node: &Node) -> bool {
    node.as_str().is_some_and(|text| text.eq_ignore_ascii_case("none"))
}

fn push(node: Option<&Node>, file: usize, settings: &mut Vec<Setting>, reading: &mut Reading<'_>) -> Condition {
    let pushed = |filter: Condition| Condition::all([Condition::Event(Event::Push), filter]);
    let Some(node) = node.filter(|node| !node.is_null()) else { return pushed(Condition::Always) };
    if is_none(node) {
        return Condition::Never;
    }
    if node.as_mapping().is_none() {
        return pushed(included(node, &Condition::Branch));
    }
    let mut keys = Taking::new(file, node);
    keys.setting("batch", "trigger.batch", settings);
    let branches = keys.take("branches").map_or(Condition::Always, |node| filtered(node, &Condition::Branch));
    let tags = keys.take("tags").map(|node| filtered(node, &Condition::Tag));
    let paths = keys.take("paths").map_or(Condition::Always, paths);
    reading.finish(&keys, None, "trigger");
    let tagged = tags.map_or(Condition::Never, |tags| Condition::all([Condition::Event(Event::Tag), tags]));
    Condition::any([pushed(Condition::all([branches, paths])), tagged])
}

fn change_request(
    node: Option<&Node>,
    file: usize,
    settings: &mut Vec<Setting>,
    reading: &mut Reading<'_>,
) -> Condition {
    let any = Condition::any([Condition::Event(Event::ChangeRequest), Condition::Event(Event::ForkChangeRequest)]);
    let Some(node) = node.filter(|node| !node.is_null()) else { return any };
    if is_none(node) {
        return Condition::all([Condition::Event(Event::ChangeRequest), Condition::Opaque(POLICY.into())]);
    }
    if node.as_mapping().is_none() {
        return Condition::all([any, included(node, &Condition::Target)]);
    }
    let mut keys = Taking::new(file, node);
    keys.setting("autoCancel", "pr.autoCancel", settings);
    keys.setting("drafts", "pr.drafts", settings);
    let branches = keys.take("branches").map_or(Condition::Always, |node| filtered(node, &Condition::Target));
    let paths = keys.take("paths").map_or(Condition::Always, paths);
    reading.finish(&keys, None, "pr");
    Condition::all([any, branches, paths])
}

fn schedules(node: &Node, file: usize, settings: &mut Vec<Setting>, reading: &mut Reading<'_>) -> Vec<Condition> {
    let mut all = Vec::new();
    for item in node.as_sequence().unwrap_or_default() {
        let mut keys = Taking::new(file, item);
        let mut said = Vec::new();
        for key in ["cron", "always", "batch", "timezone"] {
            keys.setting(key, key, &mut said);
        }
        let value = said.iter().map(|one| format!("{}: {}", one.key, one.value)).collect::<Vec<_>>().join(", ");
        settings.push(Setting { key: "schedule".into(), value, place: Place::new(file, item.span) });
        if let Some(text) = keys.text("displayName") {
            reading.gathering.observation.presentation.push(text.to_owned());
        }
        let branches = keys.take("branches").map_or(Condition::Always, |node| filtered(node, &Condition::Branch));
        all.push(Condition::all([Condition::Event(Event::Schedule), branches]));
        reading.finish(&keys, None, "schedules");
    }
    if node.as_sequence().is_none() && !is_none(node) && !node.is_null() {
        let why = format!("schedules are a list, found {}", node.kind());
        reading.undecided(Aspect::Condition, None, why, Place::new(file, node.span));
    }
    all
}

/// `include` and `exclude`; where nothing is included, everything is.
pub(super) fn filtered(node: &Node, of: &dyn Fn(Pattern) -> Condition) -> Condition {
    if node.as_mapping().is_none() {
        return included(node, of);
    }
    let include = node.get("include").map_or(Condition::Always, |node| included(node, of));
    let exclude = node.get("exclude").map_or(Condition::Never, |node| included(node, of));
    Condition::all([include, exclude.negated()])
}

fn items(node: &Node) -> Vec<&str> {
    match &node.value {
        Value::Sequence(items) => items.iter().filter_map(Node::as_str).collect(),
        _ => node.as_str().into_iter().collect(),
    }
}

fn included(node: &Node, of: &dyn Fn(Pattern) -> Condition) -> Condition {
    let one = |text: &str| {
        if text.contains("${{") {
            return Condition::Opaque(text.to_owned());
        }
        if let Some(tag) = text.strip_prefix("refs/tags/") {
            return Condition::Tag(pattern(tag));
        }
        let pattern = pattern(text.strip_prefix("refs/heads/").unwrap_or(text));
        if pattern.is_everything() { Condition::Always } else { of(pattern) }
    };
    let nested = node.as_sequence().into_iter().flatten().filter(|item| item.as_str().is_none());
    let nested = nested.map(|item| Condition::Opaque(canonical(item)));
    Condition::any(items(node).into_iter().map(one).chain(nested).collect::<Vec<_>>())
}

/// A name, or a pattern whose star goes over slashes as well.
fn pattern(text: &str) -> Pattern {
    if text.contains(['*', '?']) {
        Pattern::Glob(text.replace("**", "*").replace('*', "**"))
    } else {
        Pattern::exact(text)
    }
}

fn paths(node: &Node) -> Condition {
    let list = |key: &str| node.get(key).map(items).unwrap_or_default();
    let mut all: std::collections::BTreeSet<String> = match node.as_mapping() {
        Some(_) => list("include").into_iter().map(str::to_owned).collect(),
        None => items(node).into_iter().map(str::to_owned).collect(),
    };
    all.extend(list("exclude").into_iter().map(|path| format!("!{path}")));
    if all.is_empty() { Condition::Always } else { Condition::Changes(all) }
}
