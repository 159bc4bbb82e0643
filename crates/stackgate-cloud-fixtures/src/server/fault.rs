//! What can go wrong with an answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// What the server does instead of answering as it should.
#[derive(Clone)]
pub enum Fault {
    /// Another status, with further headers and a body.
    Refuse {
        /// The status.
        status: u16,
        /// Such as `("Retry-After", "1")`.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Value,
    },
    /// The right answer, after a while.
    Slow(Duration),
    /// The head of the right answer and half of its body; then the connection ends.
    Truncated,
    /// The right answer's status, with this text as its body.
    Text(String),
    /// The right answer, changed.
    Changed(Arc<dyn Fn(&mut Value) + Send + Sync>),
    /// These bytes and nothing else, then the connection ends; none of them is no answer at all.
    Raw(Vec<u8>),
}

impl Fault {
    /// A refusal with the error body of Pulumi Cloud.
    pub fn status(status: u16, message: &str) -> Fault {
        let body = serde_json::json!({ "code": status, "message": message });
        Fault::Refuse { status, headers: Vec::new(), body }
    }

    /// The right answer, changed.
    pub fn changed(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
        Fault::Changed(Arc::new(change))
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Fault {
        Fault::Refuse { status: 302, headers: vec![("Location", to.to_owned())], body: Value::Null }
    }

    /// 429 with `Retry-After`.
    pub fn too_many(retry_after: &str) -> Fault {
        let headers = vec![("Retry-After", retry_after.to_owned())];
        let body = serde_json::json!({ "code": 429, "message": "Too Many Requests" });
        Fault::Refuse { status: 429, headers, body }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Refuse { .. } => "Refuse",
            Fault::Slow(_) => "Slow",
            Fault::Truncated => "Truncated",
            Fault::Text(_) => "Text",
            Fault::Changed(_) => "Changed",
            Fault::Raw(_) => "Raw",
        })
    }
}
