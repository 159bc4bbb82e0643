//! What every runner shares: a pipeline's jobs one after the other, and the record of each.
//!
//! What must hold: jobs run alone, so that whatever the world saw meanwhile was theirs. Of several that could start, a
//! runner takes the last of the file, so that an order which nobody asks for does not come by itself. It deliberately knows no CI system.

use serde_yaml::Value;
use stackgate::plan::{Gate, Stage};

use crate::exchange::Exchange;
use crate::job::Job;
use crate::repository::Repository;
use crate::scenario::Event;
use crate::stand_ins::Call;
use crate::{Rehearsed, World};

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It ran, and every step that had to succeed did.
    Succeeded,
    /// It ran and failed, or was refused.
    Failed,
    /// It did not run.
    Skipped,
}

/// A job with all that it did.
#[derive(Debug)]
pub struct JobRun {
    /// Its id in the artifact.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// All that it printed.
    pub output: String,
    /// The calls of `pulumi`.
    pub calls: Vec<Call>,
    /// The calls of the languages' tools.
    pub tools: Vec<Call>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// How many OIDC tokens were minted.
    pub minted: usize,
    /// Tokens that were seen, and whatever else was left.
    pub problems: Vec<String>,
}

impl JobRun {
    /// A job that never started.
    pub fn never(name: &str, fate: Fate) -> JobRun {
        let (name, output) = (name.to_owned(), String::new());
        JobRun { name, fate, output, calls: vec![], tools: vec![], exchanges: vec![], minted: 0, problems: vec![] }
    }

    /// How often `pulumi` was called for that.
    pub fn count(&self, command: &str) -> usize {
        self.calls.iter().filter(|call| call.does() == command).count()
    }
}

/// A pipeline's surroundings in one scenario.
pub struct Surroundings<'a> {
    /// The world.
    pub world: &'a World,
    /// The spec, its plan, and what it renders to.
    pub rehearsed: &'a Rehearsed,
    /// The repository.
    pub repository: &'a Repository,
    /// What happened.
    pub event: &'a Event,
    /// Variables that are set on every job.
    pub variables: Vec<(String, String)>,
}

impl Surroundings<'_> {
    /// The stage that a job is, by its id; systems differ in whether an id may have dashes.
    pub fn stage(&self, job: &str) -> Option<&Stage> {
        let plain = |id: &str| id.replace('-', "_");
        self.rehearsed.plan.stages.iter().find(|stage| plain(&stage.id) == plain(job))
    }

    /// Whether somebody refuses to let a job start.
    pub fn denies(&self, job: &str) -> bool {
        self.event.denied && self.stage(job).is_some_and(|stage| stage.gate == Some(Gate::Approval))
    }

    /// Runs a job, whose steps say whether it succeeded.
    pub fn job(&self, name: &str, steps: impl FnOnce(&mut Job) -> bool) -> JobRun {
        let world = self.world;
        let before = (world.calls().len(), world.tools().len(), world.exchanges().len(), world.minted());
        let watch = world.watch();
        let mut job = Job::new(world, name);
        for (name, value) in &self.variables {
            job.set(name, value);
        }
        let succeeded = steps(&mut job);
        world.dismiss();
        let mut problems = watch.end();
        let (output, left) = job.end(world);
        problems.extend(left);
        let calls = world.calls().split_off(before.0);
        problems.extend(
            calls
                .iter()
                .filter(|call| !call.exposed.is_empty())
                .map(|call| format!("while `pulumi {}` ran, a command line held a token", call.command())),
        );
        JobRun {
            name: name.to_owned(),
            fate: if succeeded { Fate::Succeeded } else { Fate::Failed },
            output,
            calls,
            tools: world.tools().split_off(before.1),
            exchanges: world.exchanges().split_off(before.2),
            minted: world.minted() - before.3,
            problems,
        }
    }
}

/// Fails for a key that a runner would not honour: it may be what makes the pipeline behave differently.
pub fn known(place: &str, node: &Value, keys: &[&str]) {
    let Some(mapping) = node.as_mapping() else { panic!("{place} is no mapping") };
    for key in mapping.keys() {
        let key = key.as_str().unwrap_or_else(|| panic!("{place} has a key that is no text"));
        assert!(keys.contains(&key), "{place}: the rehearsal does not know the key {key}");
    }
}

/// The texts of a list, or of one text; none where there is nothing.
pub fn texts(node: &Value) -> Vec<String> {
    match node {
        Value::Null => vec![],
        Value::Sequence(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// A scalar as a text.
pub fn text(node: &Value) -> String {
    match node {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        other => panic!("{other:?} is no scalar"),
    }
}

/// The pairs of a mapping of scalars; none where there is nothing.
pub fn pairs(node: &Value) -> Vec<(String, String)> {
    let Some(mapping) = node.as_mapping() else { return vec![] };
    mapping.iter().map(|(key, value)| (text(key), text(value))).collect()
}
