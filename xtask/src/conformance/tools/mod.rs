//! How each validator is asked, and how its answer is read. One file for each kind of answer.
//!
//! What must hold: whatever a tool says that is not understood is an error. Whether a finding counts is decided
//! elsewhere.

pub(crate) mod azure_schema;
pub(crate) mod checkov;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod groovy;
pub(crate) mod node;
pub(crate) mod schema;
pub(crate) mod shell;
pub(crate) mod style;

use serde_json::Value;

/// A text in a tool's JSON; empty where there is none.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
