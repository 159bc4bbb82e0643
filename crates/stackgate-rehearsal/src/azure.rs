//! Runs a pipeline as Azure Pipelines does: stages by `dependsOn` and `condition`, jobs, steps, macros, output variables.
//!
//! What must hold: every file runs on every event, whatever its own triggers say, since a branch policy, a schedule or a
//! person may start any of them; so the conditions and the scripts alone decide. Every run can ask for its own token: what
//! Azure does for forks is not documented. A service connection's is given to a stage that names it, as Azure does.

use std::fs;

use serde_json::json;
use serde_yaml::Value;

use crate::expression::{self, Facts};
use crate::hosts::Grant;
use crate::issuer::Identity;
use crate::job::Job;
use crate::run::{Fate, JobRun, Surroundings, known, pairs, text, texts};
use crate::scenario::Runs;

/// The issuer of a run's own token, and of a connection's. The identifiers are made up.
const RUN_ISSUER: &str = "https://vstoken.dev.azure.com/00000000-0000-4000-8000-000000000001";
const CONNECTION_ISSUER: &str = "https://login.microsoftonline.com/00000000-0000-4000-8000-000000000002/v2.0";

/// The audiences, which Azure fixes.
const RUN_AUDIENCE: &str = "api://AzureADTokenExchange";
const CONNECTION_AUDIENCE: &str = "fb60f99c-7a34-4190-8149-302f77469936";

/// What a stage left for those that depend on it.
struct Done {
    name: String,
    fate: Fate,
    /// `dependencies.STAGE.outputs['JOB.STEP.VARIABLE']` by what is in the brackets.
    outputs: Vec<(String, String)>,
}

/// Runs every file.
pub fn run(around: &Surroundings<'_>) -> Vec<JobRun> {
    let mut runs = Vec::new();
    for artifact in around.rehearsed.of("azure") {
        let pipeline: Value = serde_yaml::from_str(&artifact.text).unwrap();
        let keys = ["appendCommitMessageToRunName", "trigger", "pr", "pool", "stages"];
        known(&artifact.path, &pipeline, &keys);
        let ran = stages(around, &artifact.path, &pipeline);
        let deploys = around.event.runs == Some(Runs::Push) && ran.iter().any(|run| run.fate != Fate::Skipped);
        assert!(!deploys || starts(around, &pipeline), "{}: a push does not start it", artifact.path);
        runs.extend(ran);
    }
    runs
}

/// Whether the file itself asks for a push to that branch.
fn starts(around: &Surroundings<'_>, pipeline: &Value) -> bool {
    let reference = around.event.fact("Build.SourceBranch").unwrap_or_default();
    let include = pipeline["trigger"].get("branches").map(|branches| texts(&branches["include"])).unwrap_or_default();
    reference.strip_prefix("refs/heads/").is_some_and(|branch| include.iter().any(|one| one == branch))
}

fn stages(around: &Surroundings<'_>, path: &str, pipeline: &Value) -> Vec<JobRun> {
    let mut waiting: Vec<&Value> = pipeline["stages"].as_sequence().unwrap().iter().collect();
    let (mut done, mut runs): (Vec<Done>, Vec<JobRun>) = (vec![], vec![]);
    while !waiting.is_empty() {
        let needs = |stage: &Value| {
            // Without `dependsOn` a stage waits for the one before it; no artifact relies on that.
            texts(stage.get("dependsOn").expect("a stage says what it depends on"))
        };
        let ready = |stage: &Value| needs(stage).iter().all(|need| done.iter().any(|done| done.name == *need));
        let at =
            waiting.iter().rposition(|stage| ready(stage)).unwrap_or_else(|| panic!("{path}: a stage never starts"));
        let stage = waiting.remove(at);
        known(path, stage, &["stage", "displayName", "dependsOn", "condition", "lockBehavior", "jobs"]);
        let name = text(&stage["stage"]);
        let needs: Vec<&Done> =
            needs(stage).iter().map(|need| done.iter().find(|done| done.name == *need).unwrap()).collect();
        let condition = stage.get("condition").map_or("succeeded()".to_owned(), text);
        let mut outputs = Vec::new();
        let run = if !expression::evaluate(&condition, &Names { around, needs: &needs }).truth() {
            JobRun::never(&name, Fate::Skipped)
        } else if around.denies(&name) {
            JobRun::never(&name, Fate::Failed)
        } else {
            let [job] = &stage["jobs"].as_sequence().unwrap()[..] else { panic!("{name} has one job") };
            around.job(&name, |running| steps(around, &name, job, running, &mut outputs))
        };
        done.push(Done { name, fate: run.fate, outputs });
        runs.push(run);
    }
    runs
}

fn steps(
    around: &Surroundings<'_>,
    stage: &str,
    job: &Value,
    running: &mut Job,
    outputs: &mut Vec<(String, String)>,
) -> bool {
    known(
        stage,
        job,
        &["job", "deployment", "timeoutInMinutes", "workspace", "environment", "strategy", "steps", "pool"],
    );
    let steps = job.get("steps").unwrap_or_else(|| &job["strategy"]["runOnce"]["deploy"]["steps"]);
    let name = job.get("job").or(job.get("deployment")).map(text).unwrap();
    let variables = variables(around, running);
    let steps = steps.as_sequence().unwrap_or_else(|| panic!("{stage} has no steps"));
    admit(around, stage, steps, &variables);
    let mut failed = false;
    for step in steps {
        let names = Step { failed };
        let condition = step.get("condition").map_or("succeeded()".to_owned(), text);
        if !expression::evaluate(&condition, &names).truth() {
            continue;
        }
        if step.get("checkout").is_some() {
            known("a checkout", step, &["checkout", "displayName", "clean", "fetchDepth", "persistCredentials"]);
            assert_eq!(text(&step["persistCredentials"]), "false", "the checkout leaves its token behind");
            let depth = text(&step["fetchDepth"]).parse().unwrap();
            around.repository.check_out(&running.workspace, around.event.commit, Some(depth));
            continue;
        }
        if let Some(task) = step.get("task") {
            let task = text(task);
            let known = ["UseNode@1", "UsePythonVersion@0", "GoTool@0", "UseDotNet@2", "JavaToolInstaller@1"];
            assert!(known.contains(&task.as_str()), "the task {task} is not known here");
            continue;
        }
        known("a step", step, &["bash", "displayName", "target", "env", "name", "workingDirectory", "condition"]);
        let printed = running.output().len();
        failed |= !bash(running, step, &variables);
        let id = format!("{name}.{}", step.get("name").map(text).unwrap_or_default());
        let settable = texts(&step["target"]["settableVariables"]);
        for (variable, value) in set_variables(&running.output()[printed..]) {
            assert!(settable.contains(&variable), "{stage} sets {variable}, which no step may");
            outputs.push((format!("{id}.{variable}"), value));
        }
    }
    !failed
}

/// The run's variables by the name that `$( )` and conditions use.
fn variables(around: &Surroundings<'_>, running: &Job) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        around.event.set().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let uri = "https://dev.azure.com/acme/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken";
    for (name, value) in [
        ("Agent.TempDirectory", running.temp.display().to_string()),
        ("Build.SourcesDirectory", running.workspace.display().to_string()),
        ("System.OidcRequestUri", uri.to_owned()),
        // Secret: it reaches a step only where `env` maps it.
        ("System.AccessToken", around.world.bearer()),
    ] {
        all.push((name.to_owned(), value));
    }
    all
}

/// Lets the run ask for its own token, and for that of each connection which a task of the stage names.
fn admit(around: &Surroundings<'_>, stage: &str, steps: &[Value], variables: &[(String, String)]) {
    if !around.event.tokens {
        return;
    }
    let bearer = &variables.iter().find(|(name, _)| name == "System.AccessToken").unwrap().1;
    let claims = json!({
        "sub": format!("p://acme/project/{stage}"),
        "rpo_ref": around.event.fact("Build.SourceBranch"),
    });
    let grant = |connection| Grant { bearer: bearer.clone(), connection };
    around.world.admit(grant(None), Identity::new(RUN_ISSUER, claims).fixed(RUN_AUDIENCE));
    let spec = fs::read_to_string(around.rehearsed.folder.join(stackgate::SPEC_NAME)).unwrap();
    let spec: Value = serde_yaml::from_str(&spec).unwrap();
    let options = &spec["providers"]["azure"];
    for step in steps {
        let Some(name) = step.get("inputs").and_then(|inputs| inputs.get("azureSubscription")).map(text) else {
            continue;
        };
        let connections = ["production_connection", "production_preview_connection"].map(|key| options.get(key));
        let connection = connections.into_iter().flatten().find(|connection| text(&connection["name"]) == name);
        let id = text(&connection.unwrap_or_else(|| panic!("the spec knows no connection {name}"))["id"]);
        let identity = Identity::new(CONNECTION_ISSUER, json!({"sub": format!("/eid1/c/pub/sc/{id}")}));
        around.world.admit(grant(Some(id)), identity.fixed(CONNECTION_AUDIENCE));
    }
}

fn bash(running: &mut Job, step: &Value, variables: &[(String, String)]) -> bool {
    let name = |name: &str| name.to_uppercase().replace(['.', ' '], "_");
    let open = variables.iter().filter(|(variable, _)| variable != "System.AccessToken");
    let mut environment: Vec<(String, String)> =
        open.map(|(variable, value)| (name(variable), value.clone())).collect();
    environment.extend(pairs(&step["env"]).into_iter().map(|(name, value)| (name, fill(&value, variables))));
    let file = running.temp.join("step.sh");
    fs::write(&file, fill(&text(&step["bash"]), variables)).unwrap();
    let at = step.get("workingDirectory").map_or(running.workspace.clone(), |at| running.workspace.join(text(at)));
    let ok = running.run(&["bash", "--noprofile", "--norc", file.to_str().unwrap()], &at, &environment).success;
    fs::remove_file(file).unwrap();
    ok
}

/// The text with each `$(NAME)` of a variable replaced by its value; others stay.
fn fill(text: &str, variables: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("$({name})"), value);
    }
    text
}

/// The variables that a step's output asks to set.
fn set_variables(output: &str) -> Vec<(String, String)> {
    let command = |line: &str| {
        let (head, value) = line.strip_prefix("##vso[task.setvariable ")?.split_once(']')?;
        let name = head.split(';').find_map(|part| part.strip_prefix("variable="))?;
        assert!(head.split(';').any(|part| part == "isOutput=true"), "{name} would be a variable of the job");
        Some((name.to_owned(), value.to_owned()))
    };
    output.lines().filter_map(command).collect()
}

/// What a stage's condition can look at.
struct Names<'a> {
    around: &'a Surroundings<'a>,
    needs: &'a [&'a Done],
}

impl Facts for Names<'_> {
    const CASE: bool = false;

    fn value(&self, name: &str) -> expression::Value {
        let bracket = |prefix: &str| name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']'));
        if let Some(variable) = bracket("variables[") {
            return self.around.event.fact(variable).into();
        }
        let (stage, output) = bracket("dependencies.")
            .and_then(|rest| rest.split_once(".outputs["))
            .unwrap_or_else(|| panic!("{name} is not known here"));
        // A stage sees those that it depends on, and no other.
        let need = self.needs.iter().find(|done| done.name == stage).unwrap_or_else(|| panic!("{name} is not needed"));
        need.outputs.iter().find(|(key, _)| key == output).map(|(_, value)| value.as_str()).into()
    }

    fn call(&self, name: &str, arguments: &[expression::Value]) -> expression::Value {
        let succeeded = self.needs.iter().all(|need| need.fate == Fate::Succeeded);
        expression::Value::Bool(match (name, arguments) {
            ("succeeded", []) => succeeded,
            ("always", []) => true,
            ("and", all) => all.iter().all(expression::Value::truth),
            ("eq", [left, right]) => self.same(left, right),
            ("in", [one, rest @ ..]) => rest.iter().any(|other| self.same(one, other)),
            ("contains", [text, part]) => self.holds(text, part),
            _ => panic!("the function {name} is not known here"),
        })
    }
}

/// What a step's condition can look at.
struct Step {
    failed: bool,
}

impl Facts for Step {
    const CASE: bool = false;

    fn value(&self, name: &str) -> expression::Value {
        panic!("{name} is not known here")
    }

    fn call(&self, name: &str, arguments: &[expression::Value]) -> expression::Value {
        match (name, arguments) {
            ("succeeded", []) => expression::Value::Bool(!self.failed),
            ("always", []) => expression::Value::Bool(true),
            _ => panic!("the function {name} is not known here"),
        }
    }
}
