//! The keys of one mapping, to find one that stands there already.
//!
//! What must hold: a short mapping costs no allocation, and a long one no more than a look-up for each key.

use std::collections::HashMap;

use stackgate_diagnostic::Span;

use crate::node::{Entry, Key};

/// The keys of a mapping that others are compared with.
#[derive(Default)]
pub(crate) struct Seen {
    /// Of a short mapping: where among its entries they are.
    few: Vec<usize>,
    /// Of a long one, in which searching would take too long.
    many: HashMap<String, Span>,
}

impl Seen {
    /// More keys than this are looked up.
    const FEW: usize = 16;

    /// Where a key stands already; otherwise it is remembered, as the key of the next entry. `fold` compares without
    /// regard to case.
    pub(crate) fn first(&mut self, key: &Key, entries: &[Entry], fold: bool) -> Option<Span> {
        let folded = |text: &str| if fold { text.to_lowercase() } else { text.to_owned() };
        let long = !self.many.is_empty();
        let known = if long {
            if fold { self.many.get(&folded(&key.text)).copied() } else { self.many.get(&key.text).copied() }
        } else {
            let mut keys = self.few.iter().filter_map(|at| entries.get(*at)).map(|entry| &entry.key);
            keys.find(|other| other.text == key.text || fold && same_folded(&other.text, &key.text))
                .map(|other| other.span)
        };
        if known.is_some() {
            return known;
        }
        if !long {
            self.few.push(entries.len());
            if self.few.len() <= Self::FEW {
                return None;
            }
            let keys = self.few.iter().filter_map(|at| entries.get(*at)).map(|entry| &entry.key);
            self.many = keys.map(|key| (folded(&key.text), key.span)).collect();
        }
        self.many.insert(folded(&key.text), key.span);
        None
    }
}

/// Whether two keys differ in case at most; nearly all are ASCII, for which nothing is allocated.
fn same_folded(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.to_lowercase() == other.to_lowercase()
}
