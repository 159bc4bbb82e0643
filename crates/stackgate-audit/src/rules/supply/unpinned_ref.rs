//! Foreign code is named by a commit or a digest.
//!
//! An action, an image, an include or an orb that is named by a branch or a tag is whatever its owner, or whoever took over
//! its repository, puts there before the next run. It runs with everything that the job has: its token, its secrets, the
//! checkout. In March 2025 all tags of a widely used action were moved to a commit that printed secrets.
//!
//! What cannot move is accepted: a full version of an orb or of a component, a task's three numbers, and the tasks that are
//! part of Azure Pipelines itself, which come with the service as its agent does.
//!
//! Instead: write the full commit or digest, with the version as a comment behind it for people and for update bots.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v4
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
//!       - uses: ./actions/own
//! ```
//!
//! ```yaml github with path=actions/own/action.yml
//! name: own
//! description: Part of this repository
//! runs: { using: composite, steps: [{ run: "true", shell: bash }] }
//! ```
//!
//! ```yaml gitlab bad
//! include:
//!   - project: platform/ci
//!     ref: main
//!     file: deploy.yml
//! test:
//!   image: node:24
//!   script: [npm test]
//! ```
//!
//! ```yaml gitlab good
//! include:
//!   - project: platform/ci
//!     ref: 3d3c42e5aac5ba805825da76410c181273ba90b1
//!     file: deploy.yml
//! test:
//!   image: node:24@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0
//!   script: [npm test]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! container: node:24
//! steps:
//!   - task: Pulumi@1
//!     inputs: { command: preview }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! container: node:24@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0
//! steps:
//!   - task: UseNode@1
//!     inputs: { version: 24.18.0 }
//! ```
//!
//! ```groovy jenkins bad
//! @Library('deploy-tools@main') _
//! pipeline {
//!   agent { docker { image 'node:24' } }
//!   stages { stage('Test') { steps { sh 'npm test' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! @Library('deploy-tools@3d3c42e5aac5ba805825da76410c181273ba90b1') _
//! pipeline {
//!   agent { docker { image 'node:24@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0' } }
//!   stages { stage('Test') { steps { sh 'npm test' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! orbs: { node: circleci/node@7 }
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/node:24.0" }]
//!     steps: [checkout, { run: npm test }]
//! workflows: { main: { jobs: [test] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! orbs: { node: circleci/node@7.1.0 }
//! jobs:
//!   test:
//!     docker:
//!       - image: cimg/node:24.0@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0
//!     steps: [checkout, { run: npm test }]
//! workflows: { main: { jobs: [test] } }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use stackgate_facts::{CodeKind, Observation, Pin, Place};

use super::{floating_pulumi_image, foreign, moves};
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "unpinned-ref",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("unpinned_ref.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    // What stands in one place for several jobs has one mend, and is told once.
    let mut jobs_at: BTreeMap<Place, BTreeSet<&str>> = BTreeMap::new();
    for (job, code) in foreign(observation) {
        jobs_at.entry(code.place).or_default().extend(job.map(|job| job.id.as_str()));
    }
    let mut told = BTreeSet::new();
    for (job, code) in foreign(observation) {
        // A template of a repository moves because that does.
        let name = match (observation.provider, code.kind) {
            ("azure", CodeKind::Pipeline) => code.name.split(':').next().unwrap_or(""),
            _ => &code.name,
        };
        if !moves(observation, code)
            || floating_pulumi_image(code)
            || !seen.insert((job.map(|job| &job.id), name, &code.version))
            || !told.insert((code.place, name))
        {
            continue;
        }
        let version = match (code.kind, code.version.as_str()) {
            (_, "") => String::new(),
            (CodeKind::Machine, version) if observation.provider != "circleci" => format!("-{version}"),
            (CodeKind::Image | CodeKind::Machine, version) => format!(":{version}"),
            (_, version) => format!("@{version}"),
        };
        let (severity, what) = match code.pin {
            Pin::Made => (Severity::Medium, "is decided when the pipeline runs"),
            _ => (Severity::High, "can be another text tomorrow"),
        };
        let sharing = jobs_at.get(&code.place).map_or(0, BTreeSet::len);
        let (job, has) = match sharing {
            0 | 1 => (job.map(|job| job.id.as_str()), "the job has".to_owned()),
            jobs => (None, format!("{jobs} jobs have")),
        };
        let message = format!(
            "what `{}{version}` stands for {what}: whoever controls it runs code here with all that {has}",
            code.name
        );
        let help = match code.kind {
            CodeKind::Image => "name the image with its digest: `image:tag@sha256:…`",
            CodeKind::Library if observation.provider == "circleci" => "name the orb's full version",
            CodeKind::Machine => "name the image with its full version",
            CodeKind::Action if observation.provider == "azure" => "name the task's version with all three numbers",
            _ => "name the full commit, with the version as a comment behind it",
        };
        findings.add_as(severity, job, code.place, message, help);
    }
}
