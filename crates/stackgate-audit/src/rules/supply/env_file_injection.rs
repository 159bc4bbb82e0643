//! No text of others sets variables of later steps.
//!
//! What is written to `GITHUB_ENV`, `BASH_ENV`, a `dotenv` report or an Azure logging command becomes a variable of every
//! step or job that follows, or code that their shells read. A line break in a title is a second variable, and
//! `LD_PRELOAD`, `NODE_OPTIONS` or `PULUMI_BACKEND_URL` are variables: whoever writes the text decides what the next step
//! runs, or where it sends its token.
//!
//! Instead: give a step's text to the next as an output with a fixed name, or compute it where it is used. A deploying job
//! takes no variables of other jobs.
//!
//! ```yaml github bad
//! on: { pull_request_target: {} }
//! jobs:
//!   title:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "TITLE=$TITLE" >> "$GITHUB_ENV"
//!         env: { TITLE: "${{ github.event.pull_request.title }}" }
//! ```
//!
//! ```yaml github good
//! on: { pull_request_target: {} }
//! jobs:
//!   title:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: echo "STARTED=$GITHUB_RUN_ID" >> "$GITHUB_ENV"
//!       - run: echo "title=$TITLE" >> "$GITHUB_OUTPUT"
//!         env: { TITLE: "${{ github.event.pull_request.title }}" }
//! ```
//!
//! ```yaml gitlab bad
//! build:
//!   stage: build
//!   script: [make version]
//!   artifacts: { reports: { dotenv: version.env } }
//! deploy:
//!   stage: deploy
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! build:
//!   stage: build
//!   script: [make version]
//!   artifacts: { reports: { dotenv: version.env } }
//! deploy:
//!   stage: deploy
//!   needs: [{ job: build, artifacts: false }]
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! pr: [main]
//! steps: [{ script: 'echo "##vso[task.setvariable variable=message]$(Build.SourceVersionMessage)"' }]
//! ```
//!
//! ```yaml azure good
//! pr: [main]
//! steps: [{ script: 'echo "##vso[task.setvariable variable=started]yes"' }]
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   title:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     environment: { BRANCH: "<< pipeline.git.branch >>" }
//!     steps: [{ run: 'echo "export BRANCH=$BRANCH" >> "$BASH_ENV"' }]
//! workflows: { main: { jobs: [title] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   title:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'echo "export STARTED=yes" >> "$BASH_ENV"' }]
//! workflows: { main: { jobs: [title] } }
//! ```

use stackgate_facts::{Channel, ChannelKind, Control, Job, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "env-file-injection",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "circleci"],
    text: include_str!("env_file_injection.rs"),
    check: Check::Pipeline(check),
};

fn env_files(job: &Job) -> impl Iterator<Item = &Channel> {
    job.channels.iter().filter(|channel| channel.kind == ChannelKind::EnvFile)
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        // One word a job: the channel that most people have a hand in.
        let worst = env_files(job).filter(|channel| channel.name.control() != Control::Unknown);
        if let Some(channel) = worst.max_by_key(|channel| channel.name.control()) {
            let who = match channel.name.control() {
                Control::Stranger => Some((Severity::High, "anybody who can open a change request")),
                Control::Member => Some((Severity::Medium, "whoever may push or start a run")),
                _ => None,
            };
            if let Some((severity, who)) = who {
                let message = format!("`{}` sets variables of later steps with text of {who}", job.id);
                let help = "hand it on as an output with a fixed name, or use it in this step";
                findings.add_as(severity, Some(&job.id), channel.place, message, help);
            }
        }
        taken(observation, job, findings);
    }
}

/// Variables that a job with a token takes from the report of one whose code decides them.
fn taken(observation: &Observation, job: &Job, findings: &mut Findings) {
    if job.mints.is_empty() && !job.mutates() {
        return;
    }
    for channel in job.channels.iter().filter(|channel| channel.kind == ChannelKind::ArtifactIn) {
        let from = observation.jobs.iter().find(|other| other.id == channel.name.text());
        let Some(from) = from.filter(|from| from.runs_repository_code()) else { continue };
        let Some(report) = env_files(from).find(|channel| channel.step.is_none()) else { continue };
        let message = format!(
            "`{}` takes its variables from a report of `{}`: the code that runs there can set any, also Pulumi's own",
            job.id, from.id
        );
        let help = "take no artifacts of that job, or give the variables to a job without a token";
        findings.add(Some(&job.id), report.place, message, help);
    }
}
