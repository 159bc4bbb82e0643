//! No secret goes to a log.
//!
//! A log is read by many more people than may use the token, it is kept for weeks, and it is copied to other systems. A shell
//! that prints its commands prints the token among them; a printed environment holds all of them; Pulumi's own debug output
//! has the requests that it sends. What a CI system masks it masks by its exact text: a part of it, or an encoded form, is
//! shown. CircleCI masks no token of its own that a script asks for.
//!
//! Instead: take out what prints, and look at single values that are no secret.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     permissions: { id-token: write }
//!     steps:
//!       - run: |
//!           set -x
//!           pulumi login --oidc-token "$TOKEN" --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     permissions: { id-token: write }
//!     steps:
//!       - run: set -x; npm --version
//!       - run: |
//!           set -eu +x
//!           if env | grep -q '^PULUMI_OPTION_'; then exit 1; fi
//!           pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   variables: { CI_DEBUG_TRACE: "true" }
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   variables: { CI_DEBUG_TRACE: "false" }
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! variables: { system.debug: "true" }
//! steps: [{ script: pulumi up --yes --stack acme/shop/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! variables: { system.debug: "false" }
//! steps: [{ script: "set +x; pulumi up --yes --stack acme/shop/production" }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes -v=9 --logtostderr --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --diff --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: "circleci run oidc get --claims '{\"aud\":\"urn:pulumi:org:acme\"}'" }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: "circleci run oidc get --claims '{\"aud\":\"urn:pulumi:org:acme\"}' > /tmp/token" }]
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{CredentialKind, Deed, DeedKind, Job, Observation, Position, Scope, Variable};

use super::with_token;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "secret-printed",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("secret_printed.rs"),
    check: Check::Pipeline(check),
};

/// Variables by which a CI system prints everything that a job does.
const DEBUG: &[(&str, &str)] = &[("gitlab", "CI_DEBUG_TRACE"), ("azure", "SYSTEM_DEBUG")];

/// With what Jenkins runs a script that names no interpreter.
const UNSAID: &str = "sh -xe";

/// Whether a step can see a secret: what was given to it, or the token that the job has asked for.
fn sees(job: &Job, step: usize, oidc: bool) -> bool {
    let given = job.credentials.iter().any(|credential| {
        let seen = match &credential.scope {
            Scope::Job => true,
            Scope::Steps(steps) => steps.contains(&step),
        };
        seen && (oidc || !matches!(credential.kind, CredentialKind::Oidc(_)))
    });
    given || matches!(job.position(step), Position::Mints | Position::After)
}

/// What a deed shows, where it shows a secret.
fn shows(job: &Job, deed: &Deed) -> Option<(String, &'static str)> {
    let does = |kind| job.deeds.iter().any(|other| other.kind == kind && other.step == deed.step);
    let what = deed.what.text();
    match deed.kind {
        // What Jenkins does where nothing is said matters where a token is among a command's words.
        DeedKind::Trace if what == UNSAID && !does(DeedKind::TokenInArguments) => None,
        // It prints what the commands name, and no more.
        DeedKind::Trace if sees(job, deed.step, false) || does(DeedKind::AsksOidcToken) => {
            Some((format!("`{what}` prints every command with its values"), "take it out, or write `set +x`"))
        }
        DeedKind::PrintsEnvironment if sees(job, deed.step, true) => {
            Some((format!("`{what}` prints all variables, with the secrets among them"), "print single variables"))
        }
        DeedKind::PrintsSecret => Some((format!("`{what}` goes to the log"), "write it to a file, or leave it out")),
        DeedKind::PrintsRequests => {
            Some(("Pulumi's debug output shows the requests that it sends".to_owned(), "take out the debug flags"))
        }
        _ => None,
    }
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let mut kinds = Vec::new();
        for deed in &job.deeds {
            let Some((what, help)) = shows(job, deed) else { continue };
            if kinds.contains(&(deed.kind, &deed.what)) {
                continue;
            }
            kinds.push((deed.kind, &deed.what));
            let message = format!("{what}: whoever reads the log of `{}` has it", job.id);
            findings.add(Some(&job.id), deed.place, message, help);
        }
        if !with_token(job) && job.credentials.is_empty() {
            continue;
        }
        let of_steps = job.steps.iter().flat_map(|step| &step.variables);
        let debugs = |variable: &&Variable| {
            let named = |(provider, name): &(&str, &str)| {
                *provider == observation.provider && variable.name.eq_ignore_ascii_case(name)
            };
            DEBUG.iter().any(named) && variable.value.text().eq_ignore_ascii_case("true")
        };
        if let Some(variable) = job.variables.iter().chain(of_steps).find(debugs) {
            let message = format!("`{}` prints what `{}` does, with its variables", variable.name, job.id);
            findings.add(Some(&job.id), variable.place, message, "take the variable out");
        }
    }
}
