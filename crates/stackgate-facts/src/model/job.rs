//! A job: who starts it, what stands before it, where it runs.
//!
//! What must hold: defaults of the provider count, so that a key which is missing has its fact as well. What follows from
//! scripts is worked out elsewhere.

use serde::Serialize;

use super::{Code, Credential, Deed, Mint, Permission, Setting, Step, Variable, Verb};
use crate::condition::Condition;
use crate::place::{Place, Placed};
use crate::value::Value;

/// Something that runs on one machine: a job, or where a provider has none, a stage.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// The provider's id of it; unique in the pipeline.
    pub id: String,
    /// Its key or its name.
    pub place: Place,
    /// What must be true for it to run; all of these. The pipeline's triggers are one clause of each job.
    pub when: Vec<Clause>,
    /// The jobs that it waits for.
    pub needs: Vec<Need>,
    /// What stands before it.
    pub gates: Vec<Gate>,
    /// What its repository token may do: the effective rights, each scope once; what the provider gives unasked too.
    pub permissions: Vec<Permission>,
    /// Secrets and OIDC tokens that it can get at.
    pub credentials: Vec<Credential>,
    /// Variables that all its steps see.
    pub variables: Vec<Variable>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Foreign code that it fetches beside its steps: its image, services, a called workflow.
    pub code: Vec<Code>,
    /// What it runs on.
    pub runner: Runner,
    /// What else it exchanges with other jobs or runs.
    pub channels: Vec<Channel>,
    /// Its time limit in minutes; none where neither the file nor the provider sets one that can be known.
    pub limit_minutes: Option<Placed<u32>>,
    /// Whether the file itself sets the limit.
    pub limit_said: bool,
    /// What else it says that changes how it runs.
    pub settings: Vec<Setting>,
    /// What it says for people alone.
    pub presentation: Vec<String>,
    /// Tokens of Pulumi Cloud that it asks for. Readers add those of steps that are no scripts.
    pub mints: Vec<Mint>,
    /// What it does with Pulumi. Readers add those of steps that are no scripts.
    pub verbs: Vec<Verb>,
    /// What else its scripts do that matters; [`crate::Observation::finish`] fills it.
    pub deeds: Vec<Deed>,
}

/// A part of what must be true for a job to run.
#[derive(Clone, Debug)]
pub struct Clause {
    /// What it is.
    pub kind: ClauseKind,
    /// The condition.
    pub condition: Condition,
    /// Where it stands; where a key is missing and the provider's default counts, the place of what lacks it.
    pub place: Place,
}

/// What a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseKind {
    /// What starts the pipeline.
    Trigger,
    /// What holds back the pipeline, or a group of jobs.
    Pipeline,
    /// The job's own condition.
    Job,
}

/// A job that another waits for.
#[derive(Clone, Debug)]
pub struct Need {
    /// Its id.
    pub job: String,
    /// Whether this one cannot run where that one did not run, or failed.
    pub blocks: bool,
    /// Where it is said.
    pub place: Place,
}

/// Something that stands before a job.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What it is.
    pub kind: GateKind,
    /// Why it stops less than it seems to.
    pub weak: Vec<Weakness>,
    /// Where.
    pub place: Place,
}

/// What stands before a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateKind {
    /// A protected target of the provider's: environment; CircleCI's contexts are this too. Its rules stand outside the file.
    Environment(Value),
    /// Somebody must press a button; who may, where the file says so.
    Approval(Option<Value>),
    /// At most one job of this name at a time, over all runs; whether a newer one kills the one that runs, and whether one
    /// that waits may be dropped for a newer one.
    Lock {
        /// The lock's name.
        name: Value,
        /// Whether a newer run cancels the one that runs.
        cancels: bool,
        /// Whether a newer run takes the place of one that waits.
        drops_waiting: bool,
    },
}

/// Why a gate stops less than it seems to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weakness {
    /// Jobs after it go on without an approval.
    DoesNotBlock,
    /// Anybody who may start a run may approve.
    Anybody,
    /// It waits while it holds a machine.
    HoldsRunner,
    /// A timeout lets it pass.
    TimeoutPasses,
    /// It can be skipped by hand.
    Skippable,
    /// Its name is made at run time.
    MadeName,
}

/// What a job runs on.
#[derive(Clone, Debug)]
pub struct Runner {
    /// Whose it is.
    pub trust: RunnerTrust,
    /// Its label, in the provider's words.
    pub label: Value,
    /// Where.
    pub place: Place,
}

/// Whose machine it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunnerTrust {
    /// The provider's own, fresh for each job.
    Hosted,
    /// The user's own; it may live on after the job.
    SelfHosted,
    /// Any that is free, or the controller itself.
    Any,
    /// A setting outside the file decides.
    #[default]
    Setting,
}

impl Default for Runner {
    fn default() -> Runner {
        Runner { trust: RunnerTrust::Setting, label: Value::literal(""), place: Place::default() }
    }
}

/// Something by which jobs or runs hand each other bytes.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it is.
    pub kind: ChannelKind,
    /// Its name or key, in the provider's words.
    pub name: Value,
    /// The step that uses it, by its index; none for the whole job.
    pub step: Option<usize>,
    /// Where.
    pub place: Place,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// A cache over runs.
    Cache,
    /// Files of another job or run, taken.
    ArtifactIn,
    /// Files for others, given.
    ArtifactOut,
    /// A file or a command that sets variables of later steps or jobs.
    EnvFile,
    /// A value for other jobs.
    Output,
}
