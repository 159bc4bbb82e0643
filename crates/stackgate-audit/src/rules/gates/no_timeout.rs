//! A job with a token has a time limit of its own.
//!
//! A deploy that hangs keeps its token, and its hold on the stack, until the provider's own limit: six hours on GitHub, none at
//! all on Jenkins. Whoever reached the machine has that long.
//!
//! Instead: set a limit a little above what the job takes; a token need not live longer than it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
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
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//!         timeout-minutes: 30
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
//!   timeout: 30 minutes
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! jobs:
//!   - job: deploy
//!     steps: [{ script: pulumi up --yes --stack acme/shop/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! jobs:
//!   - job: deploy
//!     timeoutInMinutes: 30
//!     steps: [{ script: pulumi up --yes --stack acme/shop/production }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   options { timeout(time: 30, unit: 'MINUTES') }
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
//!     steps: [{ run: { command: pulumi up --yes --stack acme/shop/production, no_output_timeout: 20m } }]
//! workflows: { main: { jobs: [{ deploy: { context: [production] } }] } }
//! ```

use stackgate_facts::{Job, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "no-timeout",
    group: Group::Gates,
    severity: Severity::Low,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("no_timeout.rs"),
    check: Check::Pipeline(check),
};

/// Whether each step that does something with Pulumi has a limit of its own.
fn each_step(job: &Job) -> bool {
    let mut steps = job.verbs.iter().map(|verb| verb.step).chain(job.mints.iter().map(|mint| mint.step));
    let limited = |step: usize| {
        let settings = job.steps.get(step).map_or(&[][..], |step| step.settings.as_slice());
        settings.iter().any(|setting| matches!(setting.key.as_str(), "timeout-minutes" | "timeoutInMinutes"))
    };
    steps.all(limited)
}

fn check(observation: &Observation, findings: &mut Findings) {
    let with_token = |job: &&Job| !job.mints.is_empty() || !job.verbs.is_empty();
    for job in observation.jobs.iter().filter(with_token) {
        if job.limit_said || each_step(job) {
            continue;
        }
        let help = match observation.provider {
            "gitlab" => "add `timeout` to this job",
            "azure" => "add `timeoutInMinutes` to this job",
            "jenkins" => "add `timeout` to the options",
            "circleci" => "add `no_output_timeout` to the steps that run Pulumi",
            _ => "add `timeout-minutes` to this job",
        };
        let message =
            format!("`{}` works with Pulumi and says no time limit: a run that hangs keeps its token", job.id);
        findings.add(Some(&job.id), job.place, message, help);
    }
}
