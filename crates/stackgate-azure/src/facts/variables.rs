//! Variables: a mapping, or a list of names, groups and templates.
//!
//! What must hold: what is nearer to the job wins; a value that stands on an undecided condition is made. A group's names
//! are not in the file: it is a stored secret as a whole. Source: YAML schema reference, `variables`.

use stackgate_provider::facts::{Aspect, Place, Setting, Value};
use stackgate_provider::yaml::{Node, Value as Yaml};
use stackgate_provider::{Taking, canonical};

use super::known::Scope;
use super::{Reading, expand};

/// Variables as a place of the file gives them.
#[derive(Clone, Default)]
pub(super) struct Given {
    /// Name, text, place, and whether only a part of the runs has it.
    pub(super) named: Vec<(String, String, Place)>,
    /// Groups.
    pub(super) groups: Vec<(String, Place)>,
    /// Names that no step may set.
    pub(super) settings: Vec<Setting>,
}

/// Adds the variables whose value stands in the file to what template expressions know.
pub(super) fn known(node: &Node, file: usize, scope: &mut Scope, reading: &mut Reading<'_>) {
    let mut given = Given::default();
    // What cannot be read is said where the variables themselves are read.
    let said = reading.gathering.observation.undecided.len();
    read(node, file, &mut given, reading);
    reading.gathering.observation.undecided.truncate(said);
    for (name, text, _) in given.named {
        let name = name.to_ascii_lowercase();
        if text.contains("${{") || text.contains("$[") {
            scope.variables.remove(&name);
        } else {
            scope.variables.insert(name, text);
        }
    }
}

/// Reads variables that are expanded already.
pub(super) fn read(node: &Node, file: usize, given: &mut Given, reading: &mut Reading<'_>) {
    match &node.value {
        Yaml::Mapping(mapping) => {
            for entry in mapping {
                let place = Place::new(file, entry.key.span.to(entry.value.span));
                let text = match &entry.value.value {
                    Yaml::Scalar(scalar) => scalar.text.clone(),
                    Yaml::Mapping(_) if entry.value.get("value").is_some() => {
                        entry.value.get("value").and_then(Node::as_str).unwrap_or_default().to_owned()
                    }
                    Yaml::Null => String::new(),
                    _ => canonical(&entry.value),
                };
                given.put(entry.key.text.clone(), text, place);
            }
        }
        Yaml::Sequence(items) => {
            for item in items {
                one(item, None, file, given, reading);
            }
        }
        Yaml::Scalar(_) => {
            let why = "the variables are made by an expression that cannot be decided";
            reading.undecided(Aspect::Code, None, why, Place::new(file, node.span));
        }
        _ => {}
    }
}

fn one(item: &Node, condition: Option<&str>, file: usize, given: &mut Given, reading: &mut Reading<'_>) {
    let Some(mapping) = item.as_mapping() else {
        let why = format!("a variable is a mapping, found {}", item.kind());
        return reading.undecided(Aspect::Syntax, None, why, Place::new(file, item.span));
    };
    if let Some(entry) = mapping.iter().next().filter(|entry| expand::condition_of(&entry.key.text).is_some()) {
        let key = match condition {
            Some(outer) => format!("{outer} {}", entry.key.text),
            None => entry.key.text.clone(),
        };
        for inner in entry.value.as_sequence().unwrap_or_default() {
            one(inner, Some(&key), file, given, reading);
        }
        return;
    }
    let mut keys = Taking::new(file, item);
    let place = Place::new(file, item.span);
    if let Some(reference) = keys.text("template") {
        let parameters = keys.take("parameters");
        if let Some(template) = reading.template(reference, file, parameters, &Scope::default(), keys.place("template"))
        {
            if let Some(inner) = template.root.get("variables") {
                match inner.as_sequence() {
                    Some(items) => items.iter().for_each(|item| one(item, condition, template.file, given, reading)),
                    None => read(inner, template.file, given, reading),
                }
            }
            reading.close();
        }
    } else if let Some(group) = keys.text("group") {
        given.groups.push((group.to_owned(), place));
    } else if let Some(name) = keys.text("name") {
        let text = keys.take("value").map(|node| node.as_str().map_or_else(|| canonical(node), str::to_owned));
        let text = text.unwrap_or_default();
        let text = condition.map_or(text.clone(), |condition| format!("{condition} {text}"));
        if keys.text("readonly").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            let key = format!("guard.readonly.{name}");
            given.settings.push(Setting { key, value: "true".into(), place: keys.place("readonly") });
        }
        given.put(name.to_owned(), text, place);
    } else {
        // A list of mappings of one name each is read by Azure as well.
        let read = mapping.len() == 1 && mapping.iter().all(|entry| entry.value.as_str().is_some());
        for entry in mapping.iter().filter(|_| read) {
            let text = entry.value.as_str().unwrap_or_default().to_owned();
            given.put(entry.key.text.clone(), text, place);
        }
        if read {
            return;
        }
    }
    reading.finish(&keys, None, "variables");
}

impl Given {
    fn put(&mut self, name: String, text: String, place: Place) {
        let known = self.named.iter().position(|(known, _, _)| known.eq_ignore_ascii_case(&name));
        match known.and_then(|at| self.named.get_mut(at)) {
            // Two branches of one undecided choice say it both.
            Some(known) if text.starts_with("${{ if") && known.1.starts_with("${{ if") => {
                known.1 = format!("{} {text}", known.1);
            }
            Some(known) => *known = (name, text, place),
            None => self.named.push((name, text, place)),
        }
    }

    /// These with those of an inner place, which win.
    pub(super) fn with(&self, inner: Given) -> Given {
        let mut all = self.clone();
        for (name, text, place) in inner.named {
            all.named.retain(|(known, _, _)| !known.eq_ignore_ascii_case(&name));
            all.named.push((name, text, place));
        }
        all.groups.extend(inner.groups);
        all.settings.extend(inner.settings);
        all
    }

    /// Their values, by names in small letters.
    pub(super) fn values(&self, names: &mut super::values::Names) {
        for (name, text, _) in &self.named {
            let value = names.value(text);
            names.variables.insert(name.to_ascii_lowercase(), value);
        }
        // A variable that names a later one.
        for (name, text, _) in &self.named {
            let value = names.value(text);
            if matches!(names.variables.get(&name.to_ascii_lowercase()), Some(Value::Made(..))) {
                names.variables.insert(name.to_ascii_lowercase(), value);
            }
        }
    }
}
