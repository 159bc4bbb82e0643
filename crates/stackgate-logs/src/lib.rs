//! What the audit log and the list of deployments say, judged by what is declared.
//!
//! What must hold: a log is read in one pass and in bounded memory, whatever its length and its order; every finding names
//! the events that it rests on; what could not be read or could not be kept is told, and never looks like nothing.
//!
//! Deliberately absent: the disk, the network, the clock, and what a finding does to a command's outcome.

mod catalogue;
mod context;
mod deployment;
mod event;
mod figures;
mod finding;
mod judge;
mod ledger;
mod names;
mod read;
mod rule;
mod rules;
mod state;
pub mod time;
mod who;

pub use catalogue::{Class, KINDS, Kind, kind, named};
pub use context::{Context, Settings};
pub use deployment::{Deployment, read_deployments};
pub use event::Event;
pub use figures::{Counts, Day, Figures, Part, Row, Timeline};
pub use finding::{Evidence, LogFinding, Sample};
pub use judge::{Judge, Judgement};
pub use read::{Format, MOST, Read, Trouble, read};
pub use rule::LogRule;
pub use rules::{RULES, diagnostic_rules, find};
pub use state::{MOST_STATE, State};
