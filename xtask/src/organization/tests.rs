//! The generator by itself: what it declares loads, what it saves reads back, every kind of difference is found.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::path::Path;

use stackgate_cloud::{Saved, read};
use stackgate_cloud_fixtures::{OPERATOR, applied};
use stackgate_review::{Declared, compare};

use super::judged::{Found, faults};
use super::log::{self, Forms};
use super::planted::Planted;
use super::size::Size;
use super::{declared, differences, generate, save, wanted};

const TINY: Size = Size { teams: 40, stacks: 200, environments: 60, events: 3_000, differences: 40, incidents: 25 };

fn found(directory: &Path, declared: &declared::Declared) -> Vec<Found> {
    let saved = Saved::open(&directory.join("actual")).unwrap();
    assert!(saved.is_complete(), "{:?}", saved.faults().collect::<Vec<_>>());
    let taken = saved.origin().taken;
    let actual = read(&saved, &wanted(&declared.fragment, saved.origin().clone()), &mut ());
    let mut both = Declared::new(declared.fragment.clone(), declared.options.approvers.clone(), false);
    both.operators.insert(OPERATOR.into());
    let all = compare(&both, &actual, taken);
    let one = |difference: stackgate_review::Difference| Found {
        rule: difference.rule.id.into(),
        level: difference.level.as_str().into(),
        class: difference.class.as_str().into(),
        text: format!("{}: {}; {}", difference.subject, difference.what, difference.permits),
    };
    all.into_iter().map(one).collect()
}

#[test]
fn what_was_applied_is_as_declared() {
    let temp = tempfile::tempdir().unwrap();
    let declared = declared::write(temp.path(), 3, &TINY).unwrap();
    save(&applied(&declared.fragment, &declared.options), &declared.fragment, &temp.path().join("actual")).unwrap();
    let found = found(temp.path(), &declared);
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(declared.fragment.teams.len(), TINY.teams);
    assert_eq!(declared.fragment.stacks.len(), TINY.stacks);
}

#[test]
fn every_kind_of_difference_is_found() {
    let temp = tempfile::tempdir().unwrap();
    let size = Size { teams: 100, stacks: 500, environments: 250, ..TINY };
    let declared = declared::write(temp.path(), 5, &size).unwrap();
    for seed in 0..4 {
        let mut world = applied(&declared.fragment, &declared.options);
        let planted = differences::plant(&mut world, &declared.fragment, seed, differences::kinds());
        let kinds: std::collections::BTreeSet<&String> = planted.iter().map(|plant| &plant.kind).collect();
        assert_eq!(kinds.len(), differences::kinds(), "a kind finds no place");
        let actual = temp.path().join("actual");
        save(&world, &declared.fragment, &actual).unwrap();
        let faults = faults(&planted, &found(temp.path(), &declared));
        assert!(faults.is_empty(), "seed {seed}:\n{}", faults.join("\n"));
    }
}

#[test]
fn every_incident_is_found_and_ordinary_life_is_quiet() {
    let temp = tempfile::tempdir().unwrap();
    let size = Size { events: 30_000, incidents: 29, ..TINY };
    let declared = declared::write(temp.path(), 5, &size).unwrap();
    for (seed, incidents) in [(0, 0), (1, 29), (2, 29), (3, 29)] {
        let size = Size { incidents, ..size };
        let planted = log::write(temp.path(), &declared.fragment, seed, &size, Forms::default()).unwrap();
        assert_eq!(planted.len(), incidents);
        let text = std::fs::read_to_string(temp.path().join("audit.jsonl")).unwrap();
        assert_eq!(text.lines().count(), size.events);
        let context = stackgate_logs::Context::new(&declared.fragment, stackgate_logs::Settings::default());
        let mut judge = stackgate_logs::Judge::new(&context, None).with_deployments();
        let list = std::fs::read(temp.path().join("deployments.json")).unwrap();
        for deployment in stackgate_logs::read_deployments(&mut list.as_slice()).unwrap() {
            judge.deployment(&deployment);
        }
        for line in text.lines() {
            judge.take(&stackgate_logs::Event::from_json(line.as_bytes()).unwrap());
        }
        let one = |finding: stackgate_logs::LogFinding| Found {
            rule: finding.rule.id.into(),
            level: finding.level.as_str().into(),
            class: String::new(),
            text: finding.message,
        };
        let found: Vec<Found> = judge.finish().findings.into_iter().map(one).collect();
        let faults = faults(&planted, &found);
        assert!(faults.is_empty(), "seed {seed}:\n{}", faults.join("\n"));
    }
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for temp in [&one, &other] {
        generate(temp.path(), 7, &TINY, Forms { csv: true, cef: true }).unwrap();
    }
    let mut files = Vec::new();
    list(one.path(), one.path(), &mut files);
    assert!(files.len() > 20);
    for file in files {
        let read = |root: &Path| std::fs::read(root.join(&file)).unwrap();
        assert!(read(one.path()) == read(other.path()), "{file}");
    }
    let planted = Planted::read(one.path()).unwrap();
    assert_eq!((planted.differences.len(), planted.incidents.len()), (TINY.differences, TINY.incidents));
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, files);
        } else {
            files.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
