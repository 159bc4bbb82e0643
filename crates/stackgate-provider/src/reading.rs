//! Reading a YAML artifact back without overlooking anything: every key is either taken or reported.
//!
//! What must hold: a key that no adapter takes, and a value of another kind than expected, ends in `Observed::unknown`.
//! Styles do not count, texts do. It knows no provider's keys.

use std::collections::BTreeMap;

use stackgate_yaml::{Limits, Mapping, Node, Value, parse};

use crate::artifact::Artifact;
use crate::pipeline::Step;
use crate::shell;

/// Collects what was not understood.
#[derive(Debug, Default)]
pub struct Reading {
    /// `file: path: what`.
    pub unknown: Vec<String>,
    file: String,
}

/// The keys of one mapping; those that nobody takes are reported by [`Keys::finish`].
pub struct Keys<'n> {
    path: String,
    mapping: Option<&'n Mapping>,
    taken: Vec<&'static str>,
}

impl Reading {
    /// Parses an artifact's body; places and later reports name it.
    pub fn open(&mut self, artifact: &Artifact) -> Option<Node> {
        self.file.clone_from(&artifact.path);
        match parse(&artifact.body, &Limits::PIPELINE) {
            Ok(node) => Some(node),
            Err(diagnostics) => {
                for diagnostic in diagnostics {
                    self.report("", &diagnostic.message);
                }
                None
            }
        }
    }

    /// Reports something that was not understood.
    pub fn report(&mut self, path: &str, what: &str) {
        self.unknown.push(format!("{}: {path}: {what}", self.file));
    }

    /// The keys of a mapping.
    pub fn keys<'n>(&mut self, node: &'n Node, path: &str) -> Keys<'n> {
        if node.as_mapping().is_none() {
            self.report(path, &format!("expected a mapping, found {}", node.kind()));
        }
        Keys { path: path.to_owned(), mapping: node.as_mapping(), taken: Vec::new() }
    }

    /// A scalar's text, whatever its style.
    pub fn text(&mut self, node: &Node, path: &str) -> String {
        match &node.value {
            Value::Scalar(scalar) => scalar.text.clone(),
            _ => {
                self.report(path, &format!("expected a scalar, found {}", node.kind()));
                String::new()
            }
        }
    }

    /// The texts of a list of scalars; a scalar stands for a list of one.
    pub fn list(&mut self, node: &Node, path: &str) -> Vec<String> {
        match node.as_sequence() {
            Some(items) => items.iter().map(|item| self.text(item, path)).collect(),
            None => vec![self.text(node, path)],
        }
    }

    /// A mapping of scalars.
    pub fn texts(&mut self, node: &Node, path: &str) -> BTreeMap<String, String> {
        let Some(mapping) = node.as_mapping() else {
            self.report(path, &format!("expected a mapping, found {}", node.kind()));
            return BTreeMap::new();
        };
        mapping.iter().map(|entry| (entry.key.text.clone(), self.text(&entry.value, path))).collect()
    }

    /// A number.
    pub fn number(&mut self, node: &Node, path: &str) -> Option<u32> {
        let text = self.text(node, path);
        let number = text.parse().ok();
        if number.is_none() {
            self.report(path, &format!("expected a number, found {text:?}"));
        }
        number
    }
}

impl<'n> Keys<'n> {
    /// The value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.taken.push(key);
        self.mapping?.get(key)
    }

    /// The text of a key, if it is there.
    pub fn text(&mut self, key: &'static str, reading: &mut Reading) -> Option<String> {
        let path = self.at(key);
        self.take(key).map(|node| reading.text(node, &path))
    }

    /// Copies the text of a key into `settings` under the given name, if it is there.
    pub fn setting(
        &mut self,
        key: &'static str,
        name: &str,
        settings: &mut BTreeMap<String, String>,
        reading: &mut Reading,
    ) {
        if let Some(text) = self.text(key, reading) {
            settings.insert(name.to_owned(), text);
        }
    }

    /// The path of a key, for reports.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Every entry that nobody took yet, in the order of the file; these count as taken.
    pub fn others(&mut self) -> Vec<(&'n str, &'n Node)> {
        let Some(mapping) = self.mapping else { return Vec::new() };
        self.mapping = None;
        mapping
            .iter()
            .filter(|entry| !self.taken.contains(&entry.key.text.as_str()))
            .map(|entry| (entry.key.text.as_str(), &entry.value))
            .collect()
    }

    /// Reports every key that nobody took.
    pub fn finish(mut self, reading: &mut Reading) {
        let path = self.path.clone();
        for (key, _) in self.others() {
            reading.report(&path, &format!("unknown key {key:?}"));
        }
    }
}

impl Step {
    /// Puts a script into the step: its text without indentation and with one final newline, and the role that it was
    /// reviewed for or, for a script of the user's own, `own`.
    pub fn set_script(&mut self, text: &str) {
        let text = dedent(text);
        self.role = Some(shell::role_of(&text).unwrap_or("own").to_owned());
        self.script = Some(text);
    }
}

/// Takes off the indentation that all lines share, empty first lines, and all but one of the newlines at the end. Text
/// whose first line is not indented stays as it is.
pub fn dedent(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let text = text.trim_end_matches([' ', '\n']);
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut out = String::with_capacity(text.len() + 1);
    for line in text.lines() {
        out.push_str(line.get(indent..).unwrap_or(""));
        out.push('\n');
    }
    out
}
