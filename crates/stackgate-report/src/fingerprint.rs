//! What a finding is known by from run to run.
//!
//! What must hold: lines that come or go elsewhere change no fingerprint; two findings of one report have two. The first
//! part names this way of making them: another way gets another name, or every finding would be closed and opened anew.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::model::Finding;

/// The name of this way of making fingerprints.
const WAY: &str = "stackgate-finding-1";

/// What two findings have in common that are told apart by their order alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Known {
    rule: String,
    path: String,
    content: String,
}

impl Known {
    pub(crate) fn of(finding: &Finding) -> Known {
        let content = match &finding.content {
            Some(content) => content.clone(),
            None => {
                let facts = [&finding.before, &finding.after].map(|fact| fact.as_deref().unwrap_or_default());
                format!("{} {} {} {}", finding.class.unwrap_or_default(), finding.message, facts[0], facts[1])
            }
        };
        Known {
            rule: finding.rule.id.to_string(),
            path: finding.place.as_ref().map(|place| place.path.clone()).unwrap_or_default(),
            content: content.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

/// The SHA-256 over the parts, each with its length before it, so that none can pass into the next.
pub(crate) fn fingerprint(known: &Known, index: usize) -> String {
    let mut hash = Sha256::new();
    for part in [WAY, &known.rule, &known.path, &known.content, &index.to_string()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
