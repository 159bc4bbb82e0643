//! One way to ask, whoever answers: Pulumi Cloud, a saved directory, or a test.
//!
//! What must hold: a question is a GET; an answer of the server, also a refusal, is an [`Answer`]; a [`Failure`] means that
//! there is none.

use serde_json::Value;

/// What the server said.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; `Null` where it is empty, a string where it is no JSON, as exports of the audit log are.
    pub body: Value,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The user, or the overall limit of time, ended it; what was read so far is whole.
    Stopped(String),
    /// Asked as often as may be, and no answer; or one that is no HTTP, too long, or cut off. One sentence.
    Broken(String),
    /// A saved directory does not hold this question.
    NotSaved,
}

/// Whoever answers. Several threads may ask at once.
pub trait Api: Sync {
    /// Asks for a path with its query, such as `/api/orgs/acme/teams`. Names in it are percent-encoded by the caller.
    ///
    /// # Errors
    /// When there is no answer.
    fn get(&self, path: &str) -> Result<Answer, Failure>;
}
