//! Runs a configuration as CircleCI does: workflows by `when`, jobs by `requires`, approvals, contexts, halts.
//!
//! What must hold: a key or a name that is not known here fails the rehearsal. The scripts name `/tmp/stackgate`, which
//! is theirs in a container of their own; here one job at a time has it, held by a lock that other runs respect.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use serde_json::json;
use serde_yaml::Value;

use crate::expression::{self, Facts};
use crate::hosts::Grant;
use crate::issuer::Identity;
use crate::job::Job;
use crate::run::{Fate, JobRun, Surroundings, known, pairs, text, texts};

/// The issuer of an organization's tokens. The identifier is made up.
const ISSUER: &str = "https://oidc.circleci.com/org/00000000-0000-4000-8000-000000000003";

/// The folder that the scripts name.
const HOME: &str = "/tmp/stackgate";

/// The word for a job that an approval stands for.
const APPROVAL: &str = "approval";

/// Runs every workflow that the event starts.
pub fn run(around: &Surroundings<'_>) -> Vec<JobRun> {
    let mut runs = Vec::new();
    for artifact in around.rehearsed.of("circleci") {
        let config: Value = serde_yaml::from_str(&artifact.text).unwrap();
        known(&artifact.path, &config, &["version", "jobs", "workflows"]);
        for (name, workflow) in config["workflows"].as_mapping().unwrap() {
            known(&text(name), workflow, &["when", "jobs"]);
            if expression::evaluate(&text(&workflow["when"]), &Pipeline { around }).truth() {
                runs.extend(jobs(around, &config["jobs"], &workflow["jobs"]));
            }
        }
    }
    runs
}

/// A job of a workflow: its name, and what the workflow says of it.
fn entry(item: &Value) -> (String, Value) {
    match item.as_mapping() {
        None => (text(item), Value::Null),
        Some(mapping) => {
            let (name, settings) = mapping.iter().next().unwrap();
            known(&text(name), settings, &["requires", "context", "type", "serial-group"]);
            (text(name), settings.clone())
        }
    }
}

/// What a job requires, and whether any end of it will do.
fn requires(settings: &Value) -> Vec<(String, bool)> {
    let Some(Value::Sequence(items)) = settings.get("requires") else { return vec![] };
    let one = |item: &Value| match item.as_mapping() {
        None => (text(item), false),
        Some(mapping) => {
            let (name, end) = mapping.iter().next().unwrap();
            assert_eq!(text(end), "terminal", "the end {end:?} is not known here");
            (text(name), true)
        }
    };
    items.iter().map(one).collect()
}

fn jobs(around: &Surroundings<'_>, jobs: &Value, workflow: &Value) -> Vec<JobRun> {
    let mut waiting: Vec<(String, Value)> = workflow.as_sequence().unwrap().iter().map(entry).collect();
    let mut runs: Vec<JobRun> = Vec::new();
    while !waiting.is_empty() {
        let fate = |name: &str| runs.iter().find(|run| run.name == name).map(|run| run.fate);
        let ready = |settings: &Value| requires(settings).iter().all(|(need, _)| fate(need).is_some());
        let at = waiting.iter().rposition(|(_, settings)| ready(settings)).expect("a requirement ends");
        let (name, settings) = waiting.remove(at);
        let met = requires(&settings).iter().all(|(need, any)| *any || fate(need) == Some(Fate::Succeeded));
        let approval = settings.get("type").is_some_and(|kind| text(kind) == APPROVAL);
        let run = if !met || approval && around.event.denied {
            JobRun::never(&name, Fate::Skipped)
        } else if approval {
            JobRun::never(&name, Fate::Succeeded)
        } else {
            let _one_at_a_time = lock();
            around.job(&name, |running| steps(around, &name, &jobs[name.as_str()], &settings, running))
        };
        runs.push(run);
    }
    runs
}

/// Holds the folder that the scripts name, until it is dropped; what a killed run left there is removed.
fn lock() -> File {
    let user = fs::metadata("/proc/self").unwrap().uid();
    let file = File::create(format!("{HOME}-rehearsal-{user}.lock")).unwrap();
    file.lock().unwrap();
    let _ = fs::remove_dir_all(HOME);
    file
}

fn steps(around: &Surroundings<'_>, name: &str, job: &Value, settings: &Value, running: &mut Job) -> bool {
    known(name, job, &["docker", "resource_class", "shell", "steps"]);
    running.elsewhere.push(PathBuf::from(HOME));
    running.set("CIRCLECI", "true");
    running.set("CIRCLE_BRANCH", around.event.fact("pipeline.git.branch").unwrap_or_default());
    let shell_profile = running.temp.join("bash-env");
    fs::write(&shell_profile, "").unwrap();
    running.set("BASH_ENV", shell_profile.to_str().unwrap());
    let world = around.world;
    let (bearer, halted) = (world.folder().join("bearer"), world.folder().join("halted"));
    let _ = fs::remove_file(&bearer);
    if around.event.tokens {
        let own = world.bearer();
        fs::write(&bearer, &own).unwrap();
        let claims = json!({
            "sub": format!("org/1/project/2/user/3/job/{name}"),
            "oidc.circleci.com/vcs-ref": around.event.fact("pipeline.git.branch"),
            "oidc.circleci.com/context-ids": settings.get("context").map(texts),
        });
        world.admit(Grant { bearer: own, connection: None }, Identity::new(ISSUER, claims));
    }
    let shell = job.get("shell").map_or("/bin/bash -eo pipefail".to_owned(), text);
    let (mut failed, mut over) = (false, false);
    for step in job["steps"].as_sequence().unwrap() {
        let Some(run) = step.get("run") else {
            assert_eq!(step.as_str(), Some("checkout"), "the step {step:?} is not known here");
            check_out(around, running);
            continue;
        };
        let keys = ["name", "environment", "command", "working_directory", "no_output_timeout", "when"];
        known("a step", run, &keys);
        let always = run.get("when").is_some_and(|when| text(when) == "always");
        if (failed && !always) || over {
            continue;
        }
        let file = running.temp.join("step.sh");
        fs::write(&file, text(&run["command"])).unwrap();
        let directory =
            run.get("working_directory").map_or(running.workspace.clone(), |at| running.workspace.join(text(at)));
        let program: Vec<&str> = shell.split(' ').chain([file.to_str().unwrap()]).collect();
        failed |= !running.run(&program, &directory, &pairs(&run["environment"])).success;
        fs::remove_file(file).unwrap();
        over |= fs::remove_file(&halted).is_ok();
    }
    let _ = fs::remove_file(&bearer);
    !failed
}

/// CircleCI's checkout fetches all, and leaves the key that it used.
fn check_out(around: &Surroundings<'_>, running: &Job) {
    around.repository.check_out(&running.workspace, around.event.commit, None);
    let keys = running.home.join(".ssh");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("id_rsa"), around.world.bearer()).unwrap();
}

/// What `when` can look at.
struct Pipeline<'a> {
    around: &'a Surroundings<'a>,
}

impl Facts for Pipeline<'_> {
    const CASE: bool = true;

    fn value(&self, name: &str) -> expression::Value {
        self.around.event.fact(name).into()
    }

    fn call(&self, name: &str, _: &[expression::Value]) -> expression::Value {
        panic!("the function {name} is not known here")
    }
}
