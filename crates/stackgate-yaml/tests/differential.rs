//! Anchors and merges as a second, independent reader resolves them; and any text, which must give a result.
//!
//! What must hold: the other reader shares no code with ours. Where it is known to differ, with merges within the list of a
//! merge, no such text is made. Deliberately absent: the order of keys, which has no meaning.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::fmt::Write as _;

use proptest::prelude::*;
use stackgate_yaml::{Dialect, Lenient, Limits, Node, PIPELINE_RULES, RULES, Value, parse_lenient};

/// Makes a text out of arbitrary bytes, which are its dice.
struct Maker<'b> {
    dice: std::slice::Iter<'b, u8>,
    text: String,
    /// Finished anchors: any, those of mappings, and those of mappings that merge nothing.
    values: Vec<usize>,
    mappings: Vec<usize>,
    simple: Vec<usize>,
    anchors: usize,
}

impl Maker<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(*self.dice.next().unwrap_or(&0)) % sides
    }

    fn pick(&mut self, from: fn(&Self) -> &Vec<usize>) -> Option<usize> {
        let count = from(self).len();
        if count == 0 { None } else { Some(self.roll(count)).map(|at| from(self)[at]) }
    }

    fn value(&mut self, depth: usize) {
        let alias = if self.roll(4) == 0 { self.pick(|maker| &maker.values) } else { None };
        if let Some(alias) = alias {
            write!(self.text, "*a{alias}").unwrap();
            return;
        }
        let anchor = (self.roll(3) == 0).then(|| {
            self.anchors += 1;
            write!(self.text, "&a{} ", self.anchors).unwrap();
            self.anchors
        });
        let kind = if depth == 0 { 0 } else { self.roll(4) };
        let mut merges = false;
        match kind {
            0 => {
                let number = self.roll(9);
                write!(self.text, "w{number}").unwrap();
            }
            1 => {
                self.text.push('[');
                for _ in 0..self.roll(4) {
                    self.value(depth - 1);
                    self.text.push_str(", ");
                }
                self.text.push(']');
            }
            _ => merges = self.mapping(depth),
        }
        if let Some(anchor) = anchor {
            self.values.push(anchor);
            if kind > 1 {
                self.mappings.push(anchor);
                if !merges {
                    self.simple.push(anchor);
                }
            }
        }
    }

    /// Writes a mapping; whether it merges anything.
    fn mapping(&mut self, depth: usize) -> bool {
        self.text.push('{');
        let place = self.roll(4);
        let mut merges = false;
        for key in 0..self.roll(6) {
            if key == place {
                merges |= self.merge();
            }
            if self.roll(3) > 0 {
                write!(self.text, "k{key}: ").unwrap();
                self.value(depth - 1);
                self.text.push_str(", ");
            }
        }
        self.text.push('}');
        merges
    }

    fn merge(&mut self) -> bool {
        if self.roll(2) == 0 {
            let Some(one) = self.pick(|maker| &maker.mappings) else { return false };
            write!(self.text, "<<: *a{one}, ").unwrap();
        } else {
            let Some(one) = self.pick(|maker| &maker.simple) else { return false };
            let other = self.pick(|maker| &maker.simple).unwrap();
            write!(self.text, "<<: [*a{one}, {{k1: w, k9: w}}, *a{other}], ").unwrap();
        }
        true
    }
}

fn made(dice: &[u8]) -> String {
    let mut maker = Maker {
        dice: dice.iter(),
        text: String::new(),
        values: Vec::new(),
        mappings: Vec::new(),
        simple: Vec::new(),
        anchors: 0,
    };
    for item in 0..6 {
        write!(maker.text, "i{item}: ").unwrap();
        maker.value(4);
        maker.text.push('\n');
    }
    maker.text
}

fn same(ours: &Node, theirs: &serde_yaml::Value) -> bool {
    match (&ours.value, theirs) {
        (Value::Scalar(scalar), serde_yaml::Value::String(text)) => scalar.text == *text,
        (Value::Sequence(items), serde_yaml::Value::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Mapping(mapping), serde_yaml::Value::Mapping(other)) => {
            let mut entries = mapping.iter();
            mapping.len() == other.len()
                && entries
                    .all(|entry| other.get(entry.key.text.as_str()).is_some_and(|theirs| same(&entry.value, theirs)))
        }
        _ => false,
    }
}

/// What must hold of any text.
fn sound(text: &str, found: &Lenient) {
    for problem in &found.problems {
        assert!(RULES.iter().chain(PIPELINE_RULES).any(|rule| *rule == problem.rule));
    }
    let mut nodes: Vec<&Node> = found.documents.iter().collect();
    let mut count = 0;
    while let Some(node) = nodes.pop() {
        count += 1;
        assert!(text.get(node.span.start..node.span.end).is_some(), "{:?} in {text:?}", node.span);
        match &node.value {
            Value::Null | Value::Scalar(_) => {}
            Value::Tagged { node, .. } => nodes.push(node),
            Value::Sequence(items) => nodes.extend(items),
            Value::Mapping(mapping) => {
                let mut keys: Vec<_> = mapping.iter().map(|entry| &entry.key.text).collect();
                keys.sort();
                keys.dedup();
                assert_eq!(keys.len(), mapping.len(), "a key twice in {text:?}");
                nodes.extend(mapping.iter().map(|entry| &entry.value));
            }
        }
    }
    assert!(count <= Limits::AUDITED.nodes);
    for comment in &found.comments {
        assert!(text[comment.span.start..comment.span.end].starts_with('#'), "{:?} in {text:?}", comment.span);
    }
    assert!(!found.documents.is_empty() || !found.problems.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_second_reader_resolves_the_same(dice in proptest::collection::vec(any::<u8>(), 20..300)) {
        let text = made(&dice);
        let ours = parse_lenient(&text, &Limits::AUDITED, &Dialect::CIRCLECI);
        prop_assert_eq!(&ours.problems, &[], "{}", text);
        let mut theirs: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        // It merges one level at a time.
        for _ in 0..40 {
            theirs.apply_merge().unwrap();
        }
        prop_assert!(same(&ours.documents[0], &theirs), "{}\n{:#?}\n{:#?}", text, ours.documents, theirs);
        sound(&text, &ours);
    }

    #[test]
    fn any_text_gives_a_result(pieces in proptest::collection::vec(prop_oneof![
        Just("a: "), Just("b:\n"), Just("\n"), Just("  "), Just("- "), Just("&x "), Just("*x"), Just("<<: "), Just("[") , Just("]"),
        Just("{"), Just("}"), Just(", "), Just("---\n"), Just("...\n"), Just("# c\n"), Just(" # c\r\n"), Just("!reference "), Just("!!str "),
        Just("|\n"), Just("'"), Just("\""), Just("? "), Just(": "), Just("%YAML 1.1\n"), Just("\u{feff}"), Just("x"), Just("ä"), Just("\u{202e}"),
    ], 0..40)) {
        let text = pieces.concat();
        for dialect in [Dialect::GITHUB, Dialect::GITLAB, Dialect::AZURE, Dialect::CIRCLECI] {
            sound(&text, &parse_lenient(&text, &Limits::AUDITED, &dialect));
        }
    }
}
