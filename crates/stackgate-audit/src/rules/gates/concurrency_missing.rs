//! One deploy of a stack runs at a time.
//!
//! Two runs that start one after the other both preview against the same state, and both update it. Pulumi Cloud refuses the
//! second while the first holds the stack, so that it fails in the middle of a pipeline, and where the order of the two is not
//! that of the commits the older one is what stays. A lock whose name is another one in each run holds nothing.
//!
//! Instead: give the deploying job a lock of its own, named after the stack and not after the branch or the run.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     concurrency: { group: "deploy-${{ github.run_id }}", cancel-in-progress: false }
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     concurrency: { group: acme/shop/production, cancel-in-progress: false }
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   environment: production
//!   resource_group: acme/shop/production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! stages:
//!   - stage: deploy
//!     jobs:
//!       - deployment: deploy
//!         environment: production
//!         strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/production }] } } }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! stages:
//!   - stage: deploy
//!     lockBehavior: sequential
//!     jobs:
//!       - deployment: deploy
//!         environment: production
//!         strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/production }] } } }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   options { timeout(time: 1, unit: 'HOURS') }
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   options { disableConcurrentBuilds() }
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [{ deploy: { context: [production] } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [{ deploy: { context: [production], serial-group: acme/shop/production } }] } }
//! ```

use stackgate_facts::{GateKind, Observation, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "concurrency-missing",
    group: Group::Gates,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("concurrency_missing.rs"),
    check: Check::Pipeline(check),
};

/// What is another text in each run, in the words of the providers.
const OF_THE_RUN: &[&str] = &[
    "github.run_id",
    "github.run_number",
    "github.run_attempt",
    "github.sha",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_IID",
    "CI_JOB_ID",
    "CI_COMMIT_SHA",
    "CI_COMMIT_SHORT_SHA",
    "Build.BuildId",
    "Build.BuildNumber",
    "Build.SourceVersion",
    "BUILD_NUMBER",
    "BUILD_ID",
    "BUILD_TAG",
    "GIT_COMMIT",
    "pipeline.number",
    "pipeline.id",
    "pipeline.git.revision",
];

fn of_the_run(name: &Value) -> bool {
    let text = name.text();
    name.as_literal().is_none() && OF_THE_RUN.iter().any(|word| text.contains(word))
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| job.mutates()) {
        let locks = job.gates.iter().filter_map(|gate| match &gate.kind {
            GateKind::Lock { name, .. } => Some((name, gate.place)),
            GateKind::Environment(_) | GateKind::Approval(_) => None,
        });
        let (idle, holding): (Vec<_>, Vec<_>) = locks.partition(|(name, _)| of_the_run(name));
        if !holding.is_empty() {
            continue;
        }
        let (place, why) = match idle.first() {
            Some((_, place)) => (*place, "has a lock whose name is another one in each run"),
            None => (job.place, "has no lock"),
        };
        let help = match observation.provider {
            "gitlab" => "add `resource_group` with the stack's name",
            "azure" => "add `lockBehavior: sequential` to the stage, and an exclusive lock to its environment",
            "jenkins" => "add `disableConcurrentBuilds()` to the options, or `lock` around the deploy",
            "circleci" => "add `serial-group` with the stack's name",
            _ => "add `concurrency` with the stack's name as its group, and `cancel-in-progress: false`",
        };
        let message = format!("`{}` deploys and {why}: two runs can update one stack at once, in any order", job.id);
        findings.add(Some(&job.id), place, message, help);
    }
}
