//! A deploy stands behind a protected target.
//!
//! Whoever can get a commit or a run onto the deploying branch changes what is running, and the job's token is there for
//! every step of it. An environment, a deployment job, an `input`, a restricted context: each lets the CI system ask for a
//! reviewer, hold back other branches, and put its own name into the job's OIDC claims, which a trust policy can then demand.
//! Jenkins and CircleCI have no environment that is bound to a branch; there a deploy that only a push to one named branch
//! starts is held by that branch's protection.
//!
//! Instead: give each job that deploys a target with rules of its own, and make the target before the first run: one that is
//! missing is made without protection.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi preview --stack acme/shop/production
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   rules: [{ if: '$CI_COMMIT_BRANCH == "main"' }]
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   rules: [{ if: '$CI_COMMIT_BRANCH == "main"' }]
//!   environment: { name: production }
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! jobs:
//!   - job: deploy
//!     pool: { vmImage: ubuntu-24.04 }
//!     steps:
//!       - script: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! jobs:
//!   - deployment: deploy
//!     pool: { vmImage: ubuntu-24.04 }
//!     environment: production
//!     strategy:
//!       runOnce:
//!         deploy:
//!           steps:
//!             - script: pulumi up --yes --stack acme/shop/production
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
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [{ deploy: { context: [production] } }] } }
//! ```

use stackgate_facts::{Job, Runs};

use super::{held, named_branch_alone};
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "deploy-no-environment",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("deploy_no_environment.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let behind = runs.jobs().behind(held);
    let held = |job: &Job| held(job) || behind.contains(job.id.as_str());
    for job in observation.jobs.iter().filter(|job| job.mutates() && !held(job)) {
        let (what, help) = match observation.provider {
            "azure" => ("environment", "make this a `deployment` job with an `environment`"),
            "jenkins" => {
                ("`input`", "add an `input` with a `submitter` to this stage, or let only a push to one branch run it")
            }
            "circleci" => ("restricted context", "give this job a `context` that only those who deploy may use"),
            _ => ("environment", "add `environment` with the name of a protected environment"),
        };
        if matches!(observation.provider, "jenkins" | "circleci") && named_branch_alone(runs, job) {
            continue;
        }
        let message =
            format!("`{}` deploys with no {what} before it: whoever can start it changes what is running", job.id);
        findings.add(Some(&job.id), job.place, message, help);
    }
}
