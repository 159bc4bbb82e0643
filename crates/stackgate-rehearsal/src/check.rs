//! Holds what jobs did against the plan.
//!
//! What must hold: nothing is judged by an artifact's own words: which stages an event runs, with which team, lifetime,
//! address and stack, is what the plan says, and what happened is what the world recorded. All that is wrong is collected.

use std::path::Path;

use stackgate::plan::{Action, Execution, Gate, Plan, Stage};

use crate::hosts::Answers;
use crate::repository::Repository;
use crate::run::{Fate, JobRun, Surroundings};
use crate::scenario::{Event, Fault};
use crate::{Rehearsed, World, render};

/// Runs the pipelines of one CI system.
pub type Runner = fn(&Surroundings<'_>) -> Vec<JobRun>;

/// What was run and checked, for the table that `cargo xtask rehearse` prints.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Artifacts.
    pub artifacts: usize,
    /// Jobs that ran.
    pub jobs: usize,
    /// Exchanges that were checked.
    pub exchanges: usize,
    /// Faults that were tried.
    pub faults: usize,
}

impl Tally {
    /// Counts what another counted too.
    pub fn add(&mut self, other: &Tally) {
        self.artifacts += other.artifacts;
        self.jobs += other.jobs;
        self.exchanges += other.exchanges;
        self.faults += other.faults;
    }

    fn count(&mut self, runs: &[JobRun]) {
        self.jobs += runs.iter().filter(|run| !run.output.is_empty()).count();
        self.exchanges += runs.iter().map(|run| run.exchanges.len()).sum::<usize>();
    }

    /// One line that the table is made of.
    #[allow(clippy::print_stdout, reason = "a test has no other way to tell `cargo xtask rehearse`")]
    pub fn print(&self, provider: &str) {
        let Tally { artifacts, jobs, exchanges, faults } = self;
        println!("rehearsed: {provider} {artifacts} {jobs} {exchanges} {faults}");
    }
}

/// Where the scenarios of one spec play on one system, one after the other.
pub struct Scene {
    provider: &'static str,
    run: Runner,
    world: World,
    /// The spec, its plan, and what it renders to.
    pub rehearsed: Rehearsed,
    repository: Repository,
}

impl Scene {
    /// Renders the spec in a folder for a world of its own.
    pub fn new(provider: &'static str, run: Runner, folder: &Path) -> Scene {
        Scene::changed(provider, run, folder, |_| ())
    }

    /// The same with artifacts that somebody changed: a planted defect, which the rehearsal must find.
    pub fn changed(provider: &'static str, run: Runner, folder: &Path, change: impl FnOnce(&mut Rehearsed)) -> Scene {
        let world = World::new(Answers::default());
        let mut rehearsed = render(&world, folder);
        change(&mut rehearsed);
        let repository = Repository::new(&world, &rehearsed, &[]);
        Scene { provider, run, world, rehearsed, repository }
    }
}

/// Runs an event; what is wrong, and the order in which stages ran.
pub fn event(scene: &Scene, event: &Event, tally: &mut Tally) -> (Vec<String>, Vec<String>) {
    let Scene { provider, run, world, rehearsed, repository } = scene;
    world.begin(Answers::default());
    let around = Surroundings { world, rehearsed, repository, event, variables: vec![] };
    let runs = run(&around);
    tally.count(&runs);
    let mut wrong = Vec::new();
    let expected = expected(&rehearsed.plan, provider, event);
    let mut order = Vec::new();
    for run in &runs {
        let Some(stage) = around.stage(&run.name).filter(|_| run.count("up") + run.count("preview") > 0) else {
            if run.minted > 0 || !run.exchanges.is_empty() {
                wrong.push(format!("{}: it is no stage that runs, and asked for a token", run.name));
            }
            continue;
        };
        wrong.extend(
            stage
                .after
                .iter()
                .filter(|before| !order.contains(*before))
                .map(|before| format!("{}: it ran before {before}", stage.id)),
        );
        order.push(stage.id.clone());
        wrong.extend(judge(&rehearsed.plan, stage, run));
    }
    let mut ran = order.clone();
    ran.sort();
    let mut wanted: Vec<String> = expected.iter().map(|stage| stage.id.clone()).collect();
    wanted.sort();
    if ran != wanted {
        wrong.push(format!("it ran {ran:?}, not {wanted:?}"));
    }
    if world.minted() != expected.len() {
        wrong.push(format!("{} OIDC tokens were minted for {} stages", world.minted(), expected.len()));
    }
    for run in &runs {
        wrong.extend(run.problems.iter().map(|problem| format!("{}: {problem}", run.name)));
        wrong.extend(early(run, world));
        // Where nobody refuses anything, what starts succeeds.
        if run.fate == Fate::Failed && !event.denied && !event.unprotected {
            wrong.push(format!("{} failed:\n{}", run.name, run.output));
        }
    }
    wrong.extend(
        world.trapped().into_iter().map(|trapped| format!("a request that nobody has reason to make: {trapped}")),
    );
    (wrong.into_iter().map(|what| format!("{}, {}: {what}", rehearsed.folder.display(), event.event)).collect(), order)
}

/// The stages that an event runs.
pub fn expected<'a>(plan: &'a Plan, provider: &'a str, event: &Event) -> Vec<&'a Stage> {
    let Some(runs) = event.runs.filter(|_| !event.unprotected) else { return vec![] };
    let mut held: Vec<&str> = Vec::new();
    let mut expected = Vec::new();
    for stage in plan.stages_of(provider).filter(|stage| stage.trigger == runs.trigger()) {
        let denied = event.denied && stage.gate == Some(Gate::Approval);
        let untouched = event.untouched() && !stage.paths.is_empty();
        if denied || untouched || stage.after.iter().any(|before| held.contains(&before.as_str())) {
            held.push(&stage.id);
        } else {
            expected.push(stage);
        }
    }
    expected
}

/// What is wrong about a stage's job.
fn judge(plan: &Plan, stage: &Stage, run: &JobRun) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{}: {what}", stage.id));
    match &run.exchanges[..] {
        [exchange] => {
            let asked = (&exchange.cloud_url, &exchange.organization, &exchange.team, exchange.seconds);
            let planned = (&plan.cloud_url, &plan.organization, &stage.token.team, stage.token.lifetime_seconds);
            if asked != planned {
                say(format!("the exchange asked for {asked:?}, not {planned:?}"));
            }
        }
        other => say(format!("{} exchanges", other.len())),
    }
    let (command, other) = match stage.action {
        Action::Preview | Action::Audit => ("preview", "up"),
        Action::Deploy => ("up", "preview"),
    };
    if (run.count(command), run.count(other)) != (1, 0) {
        say(format!("{} times {command}, {} times {other}", run.count(command), run.count(other)));
    }
    for call in run.calls.iter().filter(|call| call.does() == command) {
        let api = call.command() == "api";
        if api != (stage.execution != Execution::Cli) {
            say(format!("{:?} for a stage that is executed otherwise", call.arguments));
        }
        if call.variable("PULUMI_BACKEND_URL") != Some(&plan.cloud_url) {
            say(format!("PULUMI_BACKEND_URL is {:?}", call.variable("PULUMI_BACKEND_URL")));
        }
        if api {
            let path = format!("/api/stacks/{}/deployments", stage.qualified(&plan.organization));
            if call.arguments.get(1) != Some(&path) {
                say(format!("{:?} is not about {path}", call.arguments));
            }
            continue;
        }
        if call.flag("--stack") != Some(&stage.qualified(&plan.organization)) {
            say(format!("{:?}", call.arguments));
        }
        if !call.directory.ends_with(stage.directory.trim_start_matches('.')) {
            say(format!("{command} ran in {}", call.directory.display()));
        }
        if call.variable("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION") != Some("true") {
            say("plugins could be fetched while there is a token".into());
        }
        // On GitHub the action keeps the token in the environment; elsewhere it is in one file of its owner's.
        let in_environment = call.variable("PULUMI_ACCESS_TOKEN").is_some();
        if in_environment != (stage.provider == "github") || !in_environment && call.mode.as_deref() != Some("600") {
            say(format!("the token is in the environment: {in_environment}, its file's mode {:?}", call.mode));
        }
    }
    wrong
}

/// Whatever ran before the token, or is no part of Pulumi, and saw one.
fn early(run: &JobRun, world: &World) -> Vec<String> {
    let given: Vec<String> = world.exchanges().into_iter().filter_map(|exchange| exchange.token).collect();
    let sees = |call: &crate::Call, oidc: bool| {
        let mut values = call.environment.iter().map(|(_, value)| value);
        values.any(|value| given.contains(value) || oidc && value.starts_with("eyJ"))
    };
    let before = run.calls.iter().filter(|call| ["version", "install"].contains(&call.command()));
    let mut wrong: Vec<String> = Vec::new();
    for call in before.chain(&run.tools) {
        if sees(call, true) {
            wrong.push(format!("{}: {:?} ran with a token", run.name, call.arguments));
        }
    }
    for call in run.calls.iter().filter(|call| ["up", "preview"].contains(&call.does())) {
        if call.environment.iter().any(|(_, value)| value.starts_with("eyJ")) {
            wrong.push(format!("{}: {} ran with the OIDC token", run.name, call.command()));
        }
    }
    wrong
}

/// Runs an event with a fault; what is wrong.
pub fn fault(scene: &Scene, event: &Event, fault: &Fault, tally: &mut Tally) -> Vec<String> {
    let Scene { provider, run, world, rehearsed, .. } = scene;
    world.begin(fault.answers.clone());
    let files: Vec<(String, String)> = fault.files.iter().map(|(file, text)| (file.clone(), text.clone())).collect();
    let faulty = (!files.is_empty()).then(|| Repository::new(world, rehearsed, &files));
    let repository = faulty.as_ref().unwrap_or(&scene.repository);
    let variables = fault.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let around = Surroundings { world, rehearsed, repository, event, variables };
    let runs = run(&around);
    tally.count(&runs);
    tally.faults += 1;
    let mut wrong = Vec::new();
    let stages: Vec<&JobRun> = runs.iter().filter(|run| around.stage(&run.name).is_some()).collect();
    let failed: Vec<&&JobRun> = stages.iter().filter(|run| run.fate == Fate::Failed).collect();
    if failed.is_empty() || stages.iter().any(|run| run.fate == Fate::Succeeded) {
        let fates: Vec<(&str, Fate)> = stages.iter().map(|run| (run.name.as_str(), run.fate)).collect();
        wrong.push(format!("the fault stopped nothing: {fates:?}"));
    }
    let says = fault.says_on.get(*provider).unwrap_or(&fault.says);
    for run in failed {
        if !run.output.contains(says.as_str()) {
            wrong.push(format!("{} does not say {says:?}:\n{}", run.name, run.output));
        }
    }
    let reached = usize::from(fault.reaches_up);
    for run in &runs {
        if run.count("up") > reached {
            wrong.push(format!("{}: `pulumi up` ran", run.name));
        }
        wrong.extend(run.problems.iter().map(|problem| format!("{}: {problem}", run.name)));
        wrong.extend(early(run, world));
    }
    wrong.into_iter().map(|what| format!("{}, {}: {what}", rehearsed.folder.display(), fault.fault)).collect()
}
