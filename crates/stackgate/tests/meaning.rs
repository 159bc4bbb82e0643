//! What a drift means: edits to rendered pipelines, each with the class that it must get, and what must hold of classes.
//!
//! What must hold: the edits are data, at least forty for each provider; a cosmetic edit changes no other edit's class; a
//! fact that differs is never cosmetic; the order of jobs does not count.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic here is a failed test with a place"
)]

#[path = "common/mutations.rs"]
mod mutations;

use std::path::Path;

use mutations::{fault, judge, load, observe};
use stackgate::{Class, Direction, classify};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn every_edit_gets_its_class() {
    let mut wrong = Vec::new();
    for (id, edits) in load(root()) {
        assert!(edits.edit.len() >= 40, "{id}: {} edits", edits.edit.len());
        for edit in &edits.edit {
            let (changes, class) = judge(root(), &id, &edits, edit);
            wrong.extend(fault(edit, &changes, class).map(|fault| format!("{id}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{} edits:\n{}", wrong.len(), wrong.join("\n"));
}

/// Each class must be caught somewhere, or the suite says nothing about it.
#[test]
fn every_provider_has_edits_of_every_class() {
    for (id, edits) in load(root()) {
        for class in Class::ALL {
            assert!(edits.edit.iter().any(|edit| edit.class == class.id()), "{id}: no edit is {class}");
        }
    }
}

#[test]
fn a_cosmetic_edit_changes_no_other_class() {
    for (id, edits) in load(root()) {
        let cosmetic: Vec<_> = edits
            .edit
            .iter()
            .filter(|edit| edit.class == "cosmetic" && edit.case.is_none() && edit.file.is_none())
            .collect();
        let path = root().join("snapshots/cases").join(&edits.case).join(&edits.file);
        let text = std::fs::read_to_string(path).unwrap();
        let before = observe(root(), &id, &edits.case, &edits.file, &text);
        for edit in edits.edit.iter().filter(|edit| edit.case.is_none() && edit.file.is_none()) {
            let edited = edit.apply(&text);
            let alone = classify(&before, &observe(root(), &id, &edits.case, &edits.file, &edited));
            // All of them at once; an edit may have taken away what a cosmetic one works on.
            let mut both = edited.clone();
            for harmless in cosmetic.iter().filter(|harmless| harmless.name != edit.name) {
                if harmless.change.iter().all(|change| both.contains(&change.find)) {
                    both = harmless.apply(&both);
                }
            }
            let both = classify(&before, &observe(root(), &id, &edits.case, &edits.file, &both));
            let class = |changes: &[stackgate::Change]| changes.first().map(|change| change.class);
            assert_eq!(class(&both), class(&alone), "{id}: {}", edit.name);
        }
    }
}

#[test]
fn widening_undone_is_narrowing_and_facts_that_differ_are_never_cosmetic() {
    for (id, edits) in load(root()) {
        for edit in &edits.edit {
            let case = edit.case.as_deref().unwrap_or(&edits.case);
            let file = edit.file.as_deref().unwrap_or(&edits.file);
            let text = std::fs::read_to_string(root().join("snapshots/cases").join(case).join(file)).unwrap();
            let (before, after) =
                (observe(root(), &id, case, file, &text), observe(root(), &id, case, file, &edit.apply(&text)));
            assert!(classify(&before, &before).is_empty(), "{id}: {case} differs from itself");
            let there = classify(&before, &after);
            assert_eq!(there.is_empty(), before.facts() == after.facts(), "{id}: {}", edit.name);
            // The other way round nothing that only widened widens again.
            let back = classify(&after, &before);
            if !there.is_empty()
                && there.iter().all(|change| change.direction == Direction::Widening && change.fact == "trigger")
            {
                assert!(back.iter().all(|change| change.direction != Direction::Widening), "{id}: {}", edit.name);
            }
        }
    }
}

#[test]
fn the_order_of_jobs_does_not_count() {
    for (id, edits) in load(root()) {
        for edit in edits.edit.iter().filter(|edit| edit.class != "undecidable") {
            let case = edit.case.as_deref().unwrap_or(&edits.case);
            let file = edit.file.as_deref().unwrap_or(&edits.file);
            let text = std::fs::read_to_string(root().join("snapshots/cases").join(case).join(file)).unwrap();
            let before = observe(root(), &id, case, file, &text);
            let after = observe(root(), &id, case, file, &edit.apply(&text));
            let mut turned = after.clone();
            turned.jobs.reverse();
            assert_eq!(classify(&before, &after), classify(&before, &turned), "{id}: {}", edit.name);
        }
    }
}
