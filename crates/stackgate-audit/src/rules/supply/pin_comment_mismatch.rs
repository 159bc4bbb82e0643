//! The version behind a pin is the one that the commit has.
//!
//! A reviewer reads `# v7.0.1` and not forty digits. Where the two disagree, somebody was careless or means that nobody looks:
//! the commit may be an old one with a known fault, or one of a fork, which GitHub serves under the name of the project. Only
//! commits and versions of this program's own pin table are judged; nothing is looked up.
//!
//! Instead: let an update bot, or `stackgate pins`, write both from one place.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v6.0.0
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7
//!       - uses: acme/action@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{Code, CodeKind, Observation, Pin};
use stackgate_provider::plan::{ActionPin, Pins};

use super::foreign;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "pin-comment-mismatch",
    group: Group::Supply,
    severity: Severity::Medium,
    providers: &["github"],
    text: include_str!("pin_comment_mismatch.rs"),
    check: Check::Pinned(check),
};

/// Whether a comment stands for a version: the same, or the first of its numbers.
fn stands_for(comment: &str, version: &str) -> bool {
    let (comment, version) = (comment.trim_start_matches('v'), version.trim_start_matches('v'));
    comment == version || version.strip_prefix(comment).is_some_and(|rest| rest.starts_with('.'))
}

/// What is wrong with a pin, by what the table has for that action.
fn wrong(code: &Code, comment: &str, pin: &ActionPin) -> Option<(Severity, String)> {
    let known = code.version.eq_ignore_ascii_case(&pin.commit);
    match (known, stands_for(comment, &pin.version)) {
        (true, false) => Some((
            Severity::Medium,
            format!("this commit of `{}` is {}, and the comment says {comment}", code.name, pin.version),
        )),
        // A shorter version moves on, so that another commit may well be of it.
        (false, true) if comment.trim_start_matches('v') == pin.version.trim_start_matches('v') => Some((
            Severity::High,
            format!(
                "the comment says {comment}, and this is not that commit of `{}`: it may be anybody's, from a fork",
                code.name
            ),
        )),
        _ => None,
    }
}

fn check(observation: &Observation, pins: &Pins, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (job, code) in foreign(observation) {
        let Some(comment) = code.comment.as_deref().filter(|_| code.kind == CodeKind::Action) else { continue };
        let row = pins.actions.iter().find(|(name, _)| name.eq_ignore_ascii_case(&code.name));
        let Some((_, pin)) = row.filter(|_| code.pin == Pin::Digest) else { continue };
        let Some((severity, message)) = wrong(code, comment, pin) else { continue };
        if seen.insert((job.map(|job| &job.id), &code.name, &code.version, comment)) {
            let help = format!("write `{}@{} # {}`", code.name, pin.commit, pin.version);
            findings.add_as(severity, job.map(|job| job.id.as_str()), code.place, message, help);
        }
    }
}
