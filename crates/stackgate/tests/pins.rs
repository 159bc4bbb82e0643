//! `pins list`, and that no pin of any case escapes it.
//!
//! What must hold: whatever looks like a commit or a digest in a pipeline is listed with its place of origin and the files that
//! use it; each of them, bumped, is told from any other change.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic here is a failed test with a place")]

mod common;

use std::collections::BTreeSet;

use common::{cases, name, project, root};
use stackgate::{Origin, PinInUse, pin_changes};

fn pins(case: &str) -> Vec<PinInUse> {
    project(&root().join("snapshots/cases").join(case)).pins().unwrap().pins
}

fn pin(case: &str, kind: &str, name: &str) -> PinInUse {
    let pins = pins(case);
    pins.iter().find(|pin| pin.kind == kind && pin.name == name).unwrap_or_else(|| panic!("{case}: {pins:#?}")).clone()
}

/// Runs of hexadecimal digits of a length, in texts behind what makes them a reference.
fn hashes(text: &str) -> BTreeSet<&str> {
    let hex = |c: char| c.is_ascii_hexdigit();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| matches!(word.len(), 40 | 64) && word.chars().all(hex)).collect()
}

#[test]
fn whatever_looks_like_a_pin_is_listed() {
    let mut kinds = BTreeSet::new();
    for case in cases("cases") {
        let project = project(&case);
        let listed = project.pins().unwrap().pins;
        for artifact in project.render().unwrap() {
            let used: Vec<&PinInUse> = listed.iter().filter(|pin| pin.artifacts.contains(&artifact.path)).collect();
            kinds.extend(used.iter().map(|pin| (artifact.provider, pin.kind)));
            let known: Vec<String> = used
                .iter()
                .flat_map(|pin| {
                    let sums = pin.sha256.iter().flat_map(|sums| [&sums.linux_x64, &sums.linux_arm64]);
                    sums.chain(&pin.commit).chain(&pin.digest)
                })
                .map(|hash| hash.trim_start_matches("sha256:").to_owned())
                .collect();
            for hash in hashes(&artifact.body) {
                assert!(known.iter().any(|known| known == hash), "{}: {}: {hash}", name(&case), artifact.path);
            }
        }
    }
    let all: BTreeSet<(&str, &str)> = [
        ("azure", "cli"),
        ("azure", "task"),
        ("circleci", "cli"),
        ("circleci", "image"),
        ("github", "action"),
        ("github", "cli"),
        ("gitlab", "cli"),
        ("gitlab", "image"),
        ("jenkins", "cli"),
        ("jenkins", "image"),
    ]
    .into();
    assert_eq!(kinds, all);
}

#[test]
fn every_pin_of_every_case_can_be_bumped_and_nothing_else_is_one() {
    for case in cases("cases") {
        let project = project(&case);
        for artifact in project.render().unwrap() {
            let text = artifact.contents("stackgate.yaml");
            for hash in hashes(&artifact.body) {
                // Every digit by another one: what it was is nowhere then.
                let other: String = hash.chars().map(|c| if c == '0' { '1' } else { '0' }).collect();
                let diff = pin_changes(&artifact, &text.replace(hash, &other));
                assert!(diff.is_pins_alone(), "{}: {}: {hash}: {diff:?}", name(&case), artifact.path);
                let short = pin_changes(&artifact, &text.replace(hash, &hash[1..]));
                assert!(!short.is_pins_alone(), "{}: {hash}", name(&case));
            }
        }
    }
}

#[test]
fn age_and_origin_are_said_where_they_are_known() {
    let checkout = pin("three-tiers-github", "action", "actions/checkout");
    assert_eq!((checkout.version.as_str(), checkout.released.as_deref()), ("v7.0.1", Some("2026-07-17")));
    assert_eq!(checkout.age_days, Some(129));
    assert_eq!(checkout.origin, Origin { from: "stackgate", line: None });
    assert_eq!(checkout.artifacts.len(), 2);
    let cli = pin("three-tiers-gitlab", "cli", "pulumi");
    assert!(cli.sha256.is_some() && cli.age_days == Some(96), "{cli:?}");
    let image = pin("three-tiers-gitlab", "image", "node");
    assert_eq!((image.version.as_str(), image.age_days), ("24-bookworm", None));
    // `pulumi/actions` installs a version without a check.
    assert!(pin("seed", "cli", "pulumi").sha256.is_none());
    let own = pin("runtimes-gitlab", "image", "node");
    let text = project(&root().join("snapshots/cases/runtimes-gitlab")).source().text().to_owned();
    let line = text.lines().position(|line| line.contains("nodejs@22.23.1:")).unwrap() + 1;
    assert_eq!(own.origin, Origin { from: "spec", line: Some(line) });
    let task = pin("three-tiers-azure", "task", "UseNode");
    assert!(task.commit.is_none() && task.released.is_none());
}
