//! Reports: what a command found, once, and printed in each format that people, programs and CI systems read.
//!
//! A command builds a [`Report`]; [`print`] turns it into a [`Format`]; [`patch`] into a diff for `git apply`.
//!
//! What must hold: the same report gives the same bytes, whatever the order in which findings came; no text of a user or of
//! a file reaches a format before it was made harmless for that format's readers, a patch excepted, whose reader is git;
//! a finding keeps its fingerprint while only lines around it change.
//!
//! Deliberately absent: any provider, the disk, the terminal, exit codes, and what a finding is worth: who reports says so.

mod diff;
mod fingerprint;
mod format;
mod model;
mod order;
mod page;
mod patch;
mod place;
mod rule;
mod sink;

pub use diff::unified;
pub use format::{Format, Line, Tone, json_schema, print, text};
pub use model::{File, Finding, Level, Report, Status, Summary};
pub use page::{Example, Page, Verdict};
pub use patch::{Left, patch};
pub use place::{Place, Region, Related};
pub use rule::Rule;
pub use sink::{log_line, xml};
