//! Every rendered Jenkinsfile, built: for every event of `scenarios/jenkins.yaml`, and with every fault.
//!
//! What must hold: exactly the planned stages run, in order, each with the token that the plan gives it and nothing of it
//! left; an event that may mint nothing takes not even an agent. Containers, time limits and other builds are not played.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::path::{Path, PathBuf};

use stackgate::plan::{Action, Stage};
use stackgate_rehearsal::check::Tally;
use stackgate_rehearsal::jenkins::{self, Entry, Harness, Scene, judge};
use stackgate_rehearsal::{Answers, Event, Fault, scenario};

/// Every example and case that renders a Jenkinsfile.
fn specs() -> Vec<PathBuf> {
    let jenkins = |spec: &PathBuf| Scene::new(spec, Answers::default()).rehearsed.of("jenkins").next().is_some();
    scenario::specs().into_iter().filter(jenkins).collect()
}

#[test]
fn only_what_the_plan_gives_to_an_event_runs() {
    let Some(mut harness) = Harness::start() else { return };
    let mut tally = Tally::default();
    for spec in specs() {
        // Whatever may run nothing shares one world, in which nothing may happen.
        let idle = Scene::new(&spec, Answers::default());
        tally.artifacts += idle.rehearsed.of("jenkins").count();
        let (running, resting): (Vec<Event>, Vec<Event>) =
            scenario::events("jenkins", &idle.rehearsed.plan).into_iter().partition(|event| event.runs.is_some());
        for event in &running {
            let scene = Scene::new(&spec, Answers::default());
            build(&mut harness, &scene, event, &scene.check_out(event, &[]), &mut tally);
        }
        let checkout = idle.check_out(&resting[0], &[]);
        for event in &resting {
            build(&mut harness, &idle, event, &checkout, &mut tally);
        }
    }
    tally.print("jenkins");
}

/// Builds every Jenkinsfile of a spec.
fn build(harness: &mut Harness, scene: &Scene, event: &Event, checkout: &Path, tally: &mut Tally) {
    let mut ran = Vec::new();
    let place = format!("{}: {}", scene.rehearsed.folder.display(), event.event);
    for file in scene.rehearsed.of("jenkins") {
        let place = format!("{place}: {}", file.path);
        let watch = scene.world.watch();
        let request = scene.request(file, event, checkout);
        let answer = harness.build(&request, |credential| Some(scene.mint(credential, event)));
        assert_eq!(watch.end(), [""; 0], "{place}");
        let entries = scene.expected(file, event);
        judge::build(scene, &answer, &entries, event, &place);
        ran.extend(entries);
    }
    judge::world(scene, &ran, event, &place);
    tally.jobs += ran.len();
    tally.exchanges += scene.world.exchanges().len();
}

#[test]
fn whatever_is_wrong_stops_the_build_before_it_deploys() {
    let Some(mut harness) = Harness::start() else { return };
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/jenkins");
    let mut tally = Tally::default();
    let plain = |event: &Event| event.runs.is_some() && !event.denied && !event.untouched();
    for fault in scenario::faults("jenkins") {
        let scene = Scene::new(&spec, fault.answers.clone());
        let mut events = scenario::events("jenkins", &scene.rehearsed.plan);
        events.retain(plain);
        events.dedup_by_key(|event| event.runs);
        assert_eq!(events.len(), 2, "a push and a change request");
        for event in &events {
            try_fault(&mut harness, &spec, &fault, event, &mut tally);
        }
    }
    tally.print("jenkins");
}

/// Builds every Jenkinsfile that meets the fault, and looks where it ends.
fn try_fault(harness: &mut Harness, spec: &Path, fault: &Fault, event: &Event, tally: &mut Tally) {
    let scene = Scene::new(spec, fault.answers.clone());
    let files: Vec<(String, String)> = fault.files.clone().into_iter().collect();
    let checkout = scene.check_out(event, &files);
    for file in scene.rehearsed.of("jenkins") {
        let entries = scene.expected(file, event);
        let Some(at) = entries.iter().position(|entry| matches!(entry, Entry::Stage(stage) if meets(fault, stage)))
        else {
            continue;
        };
        let before = scene.world.calls().len();
        let mut request = scene.request(file, event, &checkout);
        request.machine.extend(fault.variables.clone());
        let answer = harness.build(&request, |credential| scene.bound(fault, credential, event));
        let place = format!("{}: {}: {}: {}", fault.fault, file.path, event.event, answer.raw);
        judge::fault(&scene, fault, &entries[..=at], &answer, &place);
        let ups = scene.world.calls().split_off(before);
        let ups = ups.iter().filter(|call| call.command() == "up").count();
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
