//! Every plan and every set of options that these tests know, checked and built on the Groovy that Jenkins embeds: whatever
//! starts the build, exactly the stages that the plan asks for run.
//!
//! No script is run here; `stackgate-rehearsal`, whose harness this is, does that with the examples. Without Groovy it says
//! so and does nothing, unless `STACKGATE_REHEARSAL_MUST=1` asks for a failure.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{cases, render};
use serde_json::{Value, json};
use stackgate_provider::plan::{Plan, Trigger, When};

/// How a build starts, what Jenkins says of it (`@` is the deploy branch), and what caused it.
type Scenario = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const SCENARIOS: &[Scenario] = &[
    ("push", &[("BRANCH_NAME", "@")], &["BranchEventCause"]),
    ("push", &[("BRANCH_NAME", "@")], &["BranchIndexingCause"]),
    ("denied", &[("BRANCH_NAME", "@")], &["BranchEventCause"]),
    ("change request", &[("BRANCH_NAME", "PR-7"), ("CHANGE_ID", "7"), ("CHANGE_TARGET", "@")], &["BranchEventCause"]),
    (
        "fork",
        &[("BRANCH_NAME", "PR-8"), ("CHANGE_ID", "8"), ("CHANGE_TARGET", "@"), ("CHANGE_FORK", "mallory")],
        &["BranchEventCause"],
    ),
    ("elsewhere", &[("BRANCH_NAME", "PR-9"), ("CHANGE_ID", "9"), ("CHANGE_TARGET", "x")], &["BranchEventCause"]),
    ("branch", &[("BRANCH_NAME", "feature/@")], &["BranchEventCause"]),
    ("tag", &[("BRANCH_NAME", "@"), ("TAG_NAME", "@")], &["BranchEventCause"]),
    ("schedule", &[("BRANCH_NAME", "@")], &["TimerTriggerCause"]),
    ("by hand", &[("BRANCH_NAME", "@")], &["UserIdCause:alice"]),
    ("rebuild", &[("BRANCH_NAME", "@")], &["BranchEventCause", "UserIdCause:alice"]),
    ("no multibranch job", &[], &["SCMTriggerCause"]),
];

/// A file that was rendered: of which case, whether it is production's own, and where it was written.
struct Written {
    case: String,
    plan: Plan,
    production: bool,
    path: PathBuf,
}

#[test]
fn exactly_the_planned_stages_run() {
    let folder = std::env::temp_dir().join(format!("stackgate-jenkins-{}", std::process::id()));
    let mut written = Vec::new();
    for (number, (case, plan, adapter)) in cases().into_iter().enumerate() {
        let files = render(&*adapter, &plan);
        // The second file of a case is production's.
        for (place, file) in files.iter().enumerate() {
            let path = folder.join(number.to_string()).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, file.contents("stackgate.yaml")).unwrap();
            let production =
                place == 1 || !file.body.contains("stage('preview-") && !file.body.contains("stage('deploy-app-dev'");
            written.push(Written { case: case.clone(), plan: plan.clone(), production, path });
        }
    }
    let files: Vec<&Path> = written.iter().map(|written| written.path.as_path()).collect();
    let Some((success, findings)) = groovy("check", &files, "") else { return };
    assert!(success && findings.is_empty(), "{findings}");
    let runs: Vec<_> = written.iter().flat_map(|written| SCENARIOS.iter().map(move |start| (written, start))).collect();
    let mut requests = String::new();
    for (written, (scenario, facts, causes)) in &runs {
        let fact = |(name, value): &(&str, &str)| (name.to_string(), json!(value.replace('@', &written.plan.branch)));
        let environment: serde_json::Map<String, Value> = facts.iter().map(fact).collect();
        let denied = *scenario == "denied";
        let request = json!({"file": written.path, "environment": environment, "causes": causes, "denied": denied});
        writeln!(requests, "{request}").unwrap();
    }
    let (_, answers) = groovy("serve", &[], &requests).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), runs.len());
    for ((written, (scenario, ..)), answer) in runs.iter().zip(&answers) {
        let place = format!("{}: {scenario}: {answer:#}", written.case);
        let trace = answer["trace"].as_array().unwrap();
        let of = |event: &'static str| trace.iter().filter(move |noted| noted["event"] == event);
        let ran: Vec<&str> = of("agent")
            .filter(|noted| noted["state"] == "begun")
            .map(|noted| noted["stage"].as_str().unwrap())
            .collect();
        assert_eq!(ran, expected(written, scenario), "{place}");
        assert!(of("input").all(|noted| noted["agent"].is_null()), "{place}");
        let stopped = *scenario == "denied" && of("input").count() > 0;
        assert_eq!(answer["result"], if stopped { "ABORTED" } else { "SUCCESS" }, "{place}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Asks the harness; `None` where Groovy is not installed.
fn groovy(verb: &str, files: &[&Path], input: &str) -> Option<(bool, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stackgate-rehearsal/jenkins");
    let mut command = Command::new("groovy");
    command.arg("-cp").arg(&folder).arg(folder.join("Harness.groovy")).arg(verb).args(files);
    if std::env::var_os("JAVA_HOME").is_none() {
        // Debian's script looks for a link that not every Java package makes.
        command.env("JAVA_HOME", "/usr/lib/jvm/java-17-openjdk-amd64");
    }
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        assert!(std::env::var_os("STACKGATE_REHEARSAL_MUST").is_none_or(|must| must != "1"), "groovy is not installed");
        println!("skipped: groovy is not installed");
        return None;
    };
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

/// The stages that the plan asks for.
fn expected(written: &Written, scenario: &str) -> Vec<String> {
    let Written { case, plan, production, .. } = written;
    let same_job = case.contains("same-job");
    let (trigger, on) = match scenario {
        "push" | "denied" => (Trigger::Push, "on a push"),
        "change request" => (Trigger::ChangeRequest, "on a change request"),
        _ => return Vec::new(),
    };
    let apart = |stack: &str| trigger == Trigger::Push && !same_job && stack.starts_with("prod");
    let stages = plan
        .stages
        .iter()
        .filter(|stage| stage.trigger == trigger && apart(&stage.stack) == (*production && !same_job));
    let stages: Vec<_> = stages.collect();
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
