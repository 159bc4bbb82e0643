//! What starts a workflow: `on` in all its forms.
//!
//! What must hold: a filter that is left out admits everything that GitHub admits without it: `push` alone fires for tags
//! too, and with branches alone for no tag; `pull_request` fires for forks.

use std::collections::{BTreeMap, BTreeSet};

use stackgate_provider::facts::{Aspect, Condition, Event, Pattern, Setting};
use stackgate_provider::yaml::{Entry, Mapping, Node, Value};

use super::events::{self, On};
use super::reading::{File, Reading};
use super::scope::Scope;
use super::{canonical, glob};

/// More patterns than this in one filter are not judged.
const PATTERNS: usize = 300;

/// What starts a workflow.
#[derive(Clone, Debug, Default)]
pub(super) struct Triggers {
    /// All of it.
    pub(super) condition: Option<Condition>,
    /// Which neutral events each of GitHub's events fires as.
    pub(super) fires: BTreeMap<String, BTreeSet<Event>>,
}

impl Triggers {
    /// Whether one of GitHub's events starts it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fires.contains_key(name)
    }

    /// How much there is to judge.
    pub(super) fn size(&self) -> usize {
        self.condition.as_ref().map_or(1, size)
    }
}

fn size(condition: &Condition) -> usize {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => 1 + parts.iter().map(size).sum::<usize>(),
        Condition::Not(inner) => 1 + size(inner),
        Condition::Changes(paths) => 1 + paths.len(),
        _ => 1,
    }
}

/// Reads `on`.
pub(super) fn read(node: &Node, file: &File, reading: &mut Reading) -> Triggers {
    let mut triggers = Triggers::default();
    let mut conditions = Vec::new();
    let mut one = |name: &str, place: &Node, options: Option<&Node>, reading: &mut Reading| {
        conditions.push(event(name, place, options, file, reading, &mut triggers));
    };
    match &node.value {
        Value::Scalar(scalar) => one(&scalar.text, node, None, reading),
        Value::Sequence(items) => {
            for item in items {
                match item.as_str() {
                    Some(name) => one(name, item, None, reading),
                    None => reading.misshapen(None, "on", item, file.at(item.span)),
                }
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                one(&entry.key.text, &entry.value, Some(&entry.value), reading);
            }
        }
        Value::Null | Value::Tagged { .. } => reading.misshapen(None, "on", node, file.at(node.span)),
    }
    triggers.condition = Some(Condition::any(conditions));
    if triggers.has("pull_request") {
        reading.observation.settings.push(Setting {
            key: "on.pull_request.forks".into(),
            value: "read-only token, no secrets, no id-token".into(),
            place: file.at(node.span),
        });
    }
    triggers
}

fn event(
    name: &str,
    node: &Node,
    options: Option<&Node>,
    file: &File,
    reading: &mut Reading,
    triggers: &mut Triggers,
) -> Condition {
    let Some((_, on)) = events::ALL.iter().find(|(known, _)| *known == name) else {
        reading.undecided(Aspect::Condition, None, format!("unknown event `{name}`"), file.at(node.span));
        return Condition::Event(Event::Other(name.to_owned()));
    };
    let mut fires: BTreeSet<Event> = events::of(name).into_iter().collect();
    let empty = Mapping::default();
    let filters = match options.map(|options| &options.value) {
        Some(Value::Mapping(filters)) => filters,
        Some(Value::Sequence(items)) if name == "schedule" => {
            for item in items {
                reading.observation.settings.push(reading.setting("on.schedule", item, file, &Scope::default()));
            }
            &empty
        }
        None | Some(Value::Null) => &empty,
        Some(_) => {
            reading.misshapen(None, &format!("on.{name}"), node, file.at(node.span));
            &empty
        }
    };
    let all =
        |condition| if *on == On::Default { Condition::all([condition, Condition::DefaultBranch]) } else { condition };
    let condition = match name {
        "push" => push(filters, file, reading, &mut fires),
        "pull_request" | "pull_request_target" => {
            let mut parts = vec![events::any(fires.iter().cloned())];
            parts.extend(names(filters, "branches", Condition::Target, file, reading));
            parts.extend(paths(name, filters, file, reading));
            Condition::all(parts)
        }
        "merge_group" => {
            let mut parts = vec![Condition::Event(Event::MergeQueue)];
            parts.extend(names(filters, "branches", Condition::Branch, file, reading));
            Condition::all(parts)
        }
        _ => all(events::any(fires.iter().cloned())),
    };
    for entry in filters {
        other(name, entry, file, reading);
    }
    triggers.fires.insert(name.to_owned(), fires);
    condition
}

/// A push to a branch, or of a tag. A filter for the one alone shuts out the other.
fn push(filters: &Mapping, file: &File, reading: &mut Reading, fires: &mut BTreeSet<Event>) -> Condition {
    let branches = names(filters, "branches", Condition::Branch, file, reading);
    let tags = names(filters, "tags", Condition::Tag, file, reading);
    let mut either = Vec::new();
    if branches.is_some() || tags.is_none() {
        let mut parts = vec![Condition::Event(Event::Push)];
        parts.extend(paths("push", filters, file, reading));
        parts.extend(branches.clone());
        either.push(Condition::all(parts));
    } else {
        fires.remove(&Event::Push);
    }
    if tags.is_some() || branches.is_none() {
        // Paths are not looked at for tags.
        let mut parts = vec![Condition::Event(Event::Tag)];
        parts.extend(tags);
        either.push(Condition::all(parts));
    } else {
        fires.remove(&Event::Tag);
    }
    Condition::any(either)
}

/// `branches` or `branches-ignore`; none where neither stands there.
fn names(
    filters: &Mapping,
    key: &str,
    of: fn(Pattern) -> Condition,
    file: &File,
    reading: &mut Reading,
) -> Option<Condition> {
    let ignore = format!("{key}-ignore");
    let mut found = Vec::new();
    for (entry, negated) in [(filters.entry(key), false), (filters.entry(&ignore), true)] {
        let Some(entry) = entry else { continue };
        let place = file.at(entry.value.span);
        let condition = match canonical::list(&entry.value) {
            None => {
                reading.misshapen(None, &entry.key.text, &entry.value, place);
                Condition::Opaque(entry.key.text.clone())
            }
            Some(patterns) if patterns.len() > PATTERNS => {
                reading.undecided(Aspect::Limit, None, format!("more than {PATTERNS} patterns"), place);
                Condition::Opaque(entry.key.text.clone())
            }
            // Nothing after the key is no filter.
            Some(patterns) if patterns.is_empty() => continue,
            Some(patterns) => glob::matching(patterns.iter().map(|(text, _)| *text), of),
        };
        found.push(if negated { condition.negated() } else { condition });
    }
    (!found.is_empty()).then(|| Condition::all(found))
}

/// `paths` or `paths-ignore`. To ignore some is to take all but these.
fn paths(event: &str, filters: &Mapping, file: &File, reading: &mut Reading) -> Option<Condition> {
    let mut set = BTreeSet::new();
    let mut ordered = false;
    for (key, negated) in [("paths", false), ("paths-ignore", true)] {
        let Some(entry) = filters.entry(key) else { continue };
        match canonical::list(&entry.value) {
            Some(patterns) if patterns.len() <= PATTERNS => {
                for (text, _) in patterns {
                    ordered |= text.starts_with('!');
                    set.insert(if negated { format!("!{text}") } else { text.to_owned() });
                    if negated {
                        set.insert("**".into());
                    }
                }
            }
            _ => reading.misshapen(None, key, &entry.value, file.at(entry.value.span)),
        }
        // With exclusions, the order means something, and a set has none.
        if ordered {
            let setting = reading.setting(&format!("on.{event}.{key}"), &entry.value, file, &Scope::default());
            reading.observation.settings.push(setting);
        }
    }
    (!set.is_empty()).then_some(Condition::Changes(set))
}

/// What a filter says beside branches, tags and paths.
fn other(event: &str, entry: &Entry, file: &File, reading: &mut Reading) {
    let key = entry.key.text.as_str();
    let path = format!("on.{event}.{key}");
    let known: &[&str] = match event {
        "push" => &["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"],
        "pull_request" | "pull_request_target" => &["branches", "branches-ignore", "paths", "paths-ignore"],
        "merge_group" => &["branches", "branches-ignore"],
        _ => &[],
    };
    if known.contains(&key) {
        return;
    }
    match (event, key) {
        ("push" | "schedule", _) => reading.unknown(None, &format!("on.{event}"), key, file.at(entry.key.span)),
        (_, "types")
        | ("workflow_run", "workflows" | "branches" | "branches-ignore")
        | ("image_version", "names" | "versions") => {
            let setting = reading.setting(&path, &entry.value, file, &Scope::default());
            reading.observation.settings.push(setting);
        }
        ("workflow_dispatch", "inputs") | ("workflow_call", "inputs" | "secrets" | "outputs") => {
            parameters(&path, &entry.value, file, reading);
        }
        _ => reading.unknown(None, &format!("on.{event}"), key, file.at(entry.key.span)),
    }
}

/// Inputs, secrets and outputs: a setting for each, without what is for people.
fn parameters(path: &str, node: &Node, file: &File, reading: &mut Reading) {
    let Some(entries) = node.as_mapping() else {
        if !node.is_null() {
            reading.misshapen(None, path, node, file.at(node.span));
        }
        return;
    };
    for entry in entries {
        let name = format!("{path}.{}", entry.key.text);
        let mut parts = Vec::new();
        for part in entry.value.as_mapping().into_iter().flatten() {
            let key = part.key.text.as_str();
            let value = canonical::spelt(&part.value, &Scope::default());
            match key {
                "description" => reading.observation.presentation.push(value),
                "type" | "required" | "default" | "options" | "value" | "deprecationMessage" => {
                    parts.push(format!("{key}: {value}"));
                }
                _ => reading.unknown(None, &name, key, file.at(part.key.span)),
            }
        }
        parts.sort();
        let place = file.at(entry.key.span);
        reading.observation.settings.push(Setting { key: name, value: parts.join(", "), place });
    }
}
