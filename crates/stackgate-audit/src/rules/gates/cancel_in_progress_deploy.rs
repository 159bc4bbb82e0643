//! A newer run does not kill a deploy.
//!
//! An update that is killed leaves resources half made, operations pending in the state, and a stack that stays locked until
//! somebody cancels the update by hand. Whoever can push can do that at will, at the worst moment. On Azure Pipelines and on
//! CircleCI no key of the file does this; CircleCI's setting to cancel redundant workflows does, outside the file.
//!
//! Instead: let a newer run wait. Previews may be cancelled; deploys may not.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     concurrency: { group: production, cancel-in-progress: true }
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     concurrency: { group: preview, cancel-in-progress: true }
//!     steps:
//!       - run: pulumi preview --stack acme/shop/production
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     concurrency: { group: production, cancel-in-progress: false }
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: production
//!   interruptible: true
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   interruptible: true
//!   script: [pulumi preview --stack acme/shop/production]
//! deploy:
//!   environment: production
//!   interruptible: false
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   options { disableConcurrentBuilds(abortPrevious: true) }
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   options { disableConcurrentBuilds(abortPrevious: false) }
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```

use stackgate_facts::{GateKind, Job, Observation, Place};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "cancel-in-progress-deploy",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "jenkins"],
    text: include_str!("cancel_in_progress_deploy.rs"),
    check: Check::Pipeline(check),
};

/// Where a job says that a newer run ends it.
fn ends(job: &Job) -> Option<Place> {
    let lock = job.gates.iter().find(|gate| matches!(gate.kind, GateKind::Lock { cancels: true, .. }));
    // On GitLab a job may be interrupted without holding a lock.
    let interruptible = || job.settings.iter().find(|it| it.key == "interruptible" && it.value == "true");
    lock.map(|gate| gate.place).or_else(|| interruptible().map(|setting| setting.place))
}

/// Whether an expression decides it: then it may be for previews alone.
fn decided(observation: &Observation, job: &Job) -> bool {
    observation.settings.iter().chain(&job.settings).any(|it| it.key == "concurrency.cancel-in-progress")
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| job.mutates()) {
        let Some(place) = ends(job) else { continue };
        let help = match observation.provider {
            "gitlab" => "set `interruptible: false`",
            "jenkins" => "leave out `abortPrevious`",
            _ => "set `cancel-in-progress: false`",
        };
        let (severity, kills) =
            if decided(observation, job) { (Severity::Medium, "may kill") } else { (Severity::High, "kills") };
        let message =
            format!("a newer run {kills} `{}` in the middle of its update, and leaves the stack locked", job.id);
        findings.add_as(severity, Some(&job.id), place, message, help);
    }
}
