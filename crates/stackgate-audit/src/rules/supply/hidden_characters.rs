//! A pipeline has no characters that nobody sees.
//!
//! Characters without width, or that turn the direction of what follows, make a file look other than it is: a reviewer reads
//! one condition, branch or command, and the CI system another. The place is marked with the character's number. A joiner
//! within an emoji, and the mark at the very beginning of a file, are let pass.
//!
//! Instead: take the character out, or write it as an escape such as `"\u200b"`.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "te\u{200b}st"
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "tést \u200b"
//! ```
//!
//! ```yaml gitlab bad
//! test:
//!   script: ['echo "te\u{202e}st"']
//! ```
//!
//! ```yaml gitlab good
//! test:
//!   script: ['echo "tëst"']
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: 'echo "te\u{200b}st"' }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps: [{ script: 'echo "tèst"' }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Test') { steps { sh 'echo "te\u{2066}st"' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Test') { steps { sh 'echo "têst"' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'echo "te\u{200b}st"' }]
//! workflows: { main: { jobs: [test] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'echo "tést"' }]
//! workflows: { main: { jobs: [test] } }
//! ```

use stackgate_diagnostic::{Span, is_invisible};
use stackgate_facts::{Observation, Place};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "hidden-characters",
    group: Group::Supply,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("hidden_characters.rs"),
    check: Check::Pipeline(check),
};

/// Where a text has characters that nobody sees.
fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut before = None;
    text.char_indices().filter(move |(at, character)| {
        let behind = before.replace(*character);
        let joins = matches!(character, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
            && behind.is_some_and(|behind: char| !behind.is_ascii() && !behind.is_alphabetic());
        let control = character.is_control() && !matches!(character, '\n' | '\r' | '\t');
        let mark = *at == 0 && *character == '\u{feff}';
        (is_invisible(*character) || control) && !joins && !mark
    })
}

fn check(observation: &Observation, findings: &mut Findings) {
    for (file, (path, text)) in observation.sources.iter().enumerate() {
        let mut all = hidden(text);
        let Some((at, character)) = all.next() else { continue };
        let more = all.count();
        let more = if more == 0 { String::new() } else { format!(", and {more} more") };
        let number = u32::from(character);
        let message =
            format!("`{path}` has U+{number:04X} here{more}, which nobody sees: it may not say what it seems to");
        let place = Place::new(file, Span::new(at, at + character.len_utf8()));
        findings.add(None, place, message, "take the character out, or write it as an escape");
    }
}
