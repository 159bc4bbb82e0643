//! No change request starts a deploy.
//!
//! A job that a change request starts runs the code of that change request. If it runs `pulumi up`, `destroy`, or changes the
//! state, then a proposal is a deploy: no review, no merge, no protected branch stands before it. Often nobody meant that: a
//! trigger was added for previews, or a key that limits the branches was left out, and the provider's default is every branch
//! and every change request.
//!
//! On Azure a branch policy starts a pipeline for change requests whatever its `pr` says, so that only the condition of the
//! job or the step counts there.
//!
//! A job that is for one branch by its name is not held against a change request from that same branch to another one: what that
//! proposes is deployed already.
//!
//! Instead: start deploys by pushes to a protected branch, once in the trigger and once in the job's own condition.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] }, pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] }, pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi preview --stack acme/app/dev
//!       - if: github.event_name == 'push'
//!         run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   rules:
//!     - if: $CI_PIPELINE_SOURCE == "merge_request_event"
//!     - if: $CI_COMMIT_BRANCH == "main"
//!   script: [pulumi up --yes --stack acme/app/dev]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   rules:
//!     - if: $CI_PIPELINE_SOURCE == "merge_request_event"
//!       when: never
//!     - if: $CI_COMMIT_BRANCH == "main"
//!   script: [pulumi up --yes --stack acme/app/dev]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps:
//!   - bash: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! steps:
//!   - bash: pulumi up --yes --stack acme/app/dev
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/app/dev' } }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Deploy') {
//!       when { branch 'main' }
//!       steps { sh 'pulumi up --yes --stack acme/app/dev' }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Pushes, Starts};
use stackgate_facts::{Event, Runs, Situation, Verb};

pub(super) static RULE: AuditRule = AuditRule {
    id: "up-on-pr",
    group: Group::Events,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("up_on_pr.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let proposed = |event: &Event| {
        matches!(event, Event::ChangeRequest | Event::ForkChangeRequest | Event::PrivilegedChangeRequest)
    };
    let starts = Starts::new(runs, proposed);
    let pushes = Pushes::new(runs);
    for job in observation.jobs.iter().filter(|job| job.mutates()) {
        let own = pushes.of(job);
        let wanted = |situation: &Situation| !own.has(situation);
        let first = |verb: &&Verb| verb.mutates() && starts.step(job, verb.step, &wanted).is_some();
        let Some(verb) = job.verbs.iter().find(first) else { continue };
        let start = starts.step(job, verb.step, &wanted);
        let (who, doubt) = start.map_or((String::new(), ""), |start| {
            let doubt = if start.certain { "" } else { ", unless what cannot be told from the file holds it back" };
            (start.situation.event.words(), doubt)
        });
        let severity = match observation.provider {
            _ if doubt.is_empty() => Severity::Critical,
            // There it takes a branch policy besides.
            "azure" => Severity::Medium,
            _ => Severity::High,
        };
        let message = format!(
            "{who} starts this job{doubt}, and it runs {}: whoever proposes a change deploys it before anybody has read it",
            verb.kind.words()
        );
        let help = "let the job run after a push to the branch that is deployed, and say so in its own condition too";
        findings.add_as(severity, Some(&job.id), verb.place, message, help);
    }
}
