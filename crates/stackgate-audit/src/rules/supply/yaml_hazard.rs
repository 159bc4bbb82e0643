//! The file means the same to everybody who reads it.
//!
//! A key that stands twice, a merge that overwrites what was written, a document behind the first: a person sees one value, a
//! tool another, and the CI system takes the one that it takes. A second `if:` far below the first is a way to switch a
//! condition off that a reviewer has just read.
//!
//! Instead: write each key once, and each value where it counts.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     if: github.ref == 'refs/heads/main'
//!     steps: [{ run: npm test }]
//!     if: always()
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! env: &all { CI: "true" }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     env: *all
//!     steps: [{ run: npm test }]
//! ```
//!
//! ```yaml gitlab bad
//! .base: &base { when: always }
//! test:
//!   when: manual
//!   script: [npm test]
//!   <<: *base
//! ```
//!
//! ```yaml gitlab good
//! .base: &base { when: always }
//! test:
//!   <<: *base
//!   script: [npm test]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: npm test }]
//! trigger: none
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps: [{ script: npm test, displayName: 'trigger: none' }]
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: npm test }]
//!     steps: [{ run: npm run other }]
//! workflows: { main: { jobs: [test] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! base: &base { docker: [{ image: "cimg/base:2026.01" }] }
//! jobs:
//!   test:
//!     <<: *base
//!     steps: [{ run: npm test }]
//! workflows: { main: { jobs: [test] } }
//! ```

use stackgate_facts::{Aspect, Observation, Place};
use stackgate_yaml::{Dialect, Limits, parse_lenient};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "yaml-hazard",
    group: Group::Supply,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "circleci"],
    text: include_str!("yaml_hazard.rs"),
    check: Check::Pipeline(check),
};

/// What keeps a file from being read at all, which the audit says by itself, and what is another rule's.
const OTHERS: &[&str] = &["syntax", "empty-file", "invisible-character", "control-character"];

fn check(observation: &Observation, findings: &mut Findings) {
    // Readers put every problem of a text there; a text without one need not be read again.
    if !observation.undecided.iter().any(|undecided| undecided.aspect == Aspect::Syntax) {
        return;
    }
    let dialect = match observation.provider {
        "gitlab" => Dialect::GITLAB,
        "azure" => Dialect::AZURE,
        "circleci" => Dialect::CIRCLECI,
        _ => Dialect::GITHUB,
    };
    for (file, (_, text)) in observation.sources.iter().enumerate() {
        for problem in parse_lenient(text, &Limits::AUDITED, &dialect).problems {
            let id = problem.rule.id;
            if OTHERS.contains(&id) || id.starts_with("too-") {
                continue;
            }
            let place = Place::new(file, problem.span.unwrap_or_default());
            let message = format!("{}: a reviewer and the CI system may read it differently", problem.message);
            let help = problem.help.unwrap_or_else(|| problem.rule.instead.to_owned());
            findings.add(None, place, message, help);
        }
    }
}
