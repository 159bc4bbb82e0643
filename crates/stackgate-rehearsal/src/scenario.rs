//! Scenarios, as `scenarios/*.yaml` writes them: the events that a CI system can start a pipeline by, and the faults.
//!
//! What must hold: a new event or fault is lines of data. What an event means to a pipeline is in the words of its system.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;
use stackgate::plan::{Plan, Trigger};

use crate::hosts::Answers;
use crate::repository::Commit;

/// Something that may start a pipeline.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    pub event: String,
    /// The stages of which trigger it runs; none where it may mint nothing.
    #[serde(default)]
    pub runs: Option<Runs>,
    /// The commit that it is about.
    pub commit: Commit,
    /// Whether the CI system gives such a run any OIDC token; where it does, the pipeline alone is what asks for none.
    #[serde(default = "yes")]
    pub tokens: bool,
    /// Whether somebody refuses every approval.
    #[serde(default)]
    pub denied: bool,
    /// Whether the environments exist without protection.
    #[serde(default)]
    pub unprotected: bool,
    /// The CI system's own words for it.
    pub facts: IndexMap<String, Option<String>>,
}

/// What an event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runs {
    /// Previews of a change request.
    ChangeRequest,
    /// What a push to the deploy branch runs.
    Push,
}

impl Runs {
    /// The plan's word for it.
    pub fn trigger(self) -> Trigger {
        match self {
            Runs::ChangeRequest => Trigger::ChangeRequest,
            Runs::Push => Trigger::Push,
        }
    }
}

impl Event {
    /// A fact; `None` where it is unset. One that the scenario does not name is unknown.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let fact = self.facts.get(name);
        fact.unwrap_or_else(|| panic!("{}: the scenario says nothing of {name}", self.event)).as_deref()
    }

    /// Whether a change request leaves every project alone.
    pub fn untouched(&self) -> bool {
        matches!(self.commit, Commit::Elsewhere | Commit::MergeElsewhere)
    }

    /// The facts that are set.
    pub fn set(&self) -> impl Iterator<Item = (&str, &str)> {
        self.facts.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
    }
}

/// Something that is wrong in the world, in the job's variables or in the repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What is wrong.
    pub fault: String,
    /// The providers that it can happen on; all where none is named.
    #[serde(default)]
    pub only: Vec<String>,
    /// Variables that are set on the job.
    #[serde(default)]
    pub variables: IndexMap<String, String>,
    /// Texts that are added to a file of every project.
    #[serde(default)]
    pub files: IndexMap<String, String>,
    /// How the world behaves.
    #[serde(default)]
    pub answers: Answers,
    /// What the job says.
    pub says: String,
    /// What it says on a provider that has other words.
    #[serde(default)]
    pub says_on: IndexMap<String, String>,
    /// Whether `pulumi up` was reached.
    #[serde(default)]
    pub reaches_up: bool,
    /// Whether it concerns previews alone.
    #[serde(default)]
    pub of_preview: bool,
}

/// The events of a list, with the plan's deploy branch where they name it.
pub fn events(list: &str, plan: &Plan) -> Vec<Event> {
    let text = std::fs::read_to_string(folder().join(format!("{list}.yaml"))).unwrap();
    let mut all: serde_yaml::Value = serde_yaml::from_str(&text.replace("@branch@", &plan.branch)).unwrap();
    all.apply_merge().unwrap();
    serde_yaml::from_value(all).unwrap_or_else(|error| panic!("{list}: {error}"))
}

/// The faults that can happen on a provider.
pub fn faults(provider: &str) -> Vec<Fault> {
    let text = std::fs::read_to_string(folder().join("faults.yaml")).unwrap();
    let all: Vec<Fault> = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("faults: {error}"));
    all.into_iter().filter(|fault| fault.only.is_empty() || fault.only.iter().any(|only| only == provider)).collect()
}

/// The order in which an example's stages run, written down by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The end of the spec's folder.
    pub spec: String,
    /// Which provider runs them.
    pub provider: String,
    /// The event, as its list names it.
    pub event: String,
    /// The stages.
    pub order: Vec<String>,
}

/// The orders that are written down for a provider.
pub fn orders(provider: &str) -> Vec<Order> {
    let text = std::fs::read_to_string(folder().join("orders.yaml")).unwrap();
    let all: Vec<Order> = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("orders: {error}"));
    all.into_iter().filter(|order| order.provider == provider).collect()
}

/// Every folder with a spec: examples and cases.
pub fn specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["examples", "snapshots/cases"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.join(stackgate::SPEC_NAME).is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn yes() -> bool {
    true
}
