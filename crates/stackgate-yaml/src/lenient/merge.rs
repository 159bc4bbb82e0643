//! Merge keys and duplicate keys, resolved in a finished document.
//!
//! What must hold: afterwards no key stands twice in a mapping, and no `<<` is left but one that cannot be merged. Entries
//! are moved, never copied, so that nothing grows; an entry stands where its key stood first, as in the hashes of Ruby and
//! Python. Deliberately absent: the limits, which held while the document was built and still do.

use std::collections::{HashMap, HashSet};

use stackgate_diagnostic::{Diagnostic, Span, quote};

use super::{Dialect, Merges};
use crate::node::{Entry, Key, Mapping, Node, Value};
use crate::parse::Problems;
use crate::rules::{MERGE_OVERRIDES, MERGE_VALUE};

/// Whether a key merges: a plain `<<`, to Psych a quoted one too.
pub(super) fn is_merge(key: &Key, text: &str, dialect: &Dialect) -> bool {
    key.text == "<<" && (dialect.merges == Merges::LaterWins || text.as_bytes().get(key.span.start) == Some(&b'<'))
}

/// Resolves every mapping below a node, the innermost first.
pub(super) fn resolve(root: &mut Node, text: &str, dialect: &Dialect, problems: &mut Problems) {
    Resolver { text, dialect, problems, said: HashSet::new() }.node(root);
}

struct Resolver<'a> {
    text: &'a str,
    dialect: &'a Dialect,
    problems: &'a mut Problems,
    /// The places that a problem has named, since an alias brings the same place again.
    said: HashSet<Span>,
}

impl Resolver<'_> {
    fn node(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Null | Value::Scalar(_) => {}
            Value::Tagged { node, .. } => self.node(node),
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.node(item)),
            Value::Mapping(mapping) => {
                mapping.entries_mut().iter_mut().for_each(|entry| self.node(&mut entry.value));
                self.mapping(mapping);
            }
        }
    }

    fn mapping(&mut self, mapping: &mut Mapping) {
        let mut distinct = Distinct::default();
        for entry in std::mem::take(mapping.entries_mut()) {
            if is_merge(&entry.key, self.text, self.dialect) {
                self.merge(entry, &mut distinct);
            } else {
                distinct.set(entry, false);
            }
        }
        *mapping.entries_mut() = distinct.entries;
    }

    fn merge(&mut self, entry: Entry, distinct: &mut Distinct) {
        let key = entry.key.span;
        let Some(merged) = mergeable(&entry.value) else {
            let message = format!("expected a mapping to merge, found {}", entry.value.kind());
            self.say(Diagnostic::error(&MERGE_VALUE, key, message).help("name a mapping: `<<: *name`"), key);
            distinct.set(entry, false);
            return;
        };
        let mut group = Distinct::default();
        for from in merged(entry.value) {
            for entry in from.into_entries() {
                if group.find(&entry.key.text).is_none() {
                    group.set(entry, true);
                }
            }
        }
        for entry in group.entries {
            let written =
                distinct.find(&entry.key.text).filter(|at| !distinct.merged.get(*at).is_some_and(|merged| *merged));
            match (written.and_then(|at| distinct.entries.get(at)), self.dialect.merges) {
                (Some(_), Merges::ExplicitWins) => {}
                (Some(above), Merges::LaterWins) => {
                    let message = format!("this merge overwrites the key {} above it", quote(&entry.key.text));
                    let diagnostic = Diagnostic::warning(&MERGE_OVERRIDES, key, message)
                        .help("write `<<` as the first key of its mapping")
                        .related(above.key.span, "this has no effect");
                    self.say(diagnostic, above.key.span);
                    distinct.set(entry, true);
                }
                (None, _) => distinct.set(entry, true),
            }
        }
    }

    fn say(&mut self, diagnostic: Diagnostic, place: Span) {
        if self.said.insert(place) {
            self.problems.push(diagnostic);
        }
    }
}

/// How to take the mappings out of the value of a merge key, when there is nothing else in it.
fn mergeable(value: &Node) -> Option<fn(Node) -> Vec<Mapping>> {
    let mappings = |node: Node| match node.value {
        Value::Mapping(mapping) => vec![mapping],
        Value::Sequence(items) => {
            let mappings = items.into_iter().filter_map(|item| match item.value {
                Value::Mapping(mapping) => Some(mapping),
                _ => None,
            });
            mappings.collect()
        }
        _ => Vec::new(),
    };
    match &value.value {
        Value::Mapping(_) => Some(mappings),
        Value::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => Some(mappings),
        _ => None,
    }
}

/// Entries of which no two have the same key.
#[derive(Default)]
struct Distinct {
    entries: Vec<Entry>,
    /// Whether each of them came out of a merge.
    merged: Vec<bool>,
    /// Where each key is, once there are many.
    places: HashMap<String, usize>,
}

impl Distinct {
    /// More keys than this are looked up.
    const FEW: usize = 16;

    fn find(&self, key: &str) -> Option<usize> {
        if self.places.is_empty() {
            return self.entries.iter().position(|entry| entry.key.text == key);
        }
        self.places.get(key).copied()
    }

    /// Adds an entry, in the place of one with the same key if there is one.
    fn set(&mut self, entry: Entry, merged: bool) {
        if let Some(at) = self.find(&entry.key.text) {
            if let (Some(old), Some(flag)) = (self.entries.get_mut(at), self.merged.get_mut(at)) {
                (*old, *flag) = (entry, merged);
            }
            return;
        }
        let at = self.entries.len();
        if !self.places.is_empty() {
            self.places.insert(entry.key.text.clone(), at);
        }
        self.entries.push(entry);
        self.merged.push(merged);
        if at == Self::FEW {
            self.places = self.entries.iter().enumerate().map(|(at, entry)| (entry.key.text.clone(), at)).collect();
        }
    }
}
