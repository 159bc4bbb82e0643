//! The structure that a reader fills: an observation of one pipeline, its jobs, their steps.
//!
//! What must hold: a word here is neutral; what only one provider has is said in its own words within a field.

mod credential;
mod deed;
mod job;
mod observation;
mod pulumi;
mod step;

pub use credential::{Credential, CredentialKind, Level, Permission, Scope};
pub use deed::{Deed, DeedKind};
pub use job::{Channel, ChannelKind, Clause, ClauseKind, Gate, GateKind, Job, Need, Runner, RunnerTrust, Weakness};
pub use observation::{Aspect, Observation, Setting, Undecided};
pub use pulumi::{Mint, MintBy, TokenKind, Verb, VerbKind};
pub use step::{Code, CodeKind, Does, Embedded, Pin, Step, Variable};
