//! The model that a pipeline is read back into, and that a plan is realised as: files, jobs, steps, in neutral words.
//!
//! What must hold: two pipelines that behave differently differ here; what a file says and this model has no field for
//! goes into `settings` under the provider's own key, or into `Observed::unknown`. Maps are sorted, since the order of
//! keys means nothing; steps are a list, since theirs means everything.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::control::{Control, Support};

/// Every file of one provider, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pipeline {
    /// The files.
    pub files: BTreeMap<String, File>,
}

/// One pipeline file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct File {
    /// What starts it.
    pub events: BTreeSet<Event>,
    /// What it says beside its jobs, by the provider's own key: `permissions`, `name`.
    pub settings: BTreeMap<String, String>,
    /// Its jobs by id; where the file's order means something, `Job::needs` holds it.
    pub jobs: BTreeMap<String, Job>,
}

/// What starts a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A change request to that branch.
    ChangeRequest(String),
    /// A push to that branch.
    Push(String),
    /// Anything else that the provider knows, by its own word.
    Other(String),
}

/// One job: what runs it, what it waits for, what it may do, and its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Job {
    /// What must be true for it to run, each a conjunct in the provider's own words.
    pub conditions: Vec<String>,
    /// Jobs that must have succeeded before.
    pub needs: BTreeSet<String>,
    /// The CI environment or, where the provider has none, what stands in for it.
    pub environment: Option<String>,
    /// Who or what must approve before it starts.
    pub approval: Option<String>,
    /// The lock that it holds.
    pub lock: Option<Lock>,
    /// Its time limit in minutes.
    pub limit_minutes: Option<u32>,
    /// What it runs on.
    pub runner: Option<String>,
    /// The container image that it runs in.
    pub image: Option<String>,
    /// The audience of each OIDC token that it may ask for, where the file decides that; `*` for any.
    pub may_mint: BTreeSet<String>,
    /// What its own repository token may do.
    pub permissions: BTreeMap<String, String>,
    /// Variables that every step sees.
    pub variables: BTreeMap<String, String>,
    /// What else it says, by the provider's own key.
    pub settings: BTreeMap<String, String>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A lock: at most one job of that name runs at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// The lock's name.
    pub name: String,
    /// Whether a newer job cancels the one that runs.
    pub cancels: bool,
}

/// One step: a reference to foreign code, or a script, or one of the provider's own steps by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name for people.
    pub name: Option<String>,
    /// Foreign code, or a step of the provider's own.
    pub uses: Option<Uses>,
    /// The script's role where the text is one of the reviewed ones, its digest otherwise.
    pub role: Option<String>,
    /// The script's text, without the indentation that its place in the file gave it.
    pub script: Option<String>,
    /// Variables that this step sees.
    pub variables: BTreeMap<String, String>,
    /// What must be true for it to run, in the provider's own words.
    pub condition: Option<String>,
    /// The directory that it starts in, where it is not the checkout's root.
    pub directory: Option<String>,
    /// What else it says, by the provider's own key.
    pub settings: BTreeMap<String, String>,
}

/// Foreign code, or a step of the provider's own, with its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Uses {
    /// Such as `actions/checkout@3d3c…`, `UseNode@1`, `checkout`.
    pub reference: String,
    /// Its inputs.
    pub inputs: BTreeMap<String, String>,
}

/// What an existing pipeline says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// What was understood.
    pub pipeline: Pipeline,
    /// What was not: `path: what`.
    pub unknown: Vec<String>,
}

/// What an adapter renders of a plan: the pipeline that must be read back, and how far it carries each control.
#[derive(Debug, Clone, Serialize)]
pub struct Realised {
    /// Computed from the plan, never from a template.
    pub pipeline: Pipeline,
    /// Each control once, in the order of [`Control::ALL`].
    pub controls: Vec<(Control, Support)>,
}
