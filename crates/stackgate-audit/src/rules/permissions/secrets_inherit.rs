//! A job gets the secrets that it needs, by their names.
//!
//! `secrets: inherit` hands a called workflow every secret of the repository and of the organization, and `toJSON(secrets)` does
//! the same with a step. A context on each job of a workflow gives the tests what the deploy needs; a variable group at the top
//! of a pipeline gives it to every task; `env` within `withCredentials` gives it to the log. One compromised package then has all
//! of them, and so have those who read this file in a year and think that the list of jobs is the list of those who need it.
//!
//! On GitLab the variables of a group reach every job unless they are protected. That stands outside the file, and no rule about
//! files can see it.
//!
//! Instead: name each secret where it is needed, and nowhere else.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     uses: acme/workflows/.github/workflows/deploy.yml@v1
//!     secrets: inherit
//! ```
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: ./deploy.sh
//!         env: { ALL: "${{ toJSON(secrets) }}" }
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     uses: acme/workflows/.github/workflows/deploy.yml@v1
//!     secrets: { npm: "${{ secrets.NPM_TOKEN }}" }
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pr: none
//! variables: [{ group: production }]
//! jobs:
//!   - job: test
//!     steps: [{ bash: npm test }]
//!   - job: deploy
//!     steps: [{ bash: pulumi up --yes --stack acme/app/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! jobs:
//!   - job: test
//!     steps: [{ bash: npm test }]
//!   - job: deploy
//!     variables: [{ group: production }]
//!     steps: [{ bash: pulumi up --yes --stack acme/app/production }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         withCredentials([string(credentialsId: 'pulumi', variable: 'PULUMI_ACCESS_TOKEN')]) {
//!           sh 'env'
//!           sh 'pulumi up --yes --stack acme/app/dev'
//!         }
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
//!       steps {
//!         sh 'env'
//!         withCredentials([string(credentialsId: 'pulumi', variable: 'PULUMI_ACCESS_TOKEN')]) {
//!           sh 'pulumi up --yes --stack acme/app/dev'
//!         }
//!       }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: npm test }]
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows:
//!   main:
//!     jobs:
//!       - test: { context: production }
//!       - deploy: { context: production, requires: [test], filters: { branches: { only: main } } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: npm test }]
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows:
//!   main:
//!     jobs:
//!       - test
//!       - deploy: { context: production, requires: [test], filters: { branches: { only: main } } }
//! ```

use stackgate_facts::{CodeKind, Credential, CredentialKind, DeedKind, Does, Job, Observation, Pin, Place, Scope};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::of_pulumi;

pub(super) static RULE: AuditRule = AuditRule {
    id: "secrets-inherit",
    group: Group::Permissions,
    severity: Severity::High,
    providers: &["github", "azure", "jenkins", "circleci"],
    text: include_str!("secrets_inherit.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let mut told: Vec<Place> = Vec::new();
    for job in &observation.jobs {
        for credential in &job.credentials {
            let CredentialKind::Stored(store, name) = &credential.kind else { continue };
            if told.contains(&credential.place) {
                continue;
            }
            let found = match store.as_str() {
                "context" => everywhere(observation, job, credential),
                // What Pulumi's own task gets has a rule of its own.
                _ if name.as_literal() == Some("*") && taken(job, credential) => None,
                _ if name.as_literal() == Some("*") => Some((
                    "every secret of the repository is handed over at once, those that are added later too: what receives \
                     them can send them anywhere"
                        .to_owned(),
                    "name the secrets that are needed, one by one",
                )),
                "variable group" if credential.wide => Some((
                    format!(
                        "every job has the whole variable group `{}`, and every task of a job gets each variable that is not \
                         secret, and may ask for those that are",
                        name.text()
                    ),
                    "name the group in the job that needs it",
                )),
                _ => None,
            };
            if let Some((message, help)) = found {
                told.push(credential.place);
                // A workflow of this repository is read as the rest of it is.
                let foreign = job.code.iter().any(|code| code.kind == CodeKind::Pipeline && code.pin != Pin::Local);
                let own = store == "secrets" && credential.scope == Scope::Job && !foreign;
                let severity = if own { Severity::Medium } else { Severity::High };
                findings.add_as(severity, Some(&job.id), credential.place, message, help);
            }
        }
        for deed in job.deeds.iter().filter(|deed| deed.kind == DeedKind::PrintsEnvironment) {
            let Some(credential) = seen(job, deed.step).filter(|_| observation.provider == "jenkins") else { continue };
            let message = format!(
                "`{}` prints every variable where `{}` is bound, and hands whatever Jenkins does not mask to all who read logs",
                deed.what.text(),
                credential.variable.as_deref().unwrap_or("a credential")
            );
            findings.add(Some(&job.id), deed.place, message, "bind the credential round the one step that needs it");
            break;
        }
    }
}

/// Whether Pulumi's task of Azure is what takes this credential.
fn taken(job: &Job, credential: &Credential) -> bool {
    job.steps.iter().any(|step| {
        matches!(&step.does, Does::Use { code, .. }
            if code.name.eq_ignore_ascii_case("pulumi") && code.place == credential.place)
    })
}

/// A context that all jobs of a workflow have, though not all have to do with Pulumi.
fn everywhere(observation: &Observation, job: &Job, credential: &Credential) -> Option<(String, &'static str)> {
    let (workflow, _) = job.id.split_once('/')?;
    let same = |other: &&Job| other.id.split_once('/').is_some_and(|(name, _)| name == workflow);
    let jobs: Vec<&Job> = observation.jobs.iter().filter(same).filter(|other| !other.steps.is_empty()).collect();
    let all = jobs.iter().all(|other| other.credentials.iter().any(|one| one.kind == credential.kind));
    let other = jobs.iter().find(|other| !of_pulumi(other))?;
    let first = jobs.iter().find(|other| other.credentials.iter().any(|one| one.kind == credential.kind))?;
    let CredentialKind::Stored(_, name) = &credential.kind else { return None };
    (all && jobs.len() > 1 && first.id == job.id && jobs.iter().any(|other| of_pulumi(other))).then(|| {
        let message = format!(
            "every job of this workflow has the context `{}`, also `{}`, which has nothing to do with Pulumi: what runs there \
             reads its secrets",
            name.text(),
            other.id
        );
        (message, "give the context to the jobs that need it")
    })
}

/// A stored secret that a step sees.
fn seen(job: &Job, step: usize) -> Option<&Credential> {
    job.credentials.iter().find(|credential| {
        let sees = match &credential.scope {
            Scope::Job => true,
            Scope::Steps(steps) => steps.contains(&step),
        };
        sees && matches!(credential.kind, CredentialKind::Stored(..))
    })
}
