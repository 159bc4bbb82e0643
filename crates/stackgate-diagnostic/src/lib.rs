//! Diagnostics: what a user did wrong, by which rule, in which place, and what to write instead.
//!
//! What must always hold: no text that a user controls reaches a terminal, a log or a report before
//! [`clean`] made it one harmless line without secrets. Everything that renders goes through it.
//!
//! Deliberately absent: reading files, printing, exit codes, waivers. This crate only makes text.

mod diagnostic;
mod escape;
mod github;
mod limit;
mod redact;
mod render;
mod rule;
mod source;
mod suggest;

pub use diagnostic::{Diagnostic, Diagnostics, Place, Record, RelatedRecord};
pub use escape::{clean, escape_visible, excerpt, is_invisible, quote};
pub use github::render_github;
pub use limit::Limit;
pub use redact::redact;
pub use render::render_text;
pub use rule::{Rule, Severity};
pub use source::{Source, Span};
pub use suggest::closest;
