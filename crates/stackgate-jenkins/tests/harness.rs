//! Every rendered Jenkinsfile, checked and run by a harness on the Groovy that Jenkins embeds: exactly the stages that
//! the plan asks for run, whatever starts the build.
//!
//! It needs Debian's `groovy` and, in `STACKGATE_HARNESS`, the path of JenkinsfileHarness.groovy; without these it says
//! so and does nothing. `JAVA_HOME` is that of Debian's Java 17 unless it is set.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{cases, render};
use stackgate_provider::plan::{Plan, Trigger, When};

/// What a build knows of its start, and whether somebody approves.
const SCENARIOS: &[(&str, &[&str])] = &[
    ("push", &["BRANCH_NAME=main"]),
    ("denied", &["BRANCH_NAME=main", "--deny"]),
    ("change request", &["BRANCH_NAME=PR-7", "CHANGE_ID=7", "CHANGE_TARGET=main", "CHANGE_BRANCH=feature"]),
    ("fork", &["BRANCH_NAME=PR-8", "CHANGE_ID=8", "CHANGE_TARGET=main", "CHANGE_BRANCH=main", "CHANGE_FORK=mallory"]),
    ("change request elsewhere", &["BRANCH_NAME=PR-9", "CHANGE_ID=9", "CHANGE_TARGET=next", "CHANGE_BRANCH=main"]),
    ("branch", &["BRANCH_NAME=feature/main"]),
    ("tag", &["BRANCH_NAME=main", "TAG_NAME=main"]),
    ("no multibranch job", &[]),
];

#[test]
fn exactly_the_planned_stages_run() {
    let Some(harness) = std::env::var_os("STACKGATE_HARNESS").map(PathBuf::from) else {
        println!("skipped: STACKGATE_HARNESS does not name JenkinsfileHarness.groovy");
        return;
    };
    let folder = std::env::temp_dir().join(format!("stackgate-jenkins-{}", std::process::id()));
    let mut written = Vec::new();
    for (number, (name, plan, adapter)) in cases().into_iter().enumerate() {
        for file in render(&*adapter, &plan) {
            let path = folder.join(number.to_string()).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, file.contents("stackgate.yaml")).unwrap();
            let production = plan.branch == "main" && file.path.ends_with("production");
            written.push((name.clone(), plan.clone(), production, path));
        }
    }
    let files: Vec<&Path> = written.iter().map(|(.., path)| path.as_path()).collect();
    let Some((code, out)) = groovy(&harness, "check", &files, &[]) else {
        println!("skipped: groovy is not installed");
        return;
    };
    assert_eq!(code, 0, "{out}");
    for (name, plan, production, path) in &written {
        if !["everything; approvers", "everything; { approvers: [\""].iter().any(|some| name.starts_with(some)) {
            continue;
        }
        let same_job = name.contains("same-job");
        for (scenario, arguments) in SCENARIOS {
            let (code, out) = groovy(&harness, "run", &[path], arguments).unwrap();
            assert!(
                !out.contains("REJECTED") && !out.contains("!!GSTRING") && !out.contains("AFTER allocating"),
                "{out}"
            );
            assert_eq!(out.matches("INPUT").count(), out.matches("agent-held=none").count(), "{out}");
            let expected = expected(plan, *production, same_job, scenario);
            let ran = ran(&out);
            assert_eq!(ran, expected, "{name}: {scenario}: {out}");
            let stopped = *scenario == "denied" && out.contains("INPUT");
            assert_eq!(code, i32::from(stopped), "{out}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn groovy(harness: &Path, verb: &str, files: &[&Path], arguments: &[&str]) -> Option<(i32, String)> {
    let java = std::env::var_os("JAVA_HOME").unwrap_or_else(|| "/usr/lib/jvm/java-17-openjdk-amd64".into());
    let mut command = Command::new("groovy");
    command.env("JAVA_HOME", java).arg(harness).arg(verb).args(files).args(arguments);
    let output = command.output().ok()?;
    Some((output.status.code()?, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The stages that got an agent, in order.
fn ran(out: &str) -> Vec<String> {
    let mut stage = None;
    let mut ran = Vec::new();
    for line in out.lines() {
        if let Some(name) = line.strip_prefix("stage ") {
            stage = Some(name.to_owned());
        } else if line.trim_start().starts_with("agent ") {
            ran.extend(stage.take());
        }
    }
    ran
}

/// The stages that the plan asks for.
fn expected(plan: &Plan, production: bool, same_job: bool, scenario: &str) -> Vec<String> {
    let (trigger, on) = match scenario {
        "push" | "denied" => (Trigger::Push, "on a push"),
        "change request" => (Trigger::ChangeRequest, "on a change request"),
        _ => return Vec::new(),
    };
    let here = |stack: &str| trigger == Trigger::ChangeRequest || same_job || production == stack.starts_with("prod");
    let stages = plan.stages.iter().filter(|stage| stage.trigger == trigger && here(&stage.stack));
    let stages: Vec<_> = stages.filter(|_| trigger == Trigger::Push || !production).collect();
    if stages.is_empty() {
        return Vec::new();
    }
    let jobs = |when| plan.jobs.iter().filter(move |job| job.when == when && job.triggers.contains(&trigger));
    let mut names: Vec<String> = jobs(When::Before).map(|job| format!("{} {on}", job.id)).collect();
    for stage in stages {
        if scenario == "denied" && stage.gate.is_some() {
            return names;
        }
        names.push(stage.id.clone());
    }
    names.extend(jobs(When::After).map(|job| format!("{} {on}", job.id)));
    names
}
