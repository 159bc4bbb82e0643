//! An approval stops what it stands before.
//!
//! An approval that anybody may give, that a timeout gives, or that later jobs do not wait for, looks like a gate on every
//! picture of the pipeline, and is none: who pushed the commit lets it through. On GitLab a job with `when: manual` may be
//! started by whoever may run jobs, unless its environment is protected, and without `allow_failure: false` the jobs after it
//! do not wait. On Jenkins an `input` without a `submitter` takes anybody's click. On CircleCI anybody of the project may
//! approve, and a restricted context behind the approval is what makes that count.
//!
//! Instead: name who may approve, let it end the run when nobody does, and put a protected environment or a restricted
//! context on the job that deploys.
//!
//! ```yaml gitlab bad
//! stages: [test, approve, deploy]
//! approve:
//!   stage: approve
//!   when: manual
//!   script: [echo approved]
//! deploy:
//!   stage: deploy
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! stages: [test, approve, deploy]
//! checks:
//!   stage: test
//!   when: manual
//!   script: [npm test]
//! approve:
//!   stage: approve
//!   when: manual
//!   allow_failure: false
//!   script: [echo approved]
//! deploy:
//!   stage: deploy
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! jobs:
//!   - job: approve
//!     pool: server
//!     steps:
//!       - task: ManualValidation@1
//!         inputs: { notifyUsers: "", instructions: Look at the preview, onTimeout: resume }
//!   - deployment: deploy
//!     dependsOn: approve
//!     environment: production
//!     strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/production }] } } }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! jobs:
//!   - job: approve
//!     pool: server
//!     steps:
//!       - task: ManualValidation@1
//!         inputs: { notifyUsers: "", approvers: "[acme]\\release", instructions: Look at the preview, onTimeout: reject }
//!   - deployment: deploy
//!     dependsOn: approve
//!     environment: production
//!     strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/production }] } } }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Deploy') {
//!       input { message 'Deploy?' }
//!       agent { label 'deploy' }
//!       steps { sh 'pulumi up --yes --stack acme/shop/production' }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Deploy') {
//!       input { message 'Deploy?'; submitter 'release-managers' }
//!       agent { label 'deploy' }
//!       steps { sh 'pulumi up --yes --stack acme/shop/production' }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows:
//!   main:
//!     jobs:
//!       - approve: { type: approval }
//!       - deploy: { requires: [approve] }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows:
//!   main:
//!     jobs:
//!       - approve: { type: approval }
//!       - deploy: { requires: [approve], context: [production] }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{Gate, GateKind, Job, Place, Runs, Weakness};

use super::has_environment;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "approval-weak",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("approval_weak.rs"),
    check: Check::Runs(check),
};

/// Whether a job is there for its approval alone: nothing of what it runs does anything.
fn only_approves(job: &Job) -> bool {
    job.verbs.is_empty() && job.deeds.is_empty() && job.channels.is_empty() && job.mints.is_empty()
}

/// What of a gate's weaknesses matters for the job that deploys behind it; `own` where it stands at that job itself.
fn counting(gate: &Gate, deploying: &Job, own: bool) -> Vec<Weakness> {
    let counts = |weak: &Weakness| match weak {
        // Whoever may deploy to the environment may press the button.
        Weakness::Anybody => !has_environment(deploying),
        // The job itself waits all the same.
        Weakness::DoesNotBlock => !own,
        Weakness::MadeName => false,
        Weakness::HoldsRunner | Weakness::TimeoutPasses | Weakness::Skippable => true,
    };
    gate.weak.iter().copied().filter(counts).collect()
}

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let mut told: BTreeSet<Place> = BTreeSet::new();
    // Most pipelines have no such job, and then nobody needs to know what comes before each.
    let asks = |gate: &Gate| matches!(gate.kind, GateKind::Approval(_)) && !gate.weak.is_empty();
    let any = observation.jobs.iter().any(|job| only_approves(job) && job.gates.iter().any(asks));
    for job in observation.jobs.iter().filter(|job| job.mutates()) {
        let earlier = if any { runs.jobs().before(job) } else { Vec::new() };
        let earlier = earlier.into_iter().filter(|earlier| only_approves(earlier));
        for (holder, own) in std::iter::once((job, true)).chain(earlier.map(|earlier| (earlier, false))) {
            for gate in holder.gates.iter().filter(|gate| matches!(gate.kind, GateKind::Approval(_))) {
                let weak = counting(gate, job, own);
                if weak.is_empty() || !told.insert(gate.place) {
                    continue;
                }
                let severity = match weak.as_slice() {
                    [Weakness::HoldsRunner] => Severity::Medium,
                    _ => Severity::High,
                };
                let words: Vec<&str> = weak.iter().map(|weak| weak.words()).collect();
                let message =
                    format!("the approval before `{}` stops less than it seems: {}", job.id, words.join("; "));
                findings.add_as(severity, Some(&job.id), gate.place, message, help(observation.provider, &weak));
            }
        }
    }
}

fn help(provider: &str, weak: &[Weakness]) -> &'static str {
    match (provider, weak.first()) {
        (_, Some(Weakness::HoldsRunner)) => "ask before an agent is taken: `input` as a directive of the stage",
        (_, Some(Weakness::TimeoutPasses)) => "let the run end when nobody approves in time",
        ("gitlab", Some(Weakness::DoesNotBlock)) => "add `allow_failure: false` to the approving job",
        ("gitlab", _) => "give the deploying job an `environment`, protect it, and let it require approvals",
        ("jenkins", _) => "name who may approve with `submitter`",
        ("circleci", _) => "give the deploying job a `context` that only those who may deploy can use",
        _ => "name who may approve",
    }
}
