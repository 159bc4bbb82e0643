//! A privileged run never fetches the commits of a change request.
//!
//! A run that nobody outside starts has secrets for good reason: what it runs was reviewed. When one of its steps fetches a
//! change request's commits, what it runs is whatever somebody proposed: `package.json` has scripts, a Makefile has targets, a
//! program of Pulumi is a program. The trigger says "trusted", the workspace is not.
//!
//! The worst is a trigger that strangers can cause: then a stranger chooses the time as well. Where only members start the run,
//! one member's click runs a stranger's code with the members' secrets.
//!
//! Instead: let the change request start its own run, without secrets, and let that run leave results that are looked at as
//! data.
//!
//! ```yaml github bad
//! on: pull_request_target
//! permissions: {}
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, id-token: write }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { ref: "${{ github.event.pull_request.head.sha }}", persist-credentials: false }
//!       - run: npm ci && pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: pull_request
//! permissions: {}
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { ref: "${{ github.event.pull_request.head.sha }}", persist-credentials: false }
//!       - run: npm ci && npm test
//! ```
//!
//! ```yaml azure bad
//! trigger: none
//! pr: none
//! parameters: [{ name: request, type: number }]
//! steps:
//!   - bash: |
//!       git fetch origin "pull/${{ parameters.request }}/merge"
//!       git checkout FETCH_HEAD
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! steps:
//!   - bash: |
//!       git fetch origin main
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   parameters { string(name: 'REQUEST') }
//!   stages {
//!     stage('Try') {
//!       steps {
//!         sh 'git fetch origin "pull/$REQUEST/head" && git checkout FETCH_HEAD'
//!         sh 'pulumi up --yes --stack acme/app/dev'
//!       }
//!     }
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
//!       steps {
//!         checkout scm
//!         sh 'pulumi up --yes --stack acme/app/dev'
//!       }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! parameters: { request: { type: string, default: "" } }
//! jobs:
//!   try:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps:
//!       - checkout
//!       - run: git fetch origin "pull/<< pipeline.parameters.request >>/head" && git checkout FETCH_HEAD
//!       - run: pulumi up --yes --stack acme/app/dev
//! workflows:
//!   main:
//!     when: << pipeline.parameters.request >>
//!     jobs: [try: { context: app-dev }]
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps:
//!       - checkout
//!       - run: git fetch origin main
//!       - run: pulumi up --yes --stack acme/app/dev
//! workflows:
//!   main:
//!     jobs: [deploy: { context: app-dev, filters: { branches: { only: main } } }]
//! ```

use stackgate_facts::{Control, DeedKind, Does, Event, Job, Place, Runs, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Starts, held, of_pulumi};

pub(super) static RULE: AuditRule = AuditRule {
    id: "unsafe-pr-checkout",
    group: Group::Events,
    severity: Severity::Critical,
    providers: &["github", "azure", "jenkins", "circleci"],
    text: include_str!("unsafe_pr_checkout.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    // A run of a change request has that one's commits by itself, and no privilege to lose by them.
    let own = |event: &Event| matches!(event, Event::ChangeRequest | Event::ForkChangeRequest);
    let starts = Starts::new(runs, |event| !own(event));
    let of_strangers =
        |event: &Event| matches!(event, Event::PrivilegedChangeRequest | Event::Comment | Event::AfterPipeline);
    for job in &observation.jobs {
        let holds = held(job).or_else(|| of_pulumi(job).then(|| "works with Pulumi".into()));
        for (step, place, named) in proposed(job) {
            let strangers = starts.step(job, step, &|situation| of_strangers(&situation.event)).is_some();
            // A reference that an event's text makes is empty in runs of other events.
            let others = !named && starts.step(job, step, &|_| true).is_some();
            let (severity, holds) = match (&holds, strangers, others) {
                (Some(holds), true, _) => (Severity::Critical, holds.as_str()),
                (Some(holds), false, true) => (Severity::High, holds.as_str()),
                (None, true, _) => (Severity::Medium, "shares its caches with trusted runs"),
                _ => continue,
            };
            let message = format!(
                "the commits of a change request are fetched into a job that {holds}: whoever proposes them decides what \
                 runs there"
            );
            let help =
                "work on a change request's commits in a job without secrets, started by the change request itself";
            findings.add_as(severity, Some(&job.id), place, message, help);
            break;
        }
    }
}

/// The steps that fetch a change request's commits, and whether an event's own text says which.
fn proposed(job: &Job) -> Vec<(usize, Place, bool)> {
    let mut all = Vec::new();
    for (index, step) in job.steps.iter().enumerate() {
        if let Does::Checkout { reference: Some(reference), code, .. } = &step.does
            && of_change_request(reference)
        {
            let place = code.as_ref().map_or(step.place, |code| code.place);
            all.push((index, place, reference.control() == Control::Stranger));
        }
    }
    let deeds = job.deeds.iter().filter(|deed| deed.kind == DeedKind::Checkout && of_change_request(&deed.what));
    all.extend(deeds.map(|deed| (deed.step, deed.place, false)));
    all.sort_by_key(|(step, ..)| *step);
    all
}

/// Whether a reference, or the words of a command of git's, name commits of a change request.
fn of_change_request(value: &Value) -> bool {
    let names =
        ["pull/", "merge-requests/", "pull-requests/", "gh pr checkout", "System.PullRequest.", "CHANGE_BRANCH"];
    value.control() == Control::Stranger || names.iter().any(|name| value.text().contains(name))
}
