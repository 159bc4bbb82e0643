//! Holds a build on Jenkins against the plan: its trace, and what the world saw of it.
//!
//! What must hold: the lock and the approval are judged by what was held when, not by what the file says.

use std::path::Path;

use stackgate::plan::{Action, Execution, Stage, Trigger};

use super::{Answer, Entry, Noted, Scene};
use crate::leaks;
use crate::scenario::{Event, Fault};
use crate::stand_ins::Call;

/// What the build says of itself.
pub fn build(scene: &Scene, answer: &Answer, entries: &[Entry<'_>], event: &Event, place: &str) {
    let events = |name: &str| answer.trace.iter().filter(|noted| noted.event == name).collect::<Vec<_>>();
    let asked = !events("input").is_empty();
    let result = if event.denied && asked { "ABORTED" } else { "SUCCESS" };
    assert_eq!(answer.result, result, "{place}: {}\n{:#?}", answer.raw, answer.trace);
    let ran = answer.trace.iter().filter(|noted| noted.is("stage", "begun"));
    let ran: Vec<&str> = ran.map(|noted| noted.stage.as_deref().unwrap()).collect();
    assert_eq!(ran, names(entries, event.untouched()), "{place}");
    let agents = answer.trace.iter().filter(|noted| noted.is("agent", "begun"));
    assert_eq!(agents.count(), entries.len(), "{place}: an agent was taken for nothing");
    for entry in entries {
        let Entry::Stage(stage) = entry else { continue };
        let own: Vec<&Noted> =
            answer.trace.iter().filter(|noted| noted.stage.as_deref().is_some_and(|name| of(name, stage))).collect();
        judge_stage(stage, &own, event, place);
    }
    let inputs = events("input");
    assert!(inputs.iter().all(|noted| noted.agent.is_none()), "{place}: an agent is held while somebody thinks");
    let gates = entries.iter().filter(|entry| matches!(entry, Entry::Stage(stage) if stage.gate.is_some()));
    assert_eq!(inputs.len(), gates.count() + usize::from(event.denied && asked), "{place}");
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
            Entry::Plain(id, Trigger::Push | Trigger::Schedule) => names.push(format!("{id} on a push")),
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
fn mints(stage: &Stage, event: &Event) -> bool {
    !(event.untouched() && filtered(stage))
}

fn judge_stage(stage: &Stage, own: &[&Noted], event: &Event, place: &str) {
    let place = format!("{place}: {}: {own:#?}", stage.id);
    let at = |found: &dyn Fn(&Noted) -> bool| own.iter().position(|event| found(event));
    let agent = own[at(&|noted| noted.is("agent", "begun")).unwrap()];
    if agent.text("kind") == "docker" {
        assert_eq!(agent.text("image"), stage.runtime.image.as_ref().unwrap().pinned(), "{place}");
    }
    let credentials = own.iter().filter(|noted| noted.event == "credential").count();
    assert_eq!(credentials, usize::from(mints(stage, event)), "{place}");
    if !mints(stage, event) {
        return;
    }
    let script = |label: &str| at(&|noted: &Noted| noted.event == "sh" && noted.text("label") == label).unwrap();
    let credential = at(&|noted| noted.event == "credential").unwrap();
    assert!(script("Guard the token") < credential, "{place}");
    assert_eq!(script("Log in to Pulumi Cloud"), credential + 1, "{place}");
    let run = script(match (stage.action, stage.execution == Execution::Cli) {
        (Action::Deploy, true) => "Deploy",
        (Action::Deploy, false) => "Start the deployment and wait for it",
        (Action::Preview | Action::Audit, _) => "Preview",
    });
    assert_eq!(run, credential + 2, "{place}: something runs between the login and Pulumi");
    let lock = (at(&|noted| noted.is("lock", "begun")), at(&|noted| noted.is("lock", "ended")));
    match (stage.action, lock) {
        (Action::Deploy, (Some(begun), Some(ended))) => {
            assert!(begun < credential && run < ended, "{place}: the lock is not held");
            assert!(at(&|noted| noted.event == "milestone").is_some_and(|at| begun < at && at < credential), "{place}");
            assert_eq!(own[begun].text("resource"), format!("pulumi/{}", stage.lock.as_ref().unwrap()), "{place}");
            assert_eq!(own[begun].agent.is_some(), own[run].agent.is_some(), "{place}");
        }
        (Action::Preview, (None, None)) => (),
        other => panic!("{place}: {other:?}"),
    }
}

/// What the world saw.
pub fn world(scene: &Scene, expected: &[Entry<'_>], event: &Event, place: &str) {
    let world = &scene.world;
    let stages = expected.iter().filter_map(|entry| match entry {
        Entry::Stage(stage) if mints(stage, event) => Some(*stage),
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
        Action::Deploy if stage.execution != Execution::Cli => ["version", "login", "api", "api"],
        Action::Deploy => ["version", "install", "login", "up"],
        Action::Preview | Action::Audit => ["version", "install", "login", "preview"],
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
    if let (true, [_, login, start, _]) = (stage.execution != Execution::Cli, calls) {
        let path = format!("/api/stacks/{}/deployments", stage.qualified(&scene.rehearsed.plan.organization));
        assert_eq!(login.flag("--oidc-team"), Some(&*stage.token.team), "{place}");
        assert_eq!((start.does(), start.arguments.get(1)), ("up", Some(&path)), "{place}");
        return;
    }
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

/// What the build says of a fault that its stage `at` meets, which is the last of `ran`.
pub fn fault(scene: &Scene, fault: &Fault, ran: &[Entry<'_>], answer: &Answer, place: &str) {
    assert_eq!(answer.result, "FAILURE", "{place}");
    let says = fault.says_on.get("jenkins").unwrap_or(&fault.says);
    let told = answer.raw.contains(says.as_str()) || answer.trace.iter().any(|noted| noted.text("why").contains(says));
    assert!(told, "{place}: it does not say {says:?}");
    let begun = answer.trace.iter().filter(|noted| noted.is("agent", "begun")).count();
    assert_eq!(begun, ran.len(), "{place}: another stage runs");
    // Whatever stopped the stage, only the clean-up runs behind it.
    let stopped = answer.trace.iter().position(|noted| noted.event == "stopped").unwrap();
    let scripts = answer.trace.iter().skip(stopped).filter(|noted| noted.event == "sh");
    let rest: Vec<&str> = scripts.map(|noted| noted.text("label")).collect();
    assert_eq!(rest, ["Clean up"], "{place}");
    let mut secrets = scene.world.secrets();
    secrets.extend(fault.variables.get("PULUMI_ACCESS_TOKEN").cloned());
    assert_eq!(leaks::in_text(&answer.raw, &secrets), [""; 0], "{place}");
    assert_eq!(remains(&scene.agents()), [""; 0], "{place}");
}
