//! No change request of a fork starts a job that can ask for an OIDC token.
//!
//! Whoever opens a change request from a fork decides what its run executes: the program, its packages, often the pipeline
//! itself. In a job that may ask for an OIDC token, that code asks for it too, and exchanges it at Pulumi Cloud for whatever
//! the trust policy gives this repository's pipelines.
//!
//! Most systems keep tokens from forks until a setting says otherwise. That setting stands outside the file, is made for all
//! pipelines at once, and nobody who changes it reads this file again. Jenkins has no such setting: a job of a fork's change
//! request has the credentials that its stages name.
//!
//! Instead: let the job run for change requests of the same repository alone, by a condition in the file. The trust policy
//! must ask for the same, since whoever edits a pipeline edits its conditions.
//!
//! ```yaml github bad
//! on: { pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, id-token: write }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { persist-credentials: false }
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:team
//!           scope: team:app-preview
//!       - run: pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event.pull_request.head.repo.full_name == github.repository
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, id-token: write }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { persist-credentials: false }
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:team
//!           scope: team:app-preview
//!       - run: pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   rules:
//!     - if: $CI_PIPELINE_SOURCE == "merge_request_event"
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$PULUMI_ID_TOKEN" --oidc-org acme --oidc-team app-preview
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   rules:
//!     - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$PULUMI_ID_TOKEN" --oidc-org acme --oidc-team app-preview
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: none
//! pr: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - bash: |
//!       pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-preview
//!       pulumi preview --stack acme/app/dev
//!     env:
//!       SYSTEM_ACCESSTOKEN: $(System.AccessToken)
//! ```
//!
//! ```yaml azure good
//! trigger: none
//! pr: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! jobs:
//!   - job: preview
//!     condition: and(succeeded(), eq(variables['System.PullRequest.IsFork'], 'False'))
//!     steps:
//!       - bash: |
//!           pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-preview
//!           pulumi preview --stack acme/app/dev
//!         env:
//!           SYSTEM_ACCESSTOKEN: $(System.AccessToken)
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Preview') {
//!       when { changeRequest() }
//!       steps {
//!         withCredentials([file(credentialsId: 'pulumi-oidc', variable: 'ID_TOKEN_FILE')]) {
//!           sh 'pulumi login --oidc-token "file://$ID_TOKEN_FILE" --oidc-org acme --oidc-team app-preview'
//!         }
//!         sh 'pulumi preview --stack acme/app/dev'
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
//!     stage('Preview') {
//!       when {
//!         changeRequest target: 'main'
//!         not { changeRequest comparator: 'REGEXP', fork: '.+' }
//!       }
//!       steps {
//!         withCredentials([file(credentialsId: 'pulumi-oidc', variable: 'ID_TOKEN_FILE')]) {
//!           sh 'pulumi login --oidc-token "file://$ID_TOKEN_FILE" --oidc-org acme --oidc-team app-preview'
//!         }
//!         sh 'pulumi preview --stack acme/app/dev'
//!       }
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
//!     steps:
//!       - checkout
//!       - run: pulumi login --oidc-token "$CIRCLE_OIDC_TOKEN_V2" --oidc-org acme --oidc-team app-preview
//!       - run: pulumi preview --stack acme/app/dev
//! workflows:
//!   main:
//!     jobs:
//!       - preview: { context: app-preview, filters: { branches: { ignore: main } } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps:
//!       - checkout
//!       - run: pulumi login --oidc-token "$CIRCLE_OIDC_TOKEN_V2" --oidc-org acme --oidc-team app-preview
//!       - run: pulumi preview --stack acme/app/dev
//! workflows:
//!   main:
//!     jobs:
//!       - preview: { context: app-preview, filters: { branches: { ignore: [main, /pull\/.*/] } } }
//! ```

use stackgate_facts::{Event, Runs};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Starts, withheld};

pub(super) static RULE: AuditRule = AuditRule {
    id: "fork-pr-mint",
    group: Group::Events,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("fork_pr_mint.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let starts = Starts::new(runs, |event| *event == Event::ForkChangeRequest);
    for job in observation.jobs.iter().filter(|job| job.can_mint()) {
        if starts.job(job).is_none() {
            continue;
        }
        // Where a provider keeps the right from forks until somebody changes that, it takes two to err.
        let (severity, when) = match withheld(observation.provider) {
            Some(when) => (Severity::High, format!(" {when},")),
            None => (Severity::Critical, String::new()),
        };
        let place = job.first_mint().map_or(job.place, |mint| mint.place);
        let message = format!(
            "a change request of a fork starts this job, which may ask for an OIDC token:{when} a stranger's code can \
             exchange it at Pulumi Cloud"
        );
        let help =
            "let the job run for change requests of the same repository alone, and say so in the trust policy too";
        findings.add_as(severity, Some(&job.id), place, message, help);
    }
}
