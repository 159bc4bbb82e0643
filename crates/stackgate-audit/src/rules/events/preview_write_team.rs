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

use stackgate_facts::{CredentialKind, Event, Job, Observation, Place, Situation, universe};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::preview;

pub(super) static RULE: AuditRule = AuditRule {
    id: "preview-write-team",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("preview_write_team.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let previews = observation.jobs.iter().filter(|job| preview(job).is_some() && !job.mutates());
    let deploys: Vec<&Job> = observation.jobs.iter().filter(|job| job.mutates()).collect();
    if deploys.is_empty() {
        return;
    }
    let all = universe([observation]);
    let asked = |situation: &&Situation| {
        situation.event.is_change_request() || situation.event == Event::Push && !situation.reference.is_named()
    };
    let situations: Vec<&Situation> = all.iter().filter(asked).collect();
    for job in previews {
        for deploy in &deploys {
            let Some((what, place)) = shared(job, deploy) else { continue };
            // What a preview of the very run that deploys has, whoever starts it has anyway.
            let runs = |job: &Job, situation| {
                let needed = observation.needed(job);
                job.runs(situation).possible() && needed.iter().all(|needed| needed.runs(situation).possible())
            };
            let Some(situation) = situations.iter().find(|situation| runs(job, situation) && !runs(deploy, situation))
            else {
                continue;
            };
            let message = format!(
                "this preview has {what} of `{}`, and {situation} starts it: unreviewed code can do whatever the deploy can",
                deploy.id
            );
            let help = "give the preview a team of its own that may only read, and a credential of its own";
            findings.add(Some(&job.id), place, message, help);
            break;
        }
    }
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
