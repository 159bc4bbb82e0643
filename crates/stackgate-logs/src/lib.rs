//! What the audit log and the list of deployments say, judged by what is declared.
//!
//! What must hold: a log is read in one pass and in bounded memory, whatever its length and its order; every finding names
//! the events that it rests on; what could not be read or could not be kept is told, and never looks like nothing.
//!
//! Deliberately absent: the disk, the network, the clock, and what a finding does to a command's outcome.

mod catalogue;
mod event;
mod read;
pub mod time;

pub use catalogue::{Class, KINDS, Kind, kind, named};
pub use event::Event;
pub use read::{Format, MOST, Read, Trouble, read};
