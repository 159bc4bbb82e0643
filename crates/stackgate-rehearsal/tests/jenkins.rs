//! Every rendered Jenkinsfile, built: from each start that Jenkins knows, and with each fault of `scenarios/jenkins.yaml`.
//!
//! What must hold: exactly the planned stages run, in order, each with the token that the plan gives it and nothing of it
//! left; a start that may mint nothing takes not even an agent. Containers, time limits and other builds are not played.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use serde_yaml::Value;
use stackgate::plan::{Action, Stage, Tier, Trigger, When};
use stackgate_rehearsal::jenkins::{Answer, Event, Harness, Request};
use stackgate_rehearsal::render::Rendered;
use stackgate_rehearsal::repository::Commit;
use stackgate_rehearsal::{Answers, Call, Identity, Rehearsed, Repository, World, leaks, render};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenarios {
    starts: Vec<Start>,
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    start: String,
    runs: Option<String>,
    commit: String,
    environment: BTreeMap<String, String>,
    causes: Vec<String>,
    #[serde(default)]
    denied: bool,
    approver: Option<String>,
    #[serde(default)]
    untouched: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    fault: String,
    #[serde(default)]
    answers: Answers,
    #[serde(default)]
    machine: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    token: Option<String>,
    at: String,
    says: String,
    #[serde(default)]
    reached: bool,
}

/// A spec in its world, and the option of Jenkins that says which file a stage goes into.
struct Scene {
    world: World,
    rehearsed: Rehearsed,
    same_job: bool,
    production: String,
}

/// What one entry of a Jenkinsfile should be.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Stage(&'a Stage),
    Plain(&'a str, Trigger),
}

fn scenarios(branch: &str) -> Scenarios {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/jenkins.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap().replace("@branch@", branch)).unwrap()
}

/// Every example and case that renders a Jenkinsfile.
fn specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["examples", "snapshots/cases"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let specs = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let jenkins = |spec: &PathBuf| {
        std::fs::read_to_string(spec.join("stackgate.yaml")).is_ok_and(|text| text.contains("jenkins:"))
    };
    let mut specs: Vec<PathBuf> = specs.filter(jenkins).collect();
    specs.sort();
    assert!(specs.len() >= 5, "{specs:?}");
    specs
}

impl Scene {
    fn new(spec: &Path, answers: Answers) -> Scene {
        let world = World::new(answers);
        let rehearsed = render(&world, spec);
        let text = std::fs::read_to_string(spec.join("stackgate.yaml")).unwrap();
        let options = serde_yaml::from_str::<Value>(&text).unwrap()["providers"]["jenkins"].clone();
        let production = options["production_path"].as_str().unwrap_or("Jenkinsfile.production").to_owned();
        Scene { world, rehearsed, same_job: options["production"] == "same-job", production }
    }

    /// What a build of that file runs, in order.
    fn expected(&self, file: &Rendered, start: &Start) -> Vec<Entry<'_>> {
        let trigger = match start.runs.as_deref() {
            Some("push") => Trigger::Push,
            Some("change-request") => Trigger::ChangeRequest,
            None => return Vec::new(),
            Some(other) => panic!("{other}"),
        };
        let plan = &self.rehearsed.plan;
        let apart = |stage: &&Stage| trigger == Trigger::Push && stage.tier == Tier::Production && !self.same_job;
        let here = |stage: &&Stage| stage.trigger == trigger && apart(stage) == (file.path == self.production);
        let mut stages: Vec<&Stage> = plan.stages_of("jenkins").filter(here).collect();
        if stages.is_empty() {
            return Vec::new();
        }
        let plain = |when| {
            let jobs = plan.jobs_of("jenkins", trigger).filter(move |job| job.when == when);
            jobs.map(move |job| Entry::Plain(&job.id, trigger))
        };
        let gate = stages.iter().position(|stage| stage.gate.is_some()).filter(|_| start.denied);
        stages.truncate(gate.unwrap_or(stages.len()));
        let after = plain(When::After).filter(|_| gate.is_none());
        plain(When::Before).chain(stages.into_iter().map(Entry::Stage)).chain(after).collect()
    }

    fn agents(&self) -> PathBuf {
        self.world.folder().join("agents")
    }

    fn request(&self, file: &Rendered, start: &Start, checkout: &Path) -> Request {
        let path = self.world.folder().join("repository").join(&file.path);
        let home = self.world.folder().join("agents/home");
        std::fs::create_dir_all(&home).unwrap();
        let mut machine: BTreeMap<String, String> = self.world.variables().into_iter().collect();
        machine.insert("HOME".into(), home.display().to_string());
        Request {
            file: path,
            folder: self.agents(),
            repository: checkout.into(),
            environment: start.environment.clone(),
            machine,
            causes: start.causes.clone(),
            denied: start.denied && start.approver.is_none(),
            approver: start.approver.clone(),
            ask: true,
        }
    }

    /// The token that the oidc-provider plugin binds: by default it says the address of the branch's job.
    fn mint(&self, credential: &str, start: &Start) -> String {
        let branch = start.environment.get("BRANCH_NAME").cloned().unwrap_or_default();
        let subject = format!("https://jenkins.example.com/job/{credential}/job/{branch}/");
        let identity = Identity::new("https://jenkins.example.com/oidc", json!({"sub": subject, "build_number": 1}));
        let audience = format!("urn:pulumi:org:{}", self.rehearsed.plan.organization);
        self.world.mint(&identity.fixed(&audience), &audience)
    }
}

fn check_out(scene: &Scene, start: &Start, files: &BTreeMap<String, String>) -> PathBuf {
    let added: Vec<(String, String)> = files.clone().into_iter().collect();
    let repository = Repository::new(&scene.world, &scene.rehearsed, &added);
    let commit = match start.commit.as_str() {
        "main" => Commit::Main,
        "change" => Commit::Change,
        "merge" => Commit::Merge,
        "merge-elsewhere" => Commit::MergeElsewhere,
        other => panic!("{other}"),
    };
    let checkout = scene.world.folder().join("checkout");
    repository.check_out(&checkout, commit, None);
    checkout
}

#[test]
fn every_start_runs_exactly_what_the_plan_says() {
    let Some(mut harness) = Harness::start() else { return };
    for spec in specs() {
        // Whatever may run nothing shares one world, in which nothing may happen.
        let idle = Scene::new(&spec, Answers::default());
        let (running, resting): (Vec<Start>, Vec<Start>) =
            scenarios(&idle.rehearsed.plan.branch).starts.into_iter().partition(|start| start.runs.is_some());
        for start in &running {
            let scene = Scene::new(&spec, Answers::default());
            let expected = build(&mut harness, &scene, start, &check_out(&scene, start, &BTreeMap::new()));
            judge_world(&scene, &expected, start, &format!("{}: {}", spec.display(), start.start));
        }
        let checkout = check_out(&idle, &resting[0], &BTreeMap::new());
        for start in &resting {
            let expected = build(&mut harness, &idle, start, &checkout);
            judge_world(&idle, &expected, start, &format!("{}: {}", spec.display(), start.start));
        }
    }
}

/// Builds every Jenkinsfile, and says what should have run.
fn build<'a>(harness: &mut Harness, scene: &'a Scene, start: &Start, checkout: &Path) -> Vec<Entry<'a>> {
    let mut expected = Vec::new();
    for file in scene.rehearsed.of("jenkins") {
        let place = format!("{}: {}: {}", scene.rehearsed.folder.display(), file.path, start.start);
        let watch = scene.world.watch();
        let request = scene.request(file, start, checkout);
        let answer = harness.build(&request, |credential| Some(scene.mint(credential, start)));
        assert_eq!(watch.end(), [""; 0], "{place}");
        let entries = scene.expected(file, start);
        judge(scene, &answer, &entries, start, &place);
        expected.extend(entries);
    }
    expected
}

/// What the build says of itself.
fn judge(scene: &Scene, answer: &Answer, entries: &[Entry<'_>], start: &Start, place: &str) {
    let events = |name: &str| answer.trace.iter().filter(|event| event.event == name).collect::<Vec<_>>();
    let asked = !events("input").is_empty();
    let result = if start.denied && asked { "ABORTED" } else { "SUCCESS" };
    assert_eq!(answer.result, result, "{place}: {}\n{:#?}", answer.raw, answer.trace);
    let ran = answer.trace.iter().filter(|event| event.is("stage", "begun"));
    let ran: Vec<&str> = ran.map(|event| event.stage.as_deref().unwrap()).collect();
    assert_eq!(ran, names(entries, start.untouched), "{place}");
    let agents = answer.trace.iter().filter(|event| event.is("agent", "begun"));
    assert_eq!(agents.count(), entries.len(), "{place}: an agent was taken for nothing");
    for entry in entries {
        let Entry::Stage(stage) = entry else { continue };
        let own: Vec<&Event> =
            answer.trace.iter().filter(|event| event.stage.as_deref().is_some_and(|name| of(name, stage))).collect();
        judge_stage(stage, &own, start, place);
    }
    let inputs = events("input");
    assert!(inputs.iter().all(|event| event.agent.is_none()), "{place}: an agent is held while somebody thinks");
    let gates = entries.iter().filter(|entry| matches!(entry, Entry::Stage(stage) if stage.gate.is_some()));
    assert_eq!(inputs.len(), gates.count() + usize::from(start.denied && asked), "{place}");
    assert_eq!(leaks::in_text(&answer.raw, &scene.world.secrets()), [""; 0], "{place}");
}

/// Whether an event of that name belongs to a stage of the plan: a filtered preview has two stages of its own.
fn of(name: &str, stage: &Stage) -> bool {
    name.strip_prefix(stage.id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
}

fn names(entries: &[Entry<'_>], untouched: bool) -> Vec<String> {
    let mut names = Vec::new();
    for entry in entries {
        match entry {
            Entry::Plain(id, Trigger::Push) => names.push(format!("{id} on a push")),
            Entry::Plain(id, Trigger::ChangeRequest) => names.push(format!("{id} on a change request")),
            Entry::Stage(stage) => {
                names.push(stage.id.clone());
                if filtered(stage) {
                    names.push(format!("{}: check out", stage.id));
                    names.extend((!untouched).then(|| format!("{}: preview", stage.id)));
                }
            }
        }
    }
    names
}

fn filtered(stage: &Stage) -> bool {
    stage.trigger == Trigger::ChangeRequest && !stage.paths.is_empty()
}

/// Whether a stage comes so far as to mint.
fn mints(stage: &Stage, start: &Start) -> bool {
    !(start.untouched && filtered(stage))
}

fn judge_stage(stage: &Stage, own: &[&Event], start: &Start, place: &str) {
    let place = format!("{place}: {}: {own:#?}", stage.id);
    let at = |found: &dyn Fn(&Event) -> bool| own.iter().position(|event| found(event));
    let agent = own[at(&|event| event.is("agent", "begun")).unwrap()];
    if agent.text("kind") == "docker" {
        assert_eq!(agent.text("image"), stage.runtime.image.as_ref().unwrap().pinned(), "{place}");
    }
    let credentials = own.iter().filter(|event| event.event == "credential").count();
    assert_eq!(credentials, usize::from(mints(stage, start)), "{place}");
    if !mints(stage, start) {
        return;
    }
    let script = |label: &str| at(&|event: &Event| event.event == "sh" && event.text("label") == label).unwrap();
    let credential = at(&|event| event.event == "credential").unwrap();
    assert!(script("Guard the token") < credential, "{place}");
    assert_eq!(script("Log in to Pulumi Cloud"), credential + 1, "{place}");
    let run = script(if stage.action == Action::Deploy { "Deploy" } else { "Preview" });
    assert_eq!(run, credential + 2, "{place}: something runs between the login and Pulumi");
    let lock = (at(&|event| event.is("lock", "begun")), at(&|event| event.is("lock", "ended")));
    match (stage.action, lock) {
        (Action::Deploy, (Some(begun), Some(ended))) => {
            assert!(begun < credential && run < ended, "{place}: the lock is not held");
            assert!(at(&|event| event.event == "milestone").is_some_and(|at| begun < at && at < credential), "{place}");
            assert_eq!(own[begun].text("resource"), format!("pulumi/{}", stage.lock.as_ref().unwrap()), "{place}");
            assert_eq!(own[begun].agent.is_some(), own[run].agent.is_some(), "{place}");
        }
        (Action::Preview, (None, None)) => (),
        other => panic!("{place}: {other:?}"),
    }
}

/// What the world saw.
fn judge_world(scene: &Scene, expected: &[Entry<'_>], start: &Start, place: &str) {
    let world = &scene.world;
    let stages = expected.iter().filter_map(|entry| match entry {
        Entry::Stage(stage) if mints(stage, start) => Some(*stage),
        _ => None,
    });
    let stages: Vec<&Stage> = stages.collect();
    let plan = &scene.rehearsed.plan;
    let exchanges = world.exchanges();
    let got: Vec<_> =
        exchanges.iter().map(|one| (&*one.organization, &*one.team, one.seconds, &*one.cloud_url)).collect();
    let wanted: Vec<_> = stages
        .iter()
        .map(|stage| (&*plan.organization, &*stage.token.team, stage.token.lifetime_seconds, &*plan.cloud_url))
        .collect();
    assert_eq!(got, wanted, "{place}");
    assert_eq!(world.minted(), stages.len(), "{place}");
    assert_eq!(world.trapped(), [""; 0], "{place}");
    let calls = world.calls();
    let commands: Vec<&str> = calls.iter().map(Call::command).collect();
    let one = |stage: &&Stage| match stage.action {
        Action::Deploy => ["version", "install", "login", "up"],
        Action::Preview => ["version", "install", "login", "preview"],
    };
    assert_eq!(commands, stages.iter().flat_map(one).collect::<Vec<_>>(), "{place}");
    for (stage, calls) in stages.iter().zip(calls.chunks(4)) {
        judge_calls(scene, stage, calls, &format!("{place}: {}", stage.id));
    }
    let before = |call: &Call| {
        call.variable("STACKGATE_ID_TOKEN_FILE").is_none() && call.variable("PULUMI_ACCESS_TOKEN").is_none()
    };
    assert!(world.tools().iter().all(before), "{place}: a token beside the dependencies");
    assert!(!stages.is_empty() || world.requests().is_empty(), "{place}: {:?}", world.requests());
    assert_eq!(remains(&scene.agents()), [""; 0], "{place}: something outlives the build");
}

fn judge_calls(scene: &Scene, stage: &Stage, calls: &[Call], place: &str) {
    let [_, install, login, run] = calls else { panic!("{place}: {calls:?}") };
    assert_eq!(login.arguments[1], scene.rehearsed.plan.cloud_url, "{place}");
    let seconds = format!("{}s", stage.token.lifetime_seconds);
    for (flag, value) in [
        ("--oidc-org", scene.rehearsed.plan.organization.as_str()),
        ("--oidc-team", &stage.token.team),
        ("--oidc-expiration", &seconds),
    ] {
        assert_eq!(login.flag(flag), Some(value), "{place}");
    }
    assert_eq!(run.flag("--stack"), Some(&*stage.qualified(&scene.rehearsed.plan.organization)), "{place}");
    for call in [install, run] {
        let directory = if stage.directory == "." { "job".to_owned() } else { format!("job/{}", stage.directory) };
        assert!(call.directory.ends_with(&directory), "{place}: {}", call.directory.display());
        assert_eq!(call.variable("STACKGATE_ID_TOKEN_FILE"), None, "{place}");
    }
    assert_eq!((install.mode.as_deref(), run.mode.as_deref()), (None, Some("600")), "{place}");
    let exposed = calls.iter().find(|call| !call.exposed.is_empty() || call.variable("PULUMI_ACCESS_TOKEN").is_some());
    assert!(exposed.is_none(), "{place}: a token is seen while pulumi runs");
}

/// The files below a folder.
fn remains(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(remains(&entry.path())),
            false => found.push(entry.path().display().to_string()),
        }
    }
    found
}

#[test]
fn every_fault_stops_the_build_with_its_reason() {
    let Some(mut harness) = Harness::start() else { return };
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/jenkins");
    let Scenarios { starts, faults } = scenarios("main");
    let starts: Vec<Start> = starts
        .into_iter()
        .filter(|start| {
            start.runs.is_some() && !start.denied && !start.untouched && start.causes == ["BranchEventCause"]
        })
        .collect();
    for fault in faults {
        for start in &starts {
            let scene = Scene::new(&spec, fault.answers.clone());
            let checkout = check_out(&scene, start, &fault.files);
            for file in scene.rehearsed.of("jenkins") {
                let Some(Entry::Stage(first)) = scene.expected(file, start).first().copied() else { continue };
                let before = scene.world.calls().len();
                let mut request = scene.request(file, start, &checkout);
                request.machine.extend(fault.machine.clone());
                let answer = harness.build(&request, |credential| {
                    Some(fault.token.clone().unwrap_or_else(|| scene.mint(credential, start)))
                });
                let place = format!("{}: {}: {}: {}", fault.fault, file.path, start.start, answer.raw);
                judge_fault(&scene, &fault, first, &answer, &place);
                let ups = scene.world.calls().split_off(before);
                let ups = ups.iter().filter(|call| ["up", "preview"].contains(&call.command())).count();
                assert_eq!(ups, usize::from(fault.reached), "{place}");
            }
        }
    }
}

fn judge_fault(scene: &Scene, fault: &Fault, first: &Stage, answer: &Answer, place: &str) {
    assert_eq!(answer.result, "FAILURE", "{place}");
    assert!(answer.raw.contains(&fault.says), "{place}");
    let failed = answer.trace.iter().filter(|event| event.more.get("status").is_some_and(|status| status != 0));
    let failed: Vec<&str> = failed.map(|event| event.text("label")).collect();
    let at = if fault.at == "Deploy" && first.action == Action::Preview { "Preview" } else { &fault.at };
    assert_eq!(failed, [at], "{place}");
    let scripts = answer.trace.iter().filter(|event| event.event == "sh").map(|event| event.text("label"));
    let rest: Vec<&str> = scripts.skip_while(|label| *label != at).skip(1).collect();
    assert_eq!(rest, ["Clean up"], "{place}");
    let begun = answer.trace.iter().filter(|event| event.is("agent", "begun")).count();
    assert_eq!(begun, 1, "{place}: another stage runs");
    let minted = answer.trace.iter().any(|event| event.event == "credential");
    assert_eq!(minted, ["Log in to Pulumi Cloud", "Deploy"].contains(&fault.at.as_str()), "{place}");
    let mut secrets = scene.world.secrets();
    secrets.extend(fault.machine.get("PULUMI_ACCESS_TOKEN").cloned());
    assert_eq!(leaks::in_text(&answer.raw, &secrets), [""; 0], "{place}");
    assert_eq!(remains(&scene.agents()), [""; 0], "{place}");
}
