//! The whole pipeline stands in this repository.
//!
//! A part that lies elsewhere decides with the same rights what runs here, and whoever may change it there needs no review
//! here. Nor does this audit see it: a job that it brings is judged by nobody. A full commit is a lesser thing, as a change of
//! it is one in this repository, though not of what it says. What is named by a branch or a tag that can move is the rule
//! `unpinned-ref`'s.
//!
//! Instead: keep the parts that deploy in this repository. Where many share one, name it by its full commit, and audit that
//! repository too.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     uses: acme/ci/.github/workflows/deploy.yml@3d3c42e5aac5ba805825da76410c181273ba90b1
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     uses: ./.github/workflows/build.yml
//! ```
//!
//! ```yaml github with path=.github/workflows/build.yml
//! on: { workflow_call: {} }
//! jobs:
//!   build:
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: make build }]
//! ```
//!
//! ```yaml gitlab bad
//! include:
//!   - component: gitlab.com/acme/ci/deploy@1.2.3
//! build:
//!   script: [make build]
//! ```
//!
//! ```yaml gitlab good
//! include:
//!   - local: ci/build.yml
//! ```
//!
//! ```yaml gitlab with path=ci/build.yml
//! build:
//!   script: [make build]
//! ```
//!
//! ```yaml azure bad
//! resources:
//!   repositories:
//!     - { repository: ci, type: git, name: acme/ci, ref: refs/tags/v1.2.3 }
//! steps:
//!   - template: deploy.yml@ci
//!   - script: make build
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps:
//!   - template: ci/build.yml
//! ```
//!
//! ```yaml azure with path=ci/build.yml
//! steps: [{ script: make build }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages {
//!     stage('Deploy') {
//!       steps { script { evaluate(new URL('https://ci.example.com/steps.groovy').text) } }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Build') { steps { sh 'make build' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! setup: true
//! orbs: { continuation: circleci/continuation@1.0.0 }
//! jobs:
//!   generate:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: make config }, { continuation/continue: { configuration_path: made.yml } }]
//! workflows: { main: { jobs: [generate] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! setup: false
//! jobs:
//!   build:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: make build }]
//! workflows: { main: { jobs: [build] } }
//! ```

use stackgate_facts::{Aspect, CodeKind, Observation, Pin};

use super::{foreign, moves};
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "remote-config-code",
    group: Group::Supply,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("remote_config_code.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let help = "keep this part in this repository, or audit the other one too";
    let parts = || foreign(observation).filter(|(_, code)| code.kind == CodeKind::Pipeline && code.pin != Pin::Local);
    for (job, code) in parts().filter(|(_, code)| !moves(observation, code)) {
        let severity = if code.pin == Pin::Digest { Severity::Low } else { Severity::Medium };
        let message = format!("`{}` lies elsewhere, and decides here what runs; nobody judged it", code.name);
        findings.add_as(severity, job.map(|job| job.id.as_str()), code.place, message, help);
    }
    let evaluated = |name: &str| matches!(name, "evaluate" | "evaluateGroovy" | "Eval.me");
    for (job, code) in foreign(observation).filter(|(_, code)| evaluated(&code.name)) {
        let message = format!("`{}` makes text a part of the pipeline that does not stand in it", code.name);
        findings.add(job.map(|job| job.id.as_str()), code.place, message, "write the steps themselves");
    }
    for undecided in observation.undecided.iter().filter(|undecided| undecided.aspect == Aspect::Elsewhere) {
        // What a reference above or another rule names is said already.
        let within = |place: stackgate_facts::Place| {
            place.file == undecided.place.file
                && place.span.start < undecided.place.span.end
                && undecided.place.span.start < place.span.end
        };
        if !parts().any(|(_, code)| within(code.place)) {
            let message = format!("a part of this pipeline lies elsewhere: {}", undecided.why);
            findings.add(undecided.job.as_deref(), undecided.place, message, help);
        }
    }
}
