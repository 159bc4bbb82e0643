//! What one run leaves for the next: how far it came, and what it learnt.
//!
//! What must hold: a state of another organization, another version or another program is refused in one sentence; it holds
//! no secret; the same log leaves the same bytes. Deliberately absent: the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::event::Event;

/// The version of the form.
const VERSION: u32 = 1;
/// How many bytes a state may be.
pub const MOST_STATE: usize = 64 << 20;
/// How many hours of somebody's past are kept.
pub(crate) const HOURS: usize = 64;

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The version of this form: 1.
    version: u32,
    /// The organization whose log it is.
    organization: String,
    /// The second of the first event that was ever judged.
    first: i64,
    /// The second of the last event that was judged.
    last: i64,
    /// The events of that second, by their digests, in order.
    seen: BTreeSet<String>,
    /// Who opened which environments.
    opened: BTreeMap<String, BTreeSet<String>>,
    /// How often somebody took secrets in an hour: the newest hours in which he did.
    hours: BTreeMap<String, Vec<u32>>,
    /// When a stack was updated: the newest times.
    updates: BTreeMap<String, Vec<i64>>,
}

/// What was known before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    pub(crate) span: Option<(i64, i64)>,
    seen: BTreeSet<String>,
    pub(crate) opened: BTreeMap<String, BTreeSet<String>>,
    pub(crate) hours: BTreeMap<String, Vec<u32>>,
    pub(crate) updates: BTreeMap<String, Vec<i64>>,
}

impl State {
    /// Reads a state.
    ///
    /// # Errors
    /// In one sentence, when it is none, or of another version or organization.
    pub fn from_json(text: &str, organization: &str) -> Result<State, String> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let broken = |error: serde_json::Error| format!("this is no state of `stackgate logs`: {error}");
        let head: Head = serde_json::from_str(text).map_err(broken)?;
        if head.version != VERSION {
            return Err(format!(
                "this state is of version {}, and this program knows version {VERSION}; use the program that wrote it, or remove it and begin anew",
                head.version
            ));
        }
        let state: State = serde_json::from_str(text).map_err(broken)?;
        if state.organization != organization {
            return Err(format!(
                "this state is of organization `{}`, and the spec is of `{organization}`",
                state.organization
            ));
        }
        Ok(state)
    }

    /// As a file holds it.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Maps with texts as keys, and numbers: nothing of it can fail.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The second of the last event that was judged; the next run asks from there on.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.last
    }

    pub(crate) fn new(organization: &str, span: (i64, i64), seen: BTreeSet<String>, past: Past) -> State {
        State {
            version: VERSION,
            organization: organization.to_owned(),
            first: past.span.map_or(span.0, |(first, _)| first.min(span.0)),
            last: span.1,
            seen,
            opened: past.opened,
            hours: past.hours,
            updates: past.updates,
        }
    }

    pub(crate) fn past(self) -> Past {
        Past {
            span: Some((self.first, self.last)),
            seen: self.seen,
            opened: self.opened,
            hours: self.hours,
            updates: self.updates,
        }
    }
}

impl Past {
    /// Whether an event was judged before.
    pub(crate) fn holds(&self, event: &Event<'_>) -> bool {
        match self.span {
            None => false,
            Some((_, last)) if event.timestamp != last => event.timestamp < last,
            Some(_) => self.seen.contains(&digest(&whole(event))),
        }
    }

    /// The events of the last second, where it is the same still.
    pub(crate) fn seen(&self) -> &BTreeSet<String> {
        &self.seen
    }
}

/// All that an event says, as one text: each part with its length before it.
pub(crate) fn whole(event: &Event<'_>) -> String {
    let parts =
        [&event.slug, &event.ip, &event.description, &event.login, &event.token, &event.actor, &event.actor_urn];
    let mut text = format!("{} {}", event.timestamp, event.refused);
    for part in parts {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}:{part}", part.len());
    }
    text
}

/// The first half of a SHA-256, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_state_of_ours_is_refused_in_one_sentence() {
        let state = State::new("acme", (1, 2), BTreeSet::new(), Past::default());
        let text = state.to_json();
        assert_eq!(State::from_json(&text, "acme").unwrap(), state);
        for (text, organization, told) in [
            (text.clone(), "other", "is of organization `acme`"),
            (text.replace("\"version\": 1", "\"version\": 2"), "acme", "version 2"),
            (text[..text.len() / 2].to_owned(), "acme", "no state"),
            (text.replace("\"last\"", "\"lost\""), "acme", "no state"),
            ("[]".to_owned(), "acme", "no state"),
        ] {
            let error = State::from_json(&text, organization).unwrap_err();
            assert!(error.contains(told) && !error.contains('\n'), "{error}");
        }
    }
}
