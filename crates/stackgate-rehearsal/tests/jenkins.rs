//! Every rendered Jenkinsfile, built: for every event of `scenarios/jenkins.yaml`, and with every fault.
//!
//! What must hold: exactly the planned stages run, in order, each with the token that the plan gives it and nothing of it
//! left; an event that may mint nothing takes not even an agent. Containers, time limits and other builds are not played.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::path::Path;

use stackgate::plan::{Action, Stage};
use stackgate_rehearsal::check::Tally;
use stackgate_rehearsal::jenkins::{self, Entry, Harness, Scene, judge};
use stackgate_rehearsal::{Answers, Event, Fault, scenario};

/// Every example and case that renders a Jenkinsfile; for whoever works on one spec, its folder's name chooses it.
fn scenes() -> Vec<Scene> {
    let only = std::env::var("STACKGATE_REHEARSAL_ONLY").ok();
    let mut specs = scenario::specs();
    specs.retain(|folder| {
        let spec = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)).unwrap();
        let spec: serde_yaml::Value = serde_yaml::from_str(&spec).unwrap();
        spec["providers"].get("jenkins").is_some() && only.as_ref().is_none_or(|only| folder.ends_with(only))
    });
    specs.iter().map(|spec| Scene::new(spec)).collect()
}

#[test]
fn only_what_the_plan_gives_to_an_event_runs() {
    let Some(mut harness) = Harness::start() else { return };
    let mut tally = Tally::default();
    for scene in scenes() {
        tally.artifacts += scene.rehearsed.of("jenkins").count();
        for event in scenario::events("jenkins", &scene.rehearsed.plan) {
            build(&mut harness, &scene, &event, &mut tally);
        }
    }
    tally.print("jenkins");
}

/// Builds every Jenkinsfile of a spec.
fn build(harness: &mut Harness, scene: &Scene, event: &Event, tally: &mut Tally) {
    scene.begin(event, Answers::default(), &[]);
    let mut ran = Vec::new();
    let place = format!("{}: {}", scene.rehearsed.folder.display(), event.event);
    for file in scene.rehearsed.of("jenkins") {
        let place = format!("{place}: {}", file.path);
        let watch = scene.world.watch();
        let answer = harness.build(&scene.request(file, event), |credential| Some(scene.mint(credential, event)));
        assert_eq!(watch.end(), [""; 0], "{place}");
        let entries = scene.expected(file, event);
        judge::build(scene, &answer, &entries, event, &place);
        ran.extend(entries);
    }
    judge::world(scene, &ran, event, &place);
    let stages = ran.iter().filter_map(|entry| match entry {
        Entry::Stage(stage) => Some(stage.id.clone()),
        Entry::Plain(..) => None,
    });
    let stages: Vec<String> = stages.collect();
    for known in scenario::orders("jenkins") {
        if scene.rehearsed.folder.ends_with(&known.spec) && known.event == event.event {
            assert_eq!(stages, known.order, "{place}: the order written by hand");
        }
    }
    tally.jobs += ran.len();
    tally.exchanges += scene.world.exchanges().len();
}

#[test]
fn whatever_is_wrong_stops_the_build_before_it_deploys() {
    let Some(mut harness) = Harness::start() else { return };
    let scene = Scene::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/jenkins"));
    let mut tally = Tally::default();
    let mut events = scenario::events("jenkins", &scene.rehearsed.plan);
    events.retain(|event| event.runs.is_some() && !event.denied && !event.untouched());
    events.dedup_by_key(|event| event.runs);
    assert_eq!(events.len(), 2, "a push and a change request");
    for fault in scenario::faults("jenkins") {
        for event in &events {
            try_fault(&mut harness, &scene, &fault, event, &mut tally);
        }
    }
    tally.print("jenkins");
}

/// Builds every Jenkinsfile that meets the fault, and looks where it ends.
fn try_fault(harness: &mut Harness, scene: &Scene, fault: &Fault, event: &Event, tally: &mut Tally) {
    let files: Vec<(String, String)> = fault.files.clone().into_iter().collect();
    for file in scene.rehearsed.of("jenkins") {
        let entries = scene.expected(file, event);
        let met = |entry: &Entry<'_>| matches!(entry, Entry::Stage(stage) if meets(fault, stage));
        let Some(at) = entries.iter().position(met) else { continue };
        scene.begin(event, fault.answers.clone(), &files);
        let mut request = scene.request(file, event);
        request.machine.extend(fault.variables.clone());
        let answer = harness.build(&request, |credential| scene.bound(fault, credential, event));
        let place = format!("{}: {}: {}: {}", fault.fault, file.path, event.event, answer.raw);
        judge::fault(scene, fault, &entries[..=at], &answer, &place);
        let calls = scene.world.calls();
        let ups = calls.iter().filter(|call| call.command() == "up").count();
        assert_eq!(ups, usize::from(fault.reaches_up), "{place}");
        tally.jobs += at + 1;
        tally.faults += 1;
    }
}

/// Whether a stage comes to what is wrong.
fn meets(fault: &Fault, stage: &Stage) -> bool {
    match stage.action {
        Action::Deploy => !fault.of_preview,
        Action::Preview => !fault.reaches_up,
        // No repository has one; the audit's scripts are run by tests of their own.
        Action::Audit => false,
    }
}

#[test]
fn the_check_finds_what_jenkins_would_refuse_or_wait_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let edits = std::fs::read_to_string(root.join("scenarios/jenkins-findings.yaml")).unwrap();
    let edits: Vec<[String; 3]> = serde_yaml::from_str(&edits).unwrap();
    let good = root.join("../../examples/jenkins/Jenkinsfile.production");
    let text = std::fs::read_to_string(&good).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![good];
    for (number, [from, to, _]) in edits.iter().enumerate() {
        assert!(text.contains(from.as_str()), "there is no {from:?} to edit");
        files.push(folder.path().join(format!("{number:02}")));
        std::fs::write(&files[number + 1], text.replacen(from.as_str(), to, 1)).unwrap();
    }
    let Some(findings) = jenkins::check(&files) else { return };
    for (number, file) in files.iter().enumerate() {
        let mark = format!("{}:", file.display());
        let own: Vec<&str> = findings.lines().filter_map(|line| line.strip_prefix(&mark)).collect();
        match number.checked_sub(1) {
            None => assert_eq!(own, [""; 0], "the file as it is"),
            Some(edit) => assert!(own.iter().any(|line| line.contains(&edits[edit][2])), "{:?}: {own:#?}", edits[edit]),
        }
    }
}

#[test]
fn the_harness_masks_what_jenkins_masks_and_removes_the_file() {
    let Some(mut harness) = Harness::start() else { return };
    let scene = Scene::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/jenkins"));
    let event = scenario::events("jenkins", &scene.rehearsed.plan).remove(0);
    scene.begin(&event, Answers::default(), &[]);
    let file = scene.rehearsed.of("jenkins").next().unwrap();
    let mut request = scene.request(file, &event);
    request.file = scene.world.folder().join("Jenkinsfile");
    let text = "pipeline {\n  agent { label 'x' }\n  stages { stage('a') { steps {\n    withCredentials([string(credentialsId: 's', \
                variable: 'S'), file(credentialsId: 'f', variable: 'F')]) { sh 'cat \"$F\"; echo \"$S\" \"$F\"' }\n    \
                sh 'echo \"${F-gone}\"'\n  } } }\n}\n";
    std::fs::write(&request.file, text).unwrap();
    let answer = harness.build(&request, |credential| Some(format!("secret-{credential}")));
    assert_eq!(answer.result, "SUCCESS", "{:?}", answer.trace);
    assert!(answer.raw.contains("secret-s ") && answer.raw.contains("/id_token"), "{}", answer.raw);
    assert!(!answer.log.contains("secret-s") && !answer.log.contains("/id_token"), "{}", answer.log);
    // Of a file Jenkins masks the path alone: what it holds is for the script to keep to itself.
    assert!(answer.log.contains("secret-f") && answer.log.contains("**** ****"), "{}", answer.log);
    assert!(answer.log.ends_with("gone\n"), "{}", answer.log);
}
