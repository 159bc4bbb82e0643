//! Runs a workflow as GitHub Actions does: `on`, `needs`, `if`, environments, steps, `GITHUB_ENV` and `GITHUB_OUTPUT`.
//!
//! What must hold: a key, an action, an expression that is not known here fails the rehearsal. One exception is GitHub's own:
//! `pulumi/auth-actions` puts the team token into the environment of the job's later steps, which are Pulumi and the
//! clean-up alone; the runner masks it in logs, and it ends with the job. `GITHUB_ENV` is read and removed after each step.

use std::fs;

use serde_json::json;
use serde_yaml::Value;

use crate::expression::{self, Facts};
use crate::hosts::Grant;
use crate::issuer::Identity;
use crate::job::Job;
use crate::run::{Fate, JobRun, Surroundings, known, pairs, text, texts};

/// GitHub's issuer.
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Runs every workflow that the event starts.
pub fn run(around: &Surroundings<'_>) -> Vec<JobRun> {
    let mut runs = Vec::new();
    protect(around);
    for artifact in around.rehearsed.of("github") {
        let workflow: Value = serde_yaml::from_str(&artifact.text).unwrap();
        known(&artifact.path, &workflow, &["name", "on", "permissions", "concurrency", "jobs"]);
        if starts(around, &workflow["on"]) {
            runs.extend(jobs(around, &artifact.path, &workflow));
        }
    }
    runs
}

/// The environments, as the preflight asks for them.
fn protect(around: &Surroundings<'_>) {
    for stage in around.rehearsed.plan.stages_of("github") {
        let Some(environment) = &stage.environment else { continue };
        let folder = around.world.folder().join("environments").join(environment);
        fs::create_dir_all(&folder).unwrap();
        let rules = if stage.gate.is_some() { "required_reviewers branch_policy" } else { "branch_policy" };
        let (rules, branch) =
            if around.event.unprotected { ("", "") } else { (rules, around.rehearsed.plan.branch.as_str()) };
        fs::write(folder.join("rules"), format!("{rules}\n")).unwrap();
        fs::write(folder.join("branches"), format!("{branch}\n")).unwrap();
    }
}

/// Whether the event is one that the workflow names.
fn starts(around: &Surroundings<'_>, on: &Value) -> bool {
    known("on", on, &["push", "pull_request", "merge_group"]);
    let event = around.event.fact("github.event_name").expect("every event has a name");
    let Some(filter) = on.get(event) else { return false };
    known(event, filter, &["branches", "types"]);
    let action = around.event.fact("github.event.action");
    let default = ["opened", "synchronize", "reopened"].map(str::to_owned).to_vec();
    let types = filter.get("types").map_or(default, texts);
    if event != "push" && action.is_none_or(|action| !types.iter().any(|one| one == action)) {
        return false;
    }
    let Some(branches) = filter.get("branches").map(texts) else { return true };
    assert!(branches.iter().all(|branch| !branch.contains(['*', '?', '!', '+', '['])), "a pattern: {branches:?}");
    let reference = around.event.fact("github.ref").unwrap_or_default();
    let branch = match event {
        "push" => reference.strip_prefix("refs/heads/"),
        _ => around.event.fact("github.base_ref"),
    };
    branch.is_some_and(|branch| branches.iter().any(|one| one == branch))
}

/// What a job left for those that need it.
struct Done {
    name: String,
    fate: Fate,
    outputs: Vec<(String, String)>,
}

fn jobs(around: &Surroundings<'_>, path: &str, workflow: &Value) -> Vec<JobRun> {
    let mut waiting: Vec<(String, &Value)> = Vec::new();
    for (name, job) in workflow["jobs"].as_mapping().unwrap() {
        let keys = ["name", "needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "concurrency"];
        known(&text(name), job, &[&keys[..], &["steps", "outputs"]].concat());
        waiting.push((text(name), job));
    }
    let (mut done, mut runs): (Vec<Done>, Vec<JobRun>) = (vec![], vec![]);
    while !waiting.is_empty() {
        let ready = |job: &Value| texts(&job["needs"]).iter().all(|need| done.iter().any(|done| done.name == *need));
        let at = waiting.iter().rposition(|(_, job)| ready(job)).unwrap_or_else(|| panic!("{path}: a need never ends"));
        let (name, job) = waiting.remove(at);
        let needs: Vec<&Done> =
            texts(&job["needs"]).iter().map(|need| done.iter().find(|done| done.name == *need).unwrap()).collect();
        let facts = Names { around, job: None, needs: &needs, steps: &[], failed: false };
        let mut outputs = Vec::new();
        let run = if !facts.holds_if(&job["if"]) {
            JobRun::never(&name, Fate::Skipped)
        } else if around.denies(&name) && job.get("environment").is_some() {
            JobRun::never(&name, Fate::Failed)
        } else {
            around.job(&name, |running| steps(around, path, job, running, &needs, &mut outputs))
        };
        done.push(Done { name, fate: run.fate, outputs });
        runs.push(run);
    }
    runs
}

fn steps(
    around: &Surroundings<'_>,
    path: &str,
    job: &Value,
    running: &mut Job,
    needs: &[&Done],
    outputs: &mut Vec<(String, String)>,
) -> bool {
    variables(around, path, job, running);
    let (mut failed, mut left): (bool, Vec<(String, String)>) = (false, vec![]);
    for step in job["steps"].as_sequence().unwrap() {
        known("a step", step, &["name", "id", "uses", "with", "env", "shell", "run", "working-directory", "if"]);
        let facts = Names { around, job: Some(running), needs, steps: &left, failed };
        if !facts.holds_if(&step["if"]) {
            continue;
        }
        let fill = |pairs: Vec<(String, String)>| -> Vec<(String, String)> {
            pairs.into_iter().map(|(name, value)| (name, facts.fill(&value))).collect()
        };
        let (mut environment, with) = (fill(pairs(&step["env"])), fill(pairs(&step["with"])));
        let name = running.temp.join("_runner");
        fs::create_dir_all(&name).unwrap();
        for file in ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH"] {
            fs::write(name.join(file), "").unwrap();
            environment.push((file.to_owned(), name.join(file).display().to_string()));
        }
        let ok = match step.get("uses") {
            Some(uses) => action(around, running, &text(uses), &with, &environment),
            None => script(running, step, &environment),
        };
        failed |= !ok;
        for (name, value) in lines(&name.join("GITHUB_ENV")) {
            running.set(&name, &value);
        }
        let id = step.get("id").map(text).unwrap_or_default();
        left.extend(lines(&name.join("GITHUB_OUTPUT")).into_iter().map(|(key, value)| (format!("{id}.{key}"), value)));
        let paths = fs::read_to_string(name.join("GITHUB_PATH")).unwrap();
        for folder in paths.lines() {
            let before = around.world.variables()[0].1.clone();
            running.set("PATH", &format!("{folder}:{before}"));
        }
        fs::remove_dir_all(name).unwrap();
    }
    let facts = Names { around, job: Some(running), needs, steps: &left, failed };
    outputs.extend(pairs(&job["outputs"]).into_iter().map(|(name, value)| (name, facts.fill(&value))));
    !failed
}

/// The variables of the job, and its right to ask for a token where it has `id-token: write` and GitHub gives any.
fn variables(around: &Surroundings<'_>, path: &str, job: &Value, running: &mut Job) {
    let event = around.event;
    let repository = event.fact("github.repository").unwrap();
    for (name, value) in [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event.fact("github.event_name").unwrap()),
        ("GITHUB_REF", event.fact("github.ref").unwrap_or_default()),
        ("GITHUB_REPOSITORY", repository),
        ("GITHUB_WORKSPACE", &running.workspace.display().to_string()),
        ("RUNNER_TEMP", &running.temp.display().to_string()),
    ] {
        running.set(name, value);
    }
    let environment = job.get("environment").map(|environment| text(&environment["name"]));
    if text(job["permissions"].get("id-token").unwrap_or(&Value::String("none".into()))) != "write" || !event.tokens {
        return;
    }
    let subject = match (&environment, event.fact("github.event_name").unwrap()) {
        (Some(environment), _) => format!("environment:{environment}"),
        (None, "pull_request") => "pull_request".to_owned(),
        (None, _) => format!("ref:{}", event.fact("github.ref").unwrap_or_default()),
    };
    let claims = json!({
        "sub": format!("repo:{repository}:{subject}"),
        "repository": repository,
        "ref": event.fact("github.ref"),
        "event_name": event.fact("github.event_name"),
        "environment": environment,
        "workflow_ref": format!("{repository}/{path}@{}", event.fact("github.ref").unwrap_or_default()),
    });
    let bearer = around.world.bearer();
    running.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &bearer);
    running
        .set("ACTIONS_ID_TOKEN_REQUEST_URL", "https://pipelines.actions.githubusercontent.com/idtoken?api-version=2.0");
    around.world.admit(Grant { bearer, connection: None }, Identity::new(ISSUER, claims));
}

fn script(running: &mut Job, step: &Value, environment: &[(String, String)]) -> bool {
    let file = running.temp.join("_runner/step.sh");
    fs::write(&file, text(&step["run"])).unwrap();
    let file = file.to_str().unwrap();
    let shell = step.get("shell").map(text).unwrap_or_default();
    let program: &[&str] = match shell.as_str() {
        "sh" => &["sh", "-e", file],
        "bash" => &["bash", "--noprofile", "--norc", "-eo", "pipefail", file],
        other => panic!("the shell {other:?}"),
    };
    let directory =
        step.get("working-directory").map_or(running.workspace.clone(), |at| running.workspace.join(text(at)));
    running.run(program, &directory, environment).success
}

fn action(
    around: &Surroundings<'_>,
    running: &mut Job,
    uses: &str,
    with: &[(String, String)],
    environment: &[(String, String)],
) -> bool {
    let (action, commit) = uses.split_once('@').expect("an action is pinned");
    assert!(stackgate::plan::is_commit(commit), "{uses} is not pinned to a commit");
    let input = |name: &str| with.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let emulated = match action {
        "actions/checkout" => {
            assert_eq!(input("persist-credentials"), Some("false"), "the checkout leaves its token behind");
            let depth = input("fetch-depth").map_or(1, |depth| depth.parse().unwrap());
            around.repository.check_out(&running.workspace, around.event.commit, Some(depth));
            return true;
        }
        "actions/setup-node"
        | "actions/setup-python"
        | "actions/setup-go"
        | "actions/setup-dotnet"
        | "actions/setup-java" => return true,
        "pulumi/auth-actions" => include_str!("stand-ins/auth-actions.sh"),
        "pulumi/actions" => include_str!("stand-ins/actions.sh"),
        other => panic!("the action {other} is not known here"),
    };
    let file = running.temp.join("_runner/action.sh");
    fs::write(&file, emulated).unwrap();
    let mut environment = environment.to_vec();
    environment.extend(with.iter().map(|(name, value)| (format!("INPUT_{}", name.to_uppercase()), value.clone())));
    running.run(&["bash", file.to_str().unwrap()], &running.workspace.clone(), &environment).success
}

/// `NAME=VALUE` lines of a file that a step wrote to.
fn lines(file: &std::path::Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap();
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.lines().map(|line| pair(line).unwrap_or_else(|| panic!("a line that is no pair"))).collect()
}

/// The contexts.
struct Names<'a> {
    around: &'a Surroundings<'a>,
    job: Option<&'a Job>,
    needs: &'a [&'a Done],
    steps: &'a [(String, String)],
    failed: bool,
}

impl Names<'_> {
    /// Whether an `if` holds; without a function of its own it asks for success first.
    fn holds_if(&self, condition: &Value) -> bool {
        let condition = if condition.is_null() { "success()".to_owned() } else { text(condition) };
        let condition = condition.trim().trim_start_matches("${{").trim_end_matches("}}").trim().to_owned();
        let own = ["success()", "always()", "failure()", "cancelled()"].iter().any(|name| condition.contains(name));
        let condition = if own { condition } else { format!("success() && ({condition})") };
        expression::evaluate(&condition, self).truth()
    }

    /// The text with each `${{ }}` replaced by its value.
    fn fill(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (inner, after) = rest.split_once("}}").expect("an expression ends");
        format!("{before}{}{}", expression::evaluate(inner.trim(), self).text(), self.fill(after))
    }
}

impl Facts for Names<'_> {
    const CASE: bool = false;

    fn value(&self, name: &str) -> expression::Value {
        let folder = self.job.map(|job| job.temp.display().to_string());
        match name {
            "runner.temp" => folder.as_deref().into(),
            // GitHub's own token; it is watched like every other.
            "github.token" => Some(self.around.world.bearer().as_str()).into(),
            "needs.*.result" => {
                let word = |fate| match fate {
                    Fate::Succeeded => "success",
                    Fate::Failed => "failure",
                    Fate::Skipped => "skipped",
                };
                expression::Value::List(self.needs.iter().map(|need| word(need.fate).to_owned()).collect())
            }
            _ => {
                if let Some((need, output)) = name.strip_prefix("needs.").and_then(|rest| rest.split_once(".outputs."))
                {
                    let need = self.needs.iter().find(|done| done.name == need).unwrap_or_else(|| panic!("{name}"));
                    return need.outputs.iter().find(|(key, _)| key == output).map(|(_, value)| value.as_str()).into();
                }
                if let Some(rest) = name.strip_prefix("steps.") {
                    let key = rest.replace(".outputs.", ".");
                    return self.steps.iter().find(|(step, _)| *step == key).map(|(_, value)| value.as_str()).into();
                }
                self.around.event.fact(name).into()
            }
        }
    }

    fn call(&self, name: &str, arguments: &[expression::Value]) -> expression::Value {
        let failed = self.failed || self.needs.iter().any(|need| need.fate != Fate::Succeeded) && self.job.is_none();
        match (name, arguments) {
            ("success", []) => expression::Value::Bool(!failed),
            ("always", []) => expression::Value::Bool(true),
            ("contains", [text, part]) => expression::Value::Bool(self.holds(text, part)),
            ("join", [expression::Value::List(texts), by]) => expression::Value::Text(texts.join(&by.text())),
            _ => panic!("the function {name} is not known here"),
        }
    }
}
