//! Runs the pipelines with each defect of `snapshots/defects.toml` in them, through every event, and prints what happened
//! otherwise than planned: `cargo xtask defects` makes a table of it.
//!
//! What must hold: nothing is asserted of a defect here, since an execution cannot show every one; an example without a
//! defect must show nothing. It is no part of an ordinary test run, which it would double.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic here is a failed test with a place")]

#[path = "../../../xtask/src/defects/plant.rs"]
mod plant;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use plant::Defect;
use stackgate_rehearsal::check::{self, Runner, Tally};
use stackgate_rehearsal::jenkins::{self, Entry, Harness, judge};
use stackgate_rehearsal::{Answers, Rehearsed, azure, circleci, github, gitlab, scenario};

#[test]
#[ignore = "`cargo xtask defects` runs it"]
fn defects_show_when_they_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut harness = Harness::start();
    let defects = plant::all(&root).unwrap();
    for provider in ["github", "gitlab", "azure", "jenkins", "circleci"] {
        let wrong = run(&root, provider, None, harness.as_mut());
        assert_eq!(wrong, Some(String::new()), "the example of {provider} as it is");
    }
    for (index, defect) in defects.iter().enumerate() {
        let wrong = run(&root, &defect.provider, Some(defect), harness.as_mut());
        let wrong = wrong.unwrap_or_default();
        println!("defect: {index} {} | {}", defect.name, wrong.lines().next().unwrap_or_default());
    }
}

/// What goes otherwise than planned in the first event in which anything does; nothing where the tools are not there. What a
/// runner refuses counts too.
fn run(root: &Path, provider: &str, defect: Option<&Defect>, harness: Option<&mut Harness>) -> Option<String> {
    let folder = root.join("examples").join(provider);
    let done = catch_unwind(AssertUnwindSafe(|| match provider {
        "github" => events("github", github::run, root, &folder, defect),
        "gitlab" => events("gitlab", gitlab::run, root, &folder, defect),
        "azure" => events("azure", azure::run, root, &folder, defect),
        "circleci" => events("circleci", circleci::run, root, &folder, defect),
        "jenkins" => builds(harness.unwrap(), root, &folder, defect),
        other => panic!("{other}"),
    }));
    match done {
        Ok(wrong) => Some(wrong),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            Some(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
        }
    }
}

/// Puts the planted artifacts in the places of the rendered ones, but with the world's own archive of the CLI.
fn plant(root: &Path, provider: &str, defect: Option<&Defect>, rehearsed: &mut Rehearsed) {
    let planted = plant::render(root, provider, defect).unwrap();
    let (theirs, ours) = (&planted.project.plan().cli, &rehearsed.plan.cli);
    for artifact in &planted.artifacts {
        let text = artifact.contents(stackgate::SPEC_NAME);
        let text = text.replace(&theirs.sha256_x64, &ours.sha256_x64).replace(&theirs.sha256_arm64, &ours.sha256_arm64);
        rehearsed.artifacts.iter_mut().find(|rendered| rendered.path == artifact.path).unwrap().text = text;
    }
}

fn events(provider: &'static str, run: Runner, root: &Path, folder: &Path, defect: Option<&Defect>) -> String {
    let scene = check::Scene::changed(provider, run, folder, |rehearsed| plant(root, provider, defect, rehearsed));
    let mut tally = Tally::default();
    for event in scenario::events(provider, &scene.rehearsed.plan) {
        if let Some(first) = check::event(&scene, &event, &mut tally).0.into_iter().next() {
            return shown(root, &first);
        }
    }
    String::new()
}

fn builds(harness: &mut Harness, root: &Path, folder: &Path, defect: Option<&Defect>) -> String {
    let mut scene = jenkins::Scene::new(folder);
    plant(root, "jenkins", defect, &mut scene.rehearsed);
    for event in scenario::events("jenkins", &scene.rehearsed.plan) {
        // A text of no consequence: with it the repository is made anew, from what was planted.
        scene.begin(&event, Answers::default(), &[("Pulumi.yaml".into(), "\n".into())]);
        let mut ran: Vec<Entry<'_>> = Vec::new();
        for file in scene.rehearsed.of("jenkins") {
            let watch = scene.world.watch();
            let answer = harness.build(&scene.request(file, &event), |credential| Some(scene.mint(credential, &event)));
            assert_eq!(watch.end(), [""; 0], "{}", event.event);
            let entries = scene.expected(file, &event);
            judge::build(&scene, &answer, &entries, &event, &event.event);
            ran.extend(entries);
        }
        judge::world(&scene, &ran, &event, &event.event);
    }
    String::new()
}

fn shown(root: &Path, text: &str) -> String {
    text.replace(&format!("{}/", root.display()), "")
}
