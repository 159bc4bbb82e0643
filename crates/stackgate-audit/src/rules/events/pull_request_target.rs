//! Nothing that a stranger can cause starts a job with privileges.
//!
//! Some events run with the target's privilege although a stranger causes them: `pull_request_target` and `issue_comment` on
//! GitHub, comments that start builds on Jenkins, external pull requests on GitLab. The run has the repository's secrets and
//! its right to write, and works on a stranger's text: his branch's name, his title, his files. One expansion, one checkout,
//! one restored cache is enough.
//!
//! A run that follows another pipeline (`workflow_run`, a pipeline resource with a trigger, an upstream job) has the same
//! privilege, and what it follows may have been a stranger's. It is less, since the stranger does not write what it runs, and
//! more than it seems, since it takes what the other left: artifacts, caches.
//!
//! Jobs that hold nothing, such as one that puts labels on change requests, have no finding. What starts Azure's builds by a
//! comment and CircleCI's by the API stands outside their files; what such a run fetches is `unsafe-pr-checkout`'s.
//!
//! Instead: do privileged work after a push to a protected branch, and what change requests need in a job without secrets.
//!
//! ```yaml github bad
//! on: { pull_request_target: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi preview --stack acme/app/dev
//!         env: { PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}" }
//! ```
//!
//! ```yaml github bad
//! on: { workflow_run: { workflows: [Test], types: [completed] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, id-token: write }
//!     steps:
//!       - run: pulumi up --yes --stack acme/app/production
//! ```
//!
//! ```yaml github good
//! on: { pull_request_target: { types: [opened] } }
//! permissions: {}
//! jobs:
//!   label:
//!     runs-on: ubuntu-24.04
//!     permissions: { pull-requests: write }
//!     steps:
//!       - uses: actions/labeler@v6
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "external_pull_request_event" }]
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE != "external_pull_request_event" && $CI_COMMIT_BRANCH == "main" }]
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: none
//! pr: none
//! resources:
//!   pipelines:
//!     - pipeline: tests
//!       source: app-tests
//!       trigger: true
//! steps:
//!   - bash: pulumi up --yes --stack acme/app/production
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! resources:
//!   pipelines:
//!     - pipeline: tests
//!       source: app-tests
//!       trigger: none
//! steps:
//!   - bash: pulumi up --yes --stack acme/app/production
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   triggers { issueCommentTrigger('^/deploy$') }
//!   stages {
//!     stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/app/production' } }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'ephemeral' }
//!   triggers { cron('H 4 * * *') }
//!   stages {
//!     stage('Deploy') {
//!       when { branch 'main' }
//!       steps { sh 'pulumi up --yes --stack acme/app/production' }
//!     }
//!   }
//! }
//! ```

use stackgate_facts::{Clause, ClauseKind, Condition, Event, Job, Place, Runs};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Starts, held, of_pulumi};

pub(super) static RULE: AuditRule = AuditRule {
    id: "pull-request-target",
    group: Group::Events,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins"],
    text: include_str!("pull_request_target.rs"),
    check: Check::Runs(check),
};

/// GitLab's word for a change request that another system tells it of.
const EXTERNAL: &str = "external_pull_request_event";

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let external = Event::Other(EXTERNAL.into());
    let events = [Event::PrivilegedChangeRequest, Event::Comment, Event::AfterPipeline, external];
    let all: Vec<(Event, Starts<'_, '_, _>)> =
        events.into_iter().map(|event| (event.clone(), Starts::new(runs, move |own| *own == event))).collect();
    for job in &observation.jobs {
        let holds = held(job);
        if holds.is_none() && !of_pulumi(job) {
            continue;
        }
        for (event, starts) in &all {
            // What starts every pipeline of a system unasked must be asked for.
            let unasked = by_default(observation.provider, event);
            if unasked && said(job, event, unasked).is_none() {
                continue;
            }
            let Some(start) = starts.job(job) else { continue };
            let severity = match (event, start.certain) {
                (Event::PrivilegedChangeRequest | Event::Comment, true) => Severity::Critical,
                (_, true) | (Event::PrivilegedChangeRequest | Event::Comment, false) => Severity::High,
                (_, false) => Severity::Medium,
            };
            let holds = holds.clone().unwrap_or_else(|| "works with Pulumi".into());
            let who = match event {
                Event::PrivilegedChangeRequest => "anybody's change request starts it with this repository's privilege",
                Event::Comment => "whoever may write a comment or an issue starts it with this repository's privilege",
                Event::AfterPipeline => {
                    "the end of another pipeline starts it with this repository's privilege, also where a stranger's change \
                     request started that"
                }
                _ => "a change request of another system starts it with this project's variables",
            };
            let help =
                "start it by pushes to protected branches, or take from it every secret and every right to write";
            let place = said(job, event, unasked).unwrap_or(job.place);
            findings.add_as(severity, Some(&job.id), place, format!("this job {holds}, and {who}"), help);
            break;
        }
    }
}

/// Whether an event starts every pipeline of a system, so that the trigger says nothing.
fn by_default(provider: &str, event: &Event) -> bool {
    matches!((provider, event), ("gitlab", Event::Other(_)) | ("jenkins", Event::AfterPipeline))
}

/// Where an event is asked for.
fn said(job: &Job, event: &Event, unasked: bool) -> Option<Place> {
    let names = |clause: &&Clause| {
        let mut found = false;
        clause.condition.each(&mut |part, negated| {
            found |= !negated && matches!(part, Condition::Event(own) if own == event);
        });
        found && !(unasked && clause.kind == ClauseKind::Trigger)
    };
    job.when.iter().find(names).map(|clause| clause.place)
}
