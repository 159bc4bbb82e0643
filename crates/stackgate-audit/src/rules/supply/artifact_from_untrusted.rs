//! A deploy builds what it deploys.
//!
//! Files of another run are what that run made of them. A pipeline that starts when another ends, and takes that one's files,
//! takes them of runs for change requests and forks too: a plan, a package, a script, all by whoever opened the change. Files
//! of another project or job are only as trustworthy as everybody who may change that one.
//!
//! Instead: check out the commit again in the deploying job and build there, or take files only of jobs of the same run.
//!
//! ```yaml github bad
//! on: { workflow_run: { workflows: [build], types: [completed] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - uses: actions/download-artifact@3d3c42e5aac5ba805825da76410c181273ba90b1
//!         with: { run-id: "${{ github.event.workflow_run.id }}" }
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
//!       - uses: actions/download-artifact@3d3c42e5aac5ba805825da76410c181273ba90b1
//!         with: { name: site }
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   needs: [{ project: acme/other, job: build, ref: main, artifacts: true }]
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! build:
//!   stage: build
//!   script: [make build]
//!   artifacts: { paths: [dist/] }
//! deploy:
//!   stage: deploy
//!   needs: [{ job: build, artifacts: true }]
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         copyArtifacts projectName: 'shop-changes', selector: lastSuccessful()
//!         sh 'pulumi up --yes --stack acme/shop/production'
//!       }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages {
//!     stage('Build') {
//!       steps {
//!         sh 'make build'
//!         stash name: 'site', includes: 'dist/**'
//!       }
//!     }
//!     stage('Deploy') {
//!       steps {
//!         unstash 'site'
//!         sh 'pulumi up --yes --stack acme/shop/production'
//!       }
//!     }
//!   }
//! }
//! ```

use stackgate_facts::{Channel, ChannelKind, Event, Observation, Runs};

use super::with_token;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "artifact-from-untrusted",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "jenkins"],
    text: include_str!("artifact_from_untrusted.rs"),
    check: Check::Runs(check),
};

/// Whether the files were made in this run.
fn of_this_run(observation: &Observation, taken: &Channel) -> bool {
    let name = taken.name.text();
    let gives = |channel: &Channel| channel.kind == ChannelKind::ArtifactOut && channel.name.text() == name;
    observation.jobs.iter().any(|job| job.id == name || job.channels.iter().any(gives))
}

fn after_another(event: &Event) -> bool {
    matches!(event, Event::AfterPipeline | Event::PrivilegedChangeRequest)
}

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    for job in observation.jobs.iter().filter(|job| with_token(job)) {
        let taken: Vec<_> = job.channels.iter().filter(|channel| channel.kind == ChannelKind::ArtifactIn).collect();
        if taken.is_empty() {
            continue;
        }
        // GitHub's files are of the same run, unless a workflow that follows another asks for that one's.
        let foreign = |channel: &&&Channel| match observation.provider {
            "github" => runs.first(job, &after_another, &|_, _| true).is_some(),
            _ => !of_this_run(observation, channel),
        };
        let Some(channel) = taken.iter().find(foreign) else { continue };
        let message = format!("`{}` takes files that another run made, and works with them beside its token", job.id);
        let help = "check out the commit and build it in this run";
        findings.add(Some(&job.id), channel.place, message, help);
    }
}
