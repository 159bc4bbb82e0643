//! No change request of a stranger runs on a machine that lives on.
//!
//! A machine of one's own runs one job after another. Code of a change request can leave a process, change a tool that later
//! jobs call, read the caches and the checkouts of others, and reach whatever the machine reaches in its network. The job itself
//! needs no secret for that: the next job brings one.
//!
//! On Jenkins `agent any` means every machine, and where nobody has forbidden it, the controller, which holds all credentials;
//! there, members' change requests count as well.
//!
//! Instead: run change requests on the provider's machines, or on ones that are made for one job; or let only change requests of
//! the same repository run.
//!
//! ```yaml github bad
//! on: pull_request
//! permissions: { contents: read }
//! jobs:
//!   test:
//!     runs-on: [self-hosted, linux]
//!     steps:
//!       - run: npm ci && npm test
//! ```
//!
//! ```yaml github good
//! on: pull_request
//! permissions: { contents: read }
//! jobs:
//!   test:
//!     if: github.event.pull_request.head.repo.full_name == github.repository
//!     runs-on: [self-hosted, linux]
//!     steps:
//!       - run: npm ci && npm test
//! ```
//!
//! ```yaml gitlab bad
//! test:
//!   tags: [shell]
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   script: [npm ci, npm test]
//! ```
//!
//! ```yaml gitlab good
//! test:
//!   tags: [saas-linux-small-amd64]
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   script: [npm ci, npm test]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { name: Default }
//! steps:
//!   - bash: npm ci && npm test
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - bash: npm ci && npm test
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages {
//!     stage('Test') { steps { sh 'npm ci && npm test' } }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Test') {
//!       when {
//!         beforeAgent true
//!         branch 'main'
//!       }
//!       agent any
//!       steps { sh 'npm ci && npm test' }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   test:
//!     machine: true
//!     resource_class: acme/linux
//!     steps: [checkout, { run: npm ci && npm test }]
//! workflows: { main: { jobs: [test] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   test:
//!     machine: true
//!     resource_class: acme/linux
//!     steps: [checkout, { run: npm ci && npm test }]
//! workflows: { main: { jobs: [{ test: { filters: { branches: { ignore: /pull\/.*/ } } } }] } }
//! ```

use stackgate_facts::{Event, Job, RunnerTrust, Runs};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::Starts;

pub(super) static RULE: AuditRule = AuditRule {
    id: "self-hosted-pr",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("self_hosted_pr.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let strangers =
        Starts::new(runs, |event| matches!(event, Event::ForkChangeRequest | Event::PrivilegedChangeRequest));
    let anybody = Starts::new(runs, Event::is_change_request);
    let mut all: Vec<Found<'_>> = Vec::new();
    // A job without steps, such as an approval, runs nothing.
    for job in observation.jobs.iter().filter(|job| !job.steps.is_empty()) {
        let label = job.runner.label.text();
        let (start, runner) = match job.runner.trust {
            RunnerTrust::SelfHosted => (strangers.job(job), format!("`{label}`, a machine of your own")),
            RunnerTrust::Any => (anybody.job(job), "any machine that is free, the controller among them".to_owned()),
            // A label that is none of GitHub's is a machine of the user's own, or a larger one of GitHub's.
            RunnerTrust::Setting if observation.provider == "github" && !label.is_empty() => {
                (strangers.job(job), format!("`{label}`, which may be a machine of your own"))
            }
            RunnerTrust::Setting | RunnerTrust::Hosted => continue,
        };
        let Some(start) = start else { continue };
        let severity = match (job.runner.trust, start.certain) {
            (RunnerTrust::Setting, _) => Severity::Low,
            (_, true) => Severity::High,
            // On GitLab it takes a member who runs the pipeline of the fork.
            (_, false) if observation.provider == "gitlab" => Severity::Low,
            (_, false) => Severity::Medium,
        };
        match all.iter_mut().find(|known| known.runner == runner && known.severity == severity) {
            Some(known) => known.more += 1,
            None => all.push(Found { job, runner, severity, event: start.situation.event.words(), more: 0 }),
        }
    }
    for found in all {
        let jobs = match found.more {
            0 => "this job".to_owned(),
            more => format!("this job and {more} more"),
        };
        let message = format!(
            "{} starts {jobs} on {}: what its code leaves there waits for the next job, which may be a deploy",
            found.event, found.runner
        );
        let help = "run change requests on machines that are made for one job and thrown away after it";
        findings.add_as(found.severity, Some(&found.job.id), found.job.runner.place, message, help);
    }
}

/// The jobs that run on one kind of machine: the first, and how many more.
struct Found<'a> {
    job: &'a Job,
    runner: String,
    severity: Severity,
    event: String,
    more: usize,
}
