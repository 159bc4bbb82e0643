//! No text of others becomes part of a script.
//!
//! An expression in a script is put into its text before any shell reads it, and no quotes around it hold. Whoever chooses a
//! branch's name, a title or an input then writes commands of the pipeline: a branch may be called `$(curl …|sh)`. A variable
//! that a shell splits into words, or hands to `eval`, is the same by another way.
//!
//! Instead: hand the text over as a variable of the step, and use it in double quotes.
//!
//! ```yaml github bad
//! on: { pull_request_target: {} }
//! jobs:
//!   title:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "${{ github.event.pull_request.title }}"
//! ```
//!
//! ```yaml github good
//! on: { pull_request_target: {} }
//! jobs:
//!   title:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "$TITLE in ${{ github.run_id }}"
//!         env: { TITLE: "${{ github.event.pull_request.title }}" }
//! ```
//!
//! ```yaml gitlab bad
//! title:
//!   rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]
//!   script: ['eval "log $CI_MERGE_REQUEST_TITLE"']
//! ```
//!
//! ```yaml gitlab good
//! title:
//!   rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]
//!   script: ['log "$CI_MERGE_REQUEST_TITLE"']
//! ```
//!
//! ```yaml azure bad
//! pr: [main]
//! steps: [{ script: 'echo "$(Build.SourceVersionMessage)"' }]
//! ```
//!
//! ```yaml azure good
//! pr: [main]
//! steps:
//!   - script: echo "$MESSAGE in $(Build.BuildId)"
//!     env: { MESSAGE: $(Build.SourceVersionMessage) }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Title') { steps { sh "echo ${env.CHANGE_TITLE}" } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Title') { steps { sh 'echo "$CHANGE_TITLE"' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   title:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'echo "<< pipeline.git.branch >>"' }]
//! workflows: { main: { jobs: [title] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   title:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     environment: { BRANCH: "<< pipeline.git.branch >>" }
//!     steps: [{ run: 'echo "$BRANCH in << pipeline.number >>"' }]
//! workflows: { main: { jobs: [title] } }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{Control, Does, Embedded, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "script-injection",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("script_injection.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let mut seen = BTreeSet::new();
        for step in &job.steps {
            let script = matches!(step.does, Does::Run { .. });
            for embedded in &step.embedded {
                let text = embedded.value.text();
                let (severity, who) = match (embedded.value.control(), embedded.in_code) {
                    (Control::Stranger, true) => (Severity::Critical, "anybody who can open a change request"),
                    (Control::Member, true) => (Severity::High, "whoever may push or start a run"),
                    // Without quotes, a shell splits it: it becomes flags and words, though no command.
                    (Control::Stranger, false) if script => (Severity::High, "anybody who can open a change request"),
                    _ => continue,
                };
                // Within a text that is code, it is that one's.
                let within = |outer: &Embedded| outer.in_code && outer.value.text().contains(text);
                let inner = !embedded.in_code && step.embedded.iter().any(within);
                if inner || !seen.insert((text, embedded.in_code)) {
                    continue;
                }
                let (becomes, help) = match embedded.in_code {
                    true => ("becomes part of a program", "hand it over as a variable of the step, and quote that"),
                    false => ("stands without quotes in a script", "put it into double quotes"),
                };
                let message = format!("`{text}` {becomes}: {who} writes a part of it");
                findings.add_as(severity, Some(&job.id), embedded.place, message, help);
            }
        }
    }
}
