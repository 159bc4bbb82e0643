//! What a pipeline file says, as facts of a closed vocabulary: who may start a job, what it may mint, what stands before
//! it, what it runs, what it fetches.
//!
//! What must hold: facts are what the provider will do, so its defaults count and a deleted key leaves a fact behind; what
//! cannot be decided is a fact of its own, never silence; every fact keeps its place. Each adapter's reader fills the
//! structure, this crate works out what follows from it. Deliberately absent: any provider's keys, and any judgement.

mod condition;
mod facts;
mod finish;
mod follow;
mod locate;
mod model;
mod place;
mod reach;
mod runs;
pub mod shell;
mod trials;
mod universe;
mod value;
mod words;

pub use condition::{Claim, Condition, Pattern, Status};
pub use facts::{Fact, KINDS};
pub use follow::Position;
pub use locate::LineColumn;
pub use model::{
    Aspect, Channel, ChannelKind, Clause, ClauseKind, Code, CodeKind, Credential, CredentialKind, Deed, DeedKind, Does,
    Embedded, Gate, GateKind, Job, Level, Mint, MintBy, Need, Observation, Permission, Pin, Runner, RunnerTrust, Scope,
    Setting, Step, TokenKind, Undecided, Variable, Verb, VerbKind, Weakness,
};
pub use place::{PipelineReader, Place, Placed, Tree, TreeError};
pub use reach::{Answer, Event, Reach, Ref, Situation, all_hold};
pub use runs::{Cut, Runs};
pub use trials::{Jobs, Trials, distinct};
pub use universe::{universe, universe_between, universe_of_few};
pub use value::{Control, Value};
