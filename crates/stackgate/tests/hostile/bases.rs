//! The base specs, and specs made of them that differ in one field.
//!
//! What must hold: what is written says exactly the value, in the notation of JSON, which is YAML's too; each value stands on
//! a line with its key, so that a diagnostic can be held against the line. Every base is legal as it lies there.

use std::fmt::Write as _;
use std::fs;

use serde_yaml::Value;

use super::corpus::folder;
use super::fields::{Field, Kind, Step};

/// A complete spec for one provider.
pub(crate) struct Base {
    pub(crate) name: String,
    tree: Value,
}

/// Every base, sorted by name.
pub(crate) fn all() -> Vec<Base> {
    let entries = fs::read_dir(folder().join("bases")).unwrap().map(|entry| entry.unwrap().path());
    let mut bases: Vec<Base> = entries
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# "), "{}: the first line must say what it is", path.display());
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            Base { name, tree: serde_yaml::from_str(&text).unwrap() }
        })
        .collect();
    bases.sort_by(|a, b| a.name.cmp(&b.name));
    bases
}

/// A spec with a gap where a field's value or key stands.
pub(crate) struct Gap {
    /// The word of the base that stands in the gap.
    pub(crate) word: String,
    /// The spec as the base has it.
    pub(crate) whole: String,
    before: String,
    behind: String,
}

impl Gap {
    /// The spec with `value` in the gap.
    pub(crate) fn filled(&self, value: &str) -> String {
        format!("{}{}{}", self.before, quoted(value), self.behind)
    }

    /// Whether the base holds the word nowhere else.
    pub(crate) fn is_alone(&self) -> bool {
        self.word.is_empty() || self.whole.matches(&self.word).count() == 1
    }

    /// The line of the gap.
    pub(crate) fn line(&self) -> usize {
        self.before.lines().count().max(1) + usize::from(self.before.ends_with('\n'))
    }
}

/// One step into a base.
#[derive(Clone, PartialEq)]
enum At {
    Key(String),
    Index(usize),
}

impl Base {
    /// The spec with a gap for each place where the field stands in this base.
    pub(crate) fn gaps(&self, field: &Field) -> Vec<Gap> {
        let mut places = Vec::new();
        find(&self.tree, &field.steps, field.kind, &mut Vec::new(), &mut places);
        places.into_iter().map(|(place, word)| self.gap(&place, field.kind, word)).collect()
    }

    fn gap(&self, place: &[At], kind: Kind, word: String) -> Gap {
        let written = |gap| {
            let mut writer = Writer { out: String::new(), gap, at: Vec::new() };
            writer.mapping(&self.tree, 0);
            writer.out
        };
        let with_gap = written(Some((place, kind)));
        let (before, behind) = with_gap.split_once(GAP).unwrap();
        assert!(!behind.contains(GAP));
        Gap { word, whole: written(None), before: before.to_owned(), behind: behind.to_owned() }
    }
}

/// A character that no base holds.
const GAP: char = '\u{0}';

fn find(node: &Value, steps: &[Step], kind: Kind, at: &mut Vec<At>, found: &mut Vec<(Vec<At>, String)>) {
    let Some((step, rest)) = steps.split_first() else {
        match (kind, node) {
            (Kind::Unknown, Value::Mapping(_)) => found.push((at.clone(), String::new())),
            (Kind::Unknown, _) => {}
            (_, Value::String(text)) => found.push((at.clone(), text.clone())),
            (Kind::Other, Value::Bool(value)) => found.push((at.clone(), value.to_string())),
            (Kind::Other, Value::Number(value)) => found.push((at.clone(), value.to_string())),
            _ => {}
        }
        return;
    };
    let mut below = |node: &Value, one: At| {
        at.push(one);
        find(node, rest, kind, at, found);
        at.pop();
    };
    match (step, node) {
        (Step::Key(key), Value::Mapping(entries)) if key.is_empty() => {
            for key in entries.keys().filter_map(Value::as_str) {
                at.push(At::Key(key.to_owned()));
                found.push((at.clone(), key.to_owned()));
                at.pop();
            }
        }
        (Step::Key(key), Value::Mapping(entries)) => {
            if let Some(value) = entries.get(key.as_str()) {
                below(value, At::Key(key.clone()));
            }
        }
        (Step::Any, Value::Mapping(entries)) => {
            for (key, value) in entries {
                below(value, At::Key(key.as_str().unwrap().to_owned()));
            }
        }
        (Step::Item, Value::Sequence(items)) => {
            for (index, item) in items.iter().enumerate() {
                below(item, At::Index(index));
            }
        }
        _ => {}
    }
}

/// Writes a base with a gap: mappings a key a line, lists of plain values on one line.
struct Writer<'a> {
    out: String,
    gap: Option<(&'a [At], Kind)>,
    at: Vec<At>,
}

impl Writer<'_> {
    fn mapping(&mut self, node: &Value, indent: usize) {
        let pad = " ".repeat(indent);
        if self.gap == Some((&self.at, Kind::Unknown)) {
            writeln!(self.out, "{pad}{GAP}: \"x\"").unwrap();
        }
        for (key, value) in node.as_mapping().unwrap() {
            let key = key.as_str().unwrap();
            self.at.push(At::Key(key.to_owned()));
            let shown = if self.gap == Some((&self.at, Kind::Key)) { GAP.to_string() } else { quoted(key) };
            write!(self.out, "{pad}{shown}:").unwrap();
            self.value(value, indent + 2);
            self.at.pop();
        }
    }

    fn value(&mut self, node: &Value, indent: usize) {
        match node {
            Value::Mapping(entries) if entries.is_empty() && self.gap != Some((&self.at, Kind::Unknown)) => {
                self.out.push_str(" {}\n");
            }
            Value::Mapping(_) => {
                self.out.push('\n');
                self.mapping(node, indent);
            }
            Value::Sequence(items) if items.iter().any(Value::is_mapping) => {
                self.out.push('\n');
                for (index, item) in items.iter().enumerate() {
                    writeln!(self.out, "{}-", " ".repeat(indent)).unwrap();
                    self.at.push(At::Index(index));
                    self.mapping(item, indent + 2);
                    self.at.pop();
                }
            }
            Value::Sequence(items) => {
                self.out.push_str(" [");
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.at.push(At::Index(index));
                    self.scalar(item);
                    self.at.pop();
                }
                self.out.push_str("]\n");
            }
            scalar => {
                self.out.push(' ');
                self.scalar(scalar);
                self.out.push('\n');
            }
        }
    }

    fn scalar(&mut self, node: &Value) {
        if self.gap.is_some_and(|(place, kind)| self.at == place && kind != Kind::Key) {
            return self.out.push(GAP);
        }
        match node {
            Value::String(text) => self.out.push_str(&quoted(text)),
            Value::Bool(value) => write!(self.out, "{value}").unwrap(),
            Value::Number(value) => write!(self.out, "{value}").unwrap(),
            other => panic!("a base holds {other:?}"),
        }
    }
}

/// The text in double quotes and in ASCII alone, so that it gets past the reader's own look at characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if u32::from(c) < 0x1_0000 => write!(out, "\\u{:04x}", u32::from(c)).unwrap(),
            c => write!(out, "\\U{:08x}", u32::from(c)).unwrap(),
        }
    }
    out.push('"');
    out
}
