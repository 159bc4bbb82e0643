//! Only the job that exchanges an OIDC token may ask for one.
//!
//! The right to ask for OIDC tokens is the right to be this pipeline towards Pulumi Cloud and every cloud that trusts it. Given
//! at the top of a file, all jobs have it: the linter with its hundred packages, the job that builds documentation, and every job
//! that somebody adds later. Each of them can ask for the token that was meant for the deploy.
//!
//! On Azure the same comes of `System.AccessToken` as a variable of a job or of everything; on Jenkins of a credential that is
//! bound in the `environment` of the whole pipeline. CircleCI has no switch: every job with a context can ask, so that contexts
//! alone limit it there.
//!
//! A file whose every job exchanges a token has no finding, and neither has one with a single job.
//!
//! Instead: give nothing at the top, and the right to the one job that needs it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: { contents: read, id-token: write }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: npm ci && npm test }]
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: npm ci && npm test }]
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, id-token: write }
//!     steps:
//!       - run: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//! ```
//!
//! ```yaml gitlab bad
//! default:
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//! test:
//!   script: [npm ci, npm test]
//! deploy:
//!   script: [pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app]
//! ```
//!
//! ```yaml gitlab good
//! default:
//!   id_tokens: { ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//! test:
//!   inherit: { default: false }
//!   script: [npm ci, npm test]
//! deploy:
//!   script: [pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pr: none
//! variables:
//!   SYSTEM_ACCESSTOKEN: $(System.AccessToken)
//! steps:
//!   - bash: npm ci && npm test
//!   - bash: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! steps:
//!   - bash: npm ci && npm test
//!   - bash: pulumi login --oidc-token file://token --oidc-org acme --oidc-team app
//!     env:
//!       SYSTEM_ACCESSTOKEN: $(System.AccessToken)
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   environment { ID_TOKEN = credentials('pulumi-oidc') }
//!   stages {
//!     stage('Test') { steps { sh 'npm ci && npm test' } }
//!     stage('Deploy') {
//!       steps { sh 'pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app' }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Test') { steps { sh 'npm ci && npm test' } }
//!     stage('Deploy') {
//!       environment { ID_TOKEN = credentials('pulumi-oidc') }
//!       steps { sh 'pulumi login --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app' }
//!     }
//!   }
//! }
//! ```

use stackgate_facts::{Credential, CredentialKind, DeedKind, Does, Job, Observation, Place, Scope, Step};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "id-token-workflow-wide",
    group: Group::Permissions,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins"],
    text: include_str!("id_token_workflow_wide.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let mut told: Vec<Place> = Vec::new();
    for job in &observation.jobs {
        for credential in job.credentials.iter().filter(|one| minting(observation.provider, one)) {
            if told.contains(&credential.place) {
                continue;
            }
            // What a job does with a credential may tell more of its kind, so that its place alone counts.
            let same = |one: &Credential| one.place == credential.place && one.variable == credential.variable;
            let have: Vec<&Job> = observation.jobs.iter().filter(|job| job.credentials.iter().any(same)).collect();
            let without: Vec<&str> = have.iter().filter(|job| !exchanges(job)).map(|job| job.id.as_str()).collect();
            let whole_job = credential.kind == CredentialKind::RepositoryToken;
            if !whole_job && (without.is_empty() || have.len() < 2) {
                continue;
            }
            told.push(credential.place);
            let (message, help) = if whole_job {
                (
                    "every step of this job has the token with which Azure gives out OIDC tokens: any of them, and what it \
                     installs, can ask for one"
                        .to_owned(),
                    "give `System.AccessToken` to the one step that asks for the OIDC token, in that step's `env`",
                )
            } else {
                (
                    format!(
                        "{} jobs have this right to ask for OIDC tokens, also {}, where nothing exchanges one: what runs there can ask \
                         as well",
                        have.len(),
                        listed(&without)
                    ),
                    "give the right to the one job that exchanges the token, and to no other",
                )
            };
            let subject = whole_job.then_some(job.id.as_str());
            findings.add(subject, credential.place, message, help);
        }
    }
}

/// Actions that exchange an OIDC token with somebody else than Pulumi Cloud.
const EXCHANGES: &[&str] = &[
    "aws-actions/configure-aws-credentials",
    "azure/login",
    "google-github-actions/auth",
    "hashicorp/vault-action",
    "pulumi/esc-action",
    "pypa/gh-action-pypi-publish",
];

/// Whether a job has use for the right, as far as can be seen: what a workflow that stands elsewhere does cannot.
fn exchanges(job: &Job) -> bool {
    let known = |name: &str| EXCHANGES.iter().any(|known| name.eq_ignore_ascii_case(known));
    let uses = |step: &Step| matches!(&step.does, Does::Use { code, .. } if known(&code.name) || code.name.starts_with("actions/attest"));
    let asks = job.deeds.iter().any(|deed| deed.kind == DeedKind::AsksOidcToken);
    !job.mints.is_empty() || job.steps.is_empty() || asks || job.steps.iter().any(uses)
}

/// Whether a credential gives more than its job the right to ask for OIDC tokens.
fn minting(provider: &str, credential: &Credential) -> bool {
    match credential.kind {
        CredentialKind::Oidc(_) => credential.wide,
        // With it, a script asks Azure for the token of the run or of a service connection.
        CredentialKind::RepositoryToken => {
            provider == "azure" && credential.variable.is_some() && credential.scope == Scope::Job
        }
        CredentialKind::Stored(..) => provider == "jenkins" && credential.wide && credential.variable.is_some(),
        CredentialKind::Literal => false,
    }
}

/// Names of jobs, not all of many.
fn listed(names: &[&str]) -> String {
    let few: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(few.len()) {
        0 => few.join(", "),
        more => format!("{} and {more} more", few.join(", ")),
    }
}
