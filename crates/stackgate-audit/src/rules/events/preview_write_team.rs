//! A preview has an identity of its own, that cannot write.
//!
//! A preview runs the program that a change request proposes, before anybody has read it. If its token is that of the team that
//! deploys, the program needs no approval, no protected branch and no review to deploy: it asks Pulumi Cloud itself. The same
//! holds for a stored token, a context, a service connection or a credential that both jobs name.
//!
//! What a preview's team may do is the other half, which Pulumi Cloud holds: `stack-role-excess` judges it.
//!
//! A preview in the run that deploys, such as one that an approver looks at, has no finding: whoever starts that run deploys.
//!
//! Instead: make a team for previews that may read the stacks, give its policy the change requests, and let deploys have
//! another.
//!
//! ```yaml github bad
//! on: { pull_request: { branches: [main] }, push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event.pull_request.head.repo.full_name == github.repository
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-deploy
//!       - run: pulumi preview --stack acme/app/dev
//!   deploy:
//!     if: github.event_name == 'push'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-deploy
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] }, push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: github.event.pull_request.head.repo.full_name == github.repository
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-preview
//!       - run: pulumi preview --stack acme/app/dev
//!   deploy:
//!     if: github.event_name == 'push'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-deploy
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app
//!     - pulumi preview --stack acme/app/dev
//! deploy:
//!   rules: [{ if: $CI_COMMIT_BRANCH == "main" }]
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app
//!     - pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! plan:
//!   stage: test
//!   rules: [{ if: $CI_COMMIT_BRANCH == "main" }]
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app
//!     - pulumi preview --stack acme/app/dev
//! deploy:
//!   stage: deploy
//!   rules: [{ if: $CI_COMMIT_BRANCH == "main" }]
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app
//!     - pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pr: [main]
//! jobs:
//!   - job: preview
//!     condition: eq(variables['Build.Reason'], 'PullRequest')
//!     steps:
//!       - bash: |
//!           pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//!           pulumi preview --stack acme/app/dev
//!   - job: deploy
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//!     steps:
//!       - bash: |
//!           pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//!           pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: [main]
//! jobs:
//!   - job: preview
//!     condition: eq(variables['Build.Reason'], 'PullRequest')
//!     steps:
//!       - bash: |
//!           pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-preview
//!           pulumi preview --stack acme/app/dev
//!   - job: deploy
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//!     steps:
//!       - bash: |
//!           pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//!           pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Preview') {
//!       when { changeRequest() }
//!       agent { label 'ephemeral' }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi') }
//!       steps { sh 'pulumi preview --stack acme/app/dev' }
//!     }
//!     stage('Deploy') {
//!       when { branch 'main' }
//!       agent { label 'ephemeral' }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi') }
//!       steps { sh 'pulumi up --yes --stack acme/app/dev' }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Preview') {
//!       when { changeRequest() }
//!       agent { label 'ephemeral' }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi-preview') }
//!       steps { sh 'pulumi preview --stack acme/app/dev' }
//!     }
//!     stage('Deploy') {
//!       when { branch 'main' }
//!       agent { label 'ephemeral' }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi') }
//!       steps { sh 'pulumi up --yes --stack acme/app/dev' }
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
//!     steps: [{ run: pulumi preview --stack acme/app/dev }]
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! workflows:
//!   main:
//!     jobs:
//!       - preview: { context: pulumi, filters: { branches: { ignore: main } } }
//!       - deploy: { context: pulumi, filters: { branches: { only: main } } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ run: pulumi preview --stack acme/app/dev }]
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! workflows:
//!   main:
//!     jobs:
//!       - preview: { context: pulumi-preview, filters: { branches: { ignore: main } } }
//!       - deploy: { context: pulumi, filters: { branches: { only: main } } }
//! ```

use std::ops::ControlFlow;

use stackgate_facts::{CredentialKind, Event, Job, Place, Runs, Situation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::preview;

pub(super) static RULE: AuditRule = AuditRule {
    id: "preview-write-team",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("preview_write_team.rs"),
    check: Check::Runs(check),
};

/// So many previews are held against a deploy, situation by situation; people write some dozens.
const TRIED: usize = 10_000;

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let jobs = &runs.observation().jobs;
    let deploys: Vec<&Job> = jobs.iter().filter(|job| job.mutates()).collect();
    if deploys.is_empty() {
        return;
    }
    let asked = |event: &Event| event.is_change_request() || *event == Event::Push;
    let mut left = TRIED;
    for job in jobs.iter().filter(|job| preview(job).is_some() && !job.mutates()) {
        let Some((first, _)) = runs.first(job, &asked, &|situation, _| unreviewed(situation)) else { continue };
        for deploy in &deploys {
            let Some((what, place)) = shared(job, deploy) else { continue };
            let message = if left == 0 {
                // What is not tried is a doubt, and a doubt counts against the job.
                format!(
                    "this preview has {what} of `{}`, and {first} starts it: too many jobs stand beside them to tell whether \
                     whoever does that starts the deploy anyway",
                    deploy.id
                )
            } else {
                left -= 1;
                let Some(situation) = apart(runs, job, deploy, &asked) else { continue };
                format!(
                    "this preview has {what} of `{}`, and {situation} starts it: unreviewed code can do whatever the deploy can",
                    deploy.id
                )
            };
            let help = "give the preview a team of its own that may only read, and a credential of its own";
            findings.add(Some(&job.id), place, message, help);
            break;
        }
    }
}

/// Whether nobody has read what runs.
fn unreviewed(situation: &Situation) -> bool {
    situation.event.is_change_request() || !situation.reference.is_named()
}

/// Where the preview runs and the deploy does not. What a preview of the very run that deploys has, whoever starts it has
/// anyway.
fn apart<'a>(runs: &Runs<'a>, job: &'a Job, deploy: &'a Job, asked: &dyn Fn(&Event) -> bool) -> Option<Situation> {
    let mut found = None;
    runs.situations(&[job, deploy], asked, &mut |situation| {
        if unreviewed(situation) && runs.runs(job, situation).possible() && !runs.runs(deploy, situation).possible() {
            found = Some(situation.clone());
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    found
}

/// What both jobs have of an identity.
fn shared(preview: &Job, deploy: &Job) -> Option<(String, Place)> {
    for mint in &preview.mints {
        let team = mint.team.as_ref().filter(|team| !team.text().is_empty());
        let same = deploy.mints.iter().any(|other| other.team == mint.team && other.organization == mint.organization);
        if let Some(team) = team
            && same
        {
            return Some((format!("the team `{}`", team.text()), mint.place));
        }
    }
    preview.credentials.iter().find_map(|credential| {
        let CredentialKind::Stored(store, name) = &credential.kind else { return None };
        // What logs in to a team is the same token for all teams: the login says which.
        let exchanged = !preview.mints.is_empty() && !deploy.mints.is_empty() && store != "context";
        let same = deploy.credentials.iter().any(|other| other.kind == credential.kind);
        (same && !exchanged && store != "registry login")
            .then(|| (format!("the {store} `{}`", name.text()), credential.place))
    })
}
