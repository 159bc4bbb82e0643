//! A deploy runs for named branches.
//!
//! A trigger without branches runs for each of them, and on GitHub, GitLab and CircleCI for tags or manual runs too. Whoever
//! may push a branch of any name, without a review, then deploys what is on it, or a pipeline file of his own making with
//! the same rights. Azure Pipelines without a `trigger` builds every branch.
//!
//! Instead: list the branch, in the trigger or in the job's condition, and protect it. Where a person starts the deploy, put
//! an environment before it whose branches are limited.
//!
//! ```yaml github bad
//! on: [push]
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on:
//!   push:
//!   workflow_dispatch:
//! jobs:
//!   deploy:
//!     if: github.ref == 'refs/heads/main'
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   rules: [{ if: '$CI_PIPELINE_SOURCE == "push"' }]
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   rules: [{ if: '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_REF_PROTECTED == "true"' }]
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! pool: { vmImage: ubuntu-24.04 }
//! steps: [{ script: pulumi up --yes --stack acme/shop/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! pool: { vmImage: ubuntu-24.04 }
//! jobs:
//!   - deployment: deploy
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//!     environment: production
//!     strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/production }] } } }
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
//!   stages {
//!     stage('Deploy') {
//!       when { branch 'main' }
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
//! workflows: { main: { jobs: [{ deploy: { context: [production], filters: { tags: { only: /.*/ } } } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [{ deploy: { context: [production], filters: { branches: { only: main } } } }] } }
//! ```

use std::collections::BTreeMap;

use stackgate_facts::{Answer, ClauseKind, Event, Job, Place, Runs, Situation};

use super::has_environment;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "default-branch-only-missing",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("default_branch_only_missing.rs"),
    check: Check::Runs(check),
};

/// Whether a situation is a run of any branch or tag; where a person starts it, an environment may limit the branches.
fn any_branch(job: &Job, situation: &Situation) -> bool {
    let counts = match situation.event {
        Event::Push | Event::Tag => true,
        Event::Manual => !has_environment(job),
        _ => false,
    };
    counts && situation.is_of_any_name() && !situation.protected
}

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    // What starts several jobs is one thing.
    let mut causes: BTreeMap<Place, Vec<(&Job, Situation)>> = BTreeMap::new();
    for job in observation.jobs.iter().filter(|job| job.mutates()) {
        let events = |event: &Event| matches!(event, Event::Push | Event::Tag | Event::Manual);
        let asked = |situation: &Situation, answer: &Answer| *answer == Answer::Yes && any_branch(job, situation);
        let Some((situation, _)) = runs.first(job, &events, &asked) else { continue };
        let trigger = job.when.iter().find(|clause| clause.kind == ClauseKind::Trigger);
        let place = trigger.map_or(job.place, |clause| clause.place);
        causes.entry(place).or_default().push((job, situation));
    }
    for (place, jobs) in causes {
        let Some((first, situation)) = jobs.first() else { continue };
        let severity = if jobs.iter().all(|(job, _)| has_environment(job)) { Severity::Medium } else { Severity::High };
        let names: Vec<String> = jobs.iter().map(|(job, _)| format!("`{}`", job.id)).collect();
        let deploy = if names.len() == 1 { "deploys" } else { "deploy" };
        let message =
            format!("{} {deploy} on {situation}: whoever may push decides what is deployed", names.join(", "));
        let help = match observation.provider {
            "gitlab" => "add `$CI_COMMIT_REF_PROTECTED == \"true\"` and the branch to the job's rules",
            "azure" => "add `trigger` with the branch, and a condition on `Build.SourceBranch`",
            "jenkins" => "add `when { branch '…' }` to the stage",
            "circleci" => "add `filters` with the branch to the job",
            _ => "add `branches` to the trigger, or a condition on `github.ref` to the job",
        };
        findings.add_as(severity, Some(&first.id), place, message, help);
    }
}
