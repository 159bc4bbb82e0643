//! `init`: looks at a repository and writes a commented spec.
//!
//! What must hold: it asks nothing that it can find out, runs no other program, and never overwrites a spec. What it
//! cannot know stands in the spec as a comment, or is said. The terminal is the command's.

mod git;
mod look;
mod pulumi;
mod text;

pub use git::{Remote, parse_remote};
pub use look::{Found, look};
pub use pulumi::{FoundProject, FoundStack};
pub use text::{Answers, spec_text};
pub(crate) use text::{PRODUCTION, rank};
