//! Defects that are planted after rendering: the rehearsal must find each, and say what it is.
//!
//! What must hold: a check of the rehearsal that nothing planted can bring to fail proves nothing.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic here is a failed test; a skip is said aloud")]

mod common;

use stackgate_rehearsal::check::{self, Runner, Scene, Tally};
use stackgate_rehearsal::scenario::{self, Planted};
use stackgate_rehearsal::{azure, circleci, github, gitlab};

/// What the rehearsal says of a defect.
fn rehearse(planted: &Planted) -> String {
    let (provider, run): (&str, Runner) = match planted.provider.as_str() {
        "azure" => ("azure", azure::run),
        "circleci" => ("circleci", circleci::run),
        "github" => ("github", github::run),
        "gitlab" => ("gitlab", gitlab::run),
        other => panic!("{other}"),
    };
    let folder = scenario::specs().into_iter().find(|folder| folder.ends_with(format!("examples/{provider}"))).unwrap();
    let scene = Scene::changed(provider, run, &folder, |rehearsed| {
        let mut found = false;
        for artifact in &mut rehearsed.artifacts {
            found |= artifact.text.contains(&planted.find);
            artifact.text = artifact.text.replace(&planted.find, &planted.put);
        }
        assert!(found, "{}, {}: there is nothing to replace", planted.provider, planted.planted);
    });
    let event = scenario::events(provider, &scene.rehearsed.plan)
        .into_iter()
        .find(|event| event.event == planted.event)
        .unwrap_or_else(|| panic!("there is no event {:?}", planted.event));
    let mut tally = Tally::default();
    let wrong = match &planted.fault {
        None => check::event(&scene, &event, &mut tally).0,
        Some(name) => {
            let fault = scenario::faults(provider).into_iter().find(|fault| fault.fault == *name).unwrap();
            check::fault(&scene, &event, &fault, &mut tally)
        }
    };
    wrong.join("\n")
}

#[test]
fn every_planted_defect_is_found() {
    let missed = common::spread(&scenario::planted(), |planted| {
        if planted.provider == "gitlab" && gitlab::tools().is_none() {
            println!("skipped: {}, on GitLab: gitlab-ci-local is not installed", planted.planted);
            return None;
        }
        let said = rehearse(planted);
        let Planted { provider, planted, seen, .. } = planted;
        (!said.contains(seen)).then(|| format!("{provider}, {planted}: not seen: {seen:?} in:\n{said}"))
    });
    let missed: Vec<String> = missed.into_iter().flatten().collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n\n"));
}
