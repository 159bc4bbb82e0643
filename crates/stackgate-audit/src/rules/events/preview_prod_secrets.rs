//! A change request opens no secrets of production.
//!
//! An ESC environment hands out what it holds to whoever opens it: passwords, keys, and short-lived tokens of clouds. A job that
//! a change request starts runs that change request's code, so that opening an environment there shows it to code that nobody
//! has reviewed. A cloud's role, that both a job of change requests and the deploy log in as, is the same by another way.
//!
//! What cannot be seen here: the environments that a stack's configuration names, which a preview of that stack opens by itself,
//! and which runs a cloud's role trusts. Give previews a stack whose configuration names no environment of production, and let
//! the role's trust name the branch.
//!
//! Instead: open the environment, or log in to the cloud, in the job that deploys; let previews have an identity of their own
//! that may only read.
//!
//! ```yaml github bad
//! on: pull_request
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event.pull_request.head.repo.full_name == github.repository
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - run: pulumi env run acme/production -- npm test
//! ```
//!
//! ```yaml github bad
//! on: { pull_request: { branches: [main] }, push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event_name == 'pull_request'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - uses: aws-actions/configure-aws-credentials@v5
//!         with: { role-to-assume: "arn:aws:iam::123456789012:role/deploy" }
//!       - run: pulumi preview --stack acme/app/dev
//!   deploy:
//!     if: github.event_name == 'push'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - uses: aws-actions/configure-aws-credentials@v5
//!         with: { role-to-assume: "arn:aws:iam::123456789012:role/deploy" }
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] }, push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event_name == 'pull_request'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - uses: aws-actions/configure-aws-credentials@v5
//!         with: { role-to-assume: "arn:aws:iam::123456789012:role/read" }
//!       - run: pulumi preview --stack acme/app/dev
//!   deploy:
//!     if: github.event_name == 'push'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - uses: aws-actions/configure-aws-credentials@v5
//!         with: { role-to-assume: "arn:aws:iam::123456789012:role/deploy" }
//!       - run: pulumi env open acme/production && pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   script:
//!     - pulumi env open acme/production --format dotenv > .env
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   rules: [{ if: $CI_COMMIT_BRANCH == "main" }]
//!   script:
//!     - pulumi env open acme/production --format dotenv > .env
//!     - pulumi up --yes --stack acme/app/production
//! ```
//!
//! ```yaml azure bad
//! trigger: none
//! pr: [main]
//! steps:
//!   - bash: esc run acme/production -- npm test
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! steps:
//!   - bash: esc run acme/production -- npm test
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Preview') {
//!       when { changeRequest() }
//!       steps { sh 'pulumi env run acme/production -- pulumi preview --stack acme/app/dev' }
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
//!       steps { sh 'pulumi env run acme/production -- pulumi up --yes --stack acme/app/dev' }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ run: "esc open acme/production --format dotenv > .env" }]
//! workflows: { main: { jobs: [preview] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ run: "esc open acme/production --format dotenv > .env" }]
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```

use stackgate_facts::{Does, Event, Job, Runs, Situation, Value, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Pushes, Starts};

pub(super) static RULE: AuditRule = AuditRule {
    id: "preview-prod-secrets",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("preview_prod_secrets.rs"),
    check: Check::Runs(check),
};

/// Inputs of steps that log in to a cloud, which name whom they log in as.
const IDENTITIES: &[&str] = &[
    "role-to-assume",
    "role_arn",
    "service_account",
    "workload_identity_provider",
    "client-id",
    "azuresubscription",
    "connectedservicename",
    "awscredentials",
];

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let own = |event: &Event| matches!(event, Event::ChangeRequest | Event::ForkChangeRequest);
    let starts = Starts::new(runs, own);
    let deploys: Vec<&Job> = observation.jobs.iter().filter(|job| job.mutates() && starts.job(job).is_none()).collect();
    let pushes = Pushes::new(runs);
    for job in &observation.jobs {
        let own = pushes.of(job);
        let wanted = |situation: &Situation| !own.has(situation);
        let opened = job.verbs.iter().filter(|verb| verb.kind == VerbKind::OpenEnvironment);
        for verb in opened.filter(|verb| starts.step(job, verb.step, &wanted).is_some()).take(1) {
            let what = verb
                .stack
                .as_ref()
                .map_or_else(|| "an ESC environment".into(), |name| format!("the ESC environment `{}`", name.text()));
            let message = format!(
                "a change request starts this job, which opens {what}: the code of that change request reads all its secrets"
            );
            let help =
                "open the environment in the job that deploys, and give previews one with nothing in it that writes";
            findings.add(Some(&job.id), verb.place, message, help);
        }
        if starts.job(job).is_none() || job.mutates() {
            continue;
        }
        let shared = identities(job).find_map(|(step, identity)| {
            let deploy = deploys.iter().find(|deploy| identities(deploy).any(|(_, other)| other == identity))?;
            Some((step, identity, deploy))
        });
        let Some((step, identity, deploy)) = shared else { continue };
        if starts.step(job, step, &wanted).is_none() {
            continue;
        }
        let place = job.steps.get(step).map_or(job.place, |step| step.place);
        let message = format!(
            "a change request starts this job, which logs in to a cloud as `{}`, and so does the deploy `{}`: the code of \
             that change request can do whatever the deploy can",
            identity.text(),
            deploy.id
        );
        let help = "give previews an identity of their own that may only read";
        findings.add(Some(&job.id), place, message, help);
    }
}

/// Whom a job logs in to clouds as, with the steps that do.
fn identities(job: &Job) -> impl Iterator<Item = (usize, &Value)> {
    job.steps.iter().enumerate().flat_map(|(index, step)| {
        let inputs = match &step.does {
            Does::Use { inputs, .. } => inputs.as_slice(),
            _ => &[],
        };
        let named = inputs.iter().filter(|input| IDENTITIES.contains(&input.name.to_ascii_lowercase().as_str()));
        named.map(move |input| (index, &input.value))
    })
}
