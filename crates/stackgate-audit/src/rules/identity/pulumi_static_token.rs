//! A pipeline asks for its Pulumi token when it runs, and stores none.
//!
//! A stored access token lives for months, works from anywhere, and is the same for every branch and every job that can
//! read it. Whoever reads it once, in a log, a fork of the settings or a backup, can deploy until somebody notices and
//! revokes it.
//!
//! A job that runs Pulumi and never asks for a token uses one that is stored where the file does not show it: a
//! project's variable, a context, a machine's own login.
//!
//! Instead: give the job the right to ask for an OIDC token, exchange that for a team's token, and delete the stored
//! one.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     env:
//!       PULUMI_ACCESS_TOKEN: ${{ secrets.PULUMI_ACCESS_TOKEN }}
//!     steps:
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write, contents: read }
//!     steps:
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:team
//!           scope: team:app-deploy
//!           token-expiration: 1800
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - (umask 077; printf %s "$PULUMI_ID_TOKEN" > /tmp/token)
//!     - pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!     - pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: pulumi up --yes --stack acme/app/dev
//!     env: { PULUMI_ACCESS_TOKEN: $(PULUMI_ACCESS_TOKEN) }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   environment { PULUMI_ACCESS_TOKEN = credentials('pulumi-access-token') }
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/app/dev' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         withCredentials([file(credentialsId: 'pulumi-oidc', variable: 'TOKEN_FILE')]) {
//!           sh '''
//!             pulumi login https://api.pulumi.com --oidc-token "file://$TOKEN_FILE" --oidc-org acme --oidc-team app-deploy
//!             pulumi up --yes --stack acme/app/dev
//!           '''
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
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! workflows: { main: { jobs: [{ deploy: { context: pulumi } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - run: |
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!           pulumi up --yes --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{CredentialKind, DeedKind, Does, Job, Observation, Place, Step, Value, Variable, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "pulumi-static-token",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("pulumi_static_token.rs"),
    check: Check::Pipeline(check),
};

const TOKEN: &str = "PULUMI_ACCESS_TOKEN";
const HELP: &str = "ask for a team's token with the job's OIDC token instead, and revoke the stored one";

fn check(observation: &Observation, findings: &mut Findings) {
    // A token that the whole pipeline gets is one finding, not one of each job.
    let mut seen: BTreeSet<Place> = BTreeSet::new();
    for job in &observation.jobs {
        let Some(stored) = stored(job, observation.provider) else { continue };
        if seen.insert(stored.place) {
            findings.add_as(stored.severity, Some(&job.id), stored.place, stored.message, HELP);
        }
    }
}

struct Stored {
    severity: Severity,
    place: Place,
    message: String,
}

fn stored(job: &Job, provider: &str) -> Option<Stored> {
    if let Some(literal) = job.credentials.iter().find(|credential| credential.kind == CredentialKind::Literal) {
        let message = "an access token stands in the file, for everybody who can read the repository".to_owned();
        return Some(Stored { severity: Severity::Critical, place: literal.place, message });
    }
    for credential in &job.credentials {
        if let CredentialKind::Stored(store, name) = &credential.kind
            && (credential.variable.as_deref() == Some(TOKEN) || is_token(name.text()))
        {
            let message = format!(
                "this job uses a stored access token, `{}` ({store}); whoever reads it once can deploy from anywhere",
                name.text()
            );
            return Some(Stored { severity: Severity::High, place: credential.place, message });
        }
    }
    let of_steps = job.steps.iter().flat_map(|step| &step.variables);
    if let Some(variable) = job.variables.iter().chain(of_steps).find(|variable| holds_token(variable)) {
        let (severity, message) = match &variable.value {
            Value::Literal(_) => (Severity::Critical, "an access token stands in the file".to_owned()),
            Value::Made(text, _) => (
                Severity::High,
                format!(
                    "this job gets a stored access token from `{text}`; whoever reads it once can deploy from anywhere"
                ),
            ),
        };
        return Some(Stored { severity, place: variable.place, message });
    }
    let verb = job.verbs.iter().find(|verb| needs_token(&verb.kind))?;
    (!asks_elsewhere(job, provider)).then(|| Stored {
        severity: Severity::High,
        place: verb.place,
        message: format!(
            "this job runs `{}` and never asks for a token, so that it uses one that is stored where the file does not show it",
            verb.kind.words()
        ),
    })
}

/// Whether a name is that of an access token, however its words are joined.
fn is_token(name: &str) -> bool {
    name.to_ascii_uppercase().replace(['-', '.'], "_").contains(TOKEN)
}

fn holds_token(variable: &Variable) -> bool {
    let made_by_step = |text: &str| text.contains("outputs") || text.contains("steps.");
    is_token(&variable.name)
        && match &variable.value {
            Value::Literal(text) => !text.is_empty(),
            Value::Made(text, _) => !made_by_step(text),
        }
}

/// What Pulumi Cloud does for nobody without a token.
fn needs_token(kind: &VerbKind) -> bool {
    matches!(kind, VerbKind::Preview | VerbKind::Up | VerbKind::Destroy | VerbKind::Refresh | VerbKind::Deployment)
}

/// Whether the token may come from something that this program does not read, or Pulumi Cloud is not used at all.
fn asks_elsewhere(job: &Job, provider: &str) -> bool {
    let other_backend = |text: &str| text.contains("://") && !text.contains("https://") || text.contains("--local");
    let logs_in =
        |kind: &VerbKind| matches!(kind, VerbKind::Other(words) if words.starts_with("login") && other_backend(words));
    let local = |verb: &stackgate_facts::Verb| logs_in(&verb.kind) || verb.flags.iter().any(|flag| flag == "--local");
    let names_backend = |variable: &Variable| {
        matches!(variable.name.as_str(), "PULUMI_BACKEND_URL" | "cloud-url")
            && variable.value.as_literal().is_none_or(other_backend)
    };
    let backend = |step: &Step| {
        let inputs = match &step.does {
            Does::Use { inputs, .. } => inputs.as_slice(),
            _ => &[],
        };
        step.variables.iter().chain(inputs).any(names_backend)
    };
    // Every job of CircleCI has an OIDC token, whether it uses it or not.
    let asks = job.deeds.iter().any(|deed| deed.kind == DeedKind::AsksOidcToken);
    (if provider == "circleci" { asks || !job.mints.is_empty() } else { job.can_mint() })
        || job.runs_repository_code()
        || job.verbs.iter().any(local)
        || job.variables.iter().any(names_backend)
        || job.steps.iter().any(backend)
        || job.steps.iter().any(|step| matches!(step.does, Does::Unknown))
        // Pulumi's own orb and task say themselves what they log in with.
        || job.variables.iter().chain(job.steps.iter().flat_map(|step| &step.variables)).any(|one| is_token(&one.name))
}
