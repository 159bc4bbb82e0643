//! No variable quietly changes what Pulumi does.
//!
//! Pulumi reads many variables. Some send plugins to be fetched from elsewhere, write every request with its token to a
//! log, or let an update go on without a record of what it did. Since 3.208.0 every flag can be set by `PULUMI_OPTION_…`
//! too, a team or an organization among them. Such a line looks harmless in a review, and works on every command of the
//! job.
//!
//! Instead: take the variable away. What a command really needs goes on its own line as a flag, where the review sees
//! it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     env: { PULUMI_SKIP_CHECKPOINTS: "true" }
//!     steps:
//!       - run: |
//!           pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     env: { PULUMI_BACKEND_URL: "https://api.pulumi.com" }
//!     steps:
//!       - run: |
//!           pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   variables: { PULUMI_SKIP_CHECKPOINTS: "true" }
//!   script:
//!     - |
//!       pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   variables: { PULUMI_BACKEND_URL: "https://api.pulumi.com" }
//!   script:
//!     - |
//!       pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! variables: { PULUMI_SKIP_CHECKPOINTS: "true" }
//! steps:
//!   - script: |
//!       pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! variables: { PULUMI_BACKEND_URL: "https://api.pulumi.com" }
//! steps:
//!   - script: |
//!       pulumi preview --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   environment { PULUMI_SKIP_CHECKPOINTS = 'true' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi preview --stack acme/app/dev
//!         '''
//!       }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'linux' }
//!   environment { PULUMI_BACKEND_URL = 'https://api.pulumi.com' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi preview --stack acme/app/dev
//!         '''
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
//!     environment: { PULUMI_SKIP_CHECKPOINTS: "true" }
//!     steps:
//!       - run: |
//!           pulumi preview --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     environment: { PULUMI_BACKEND_URL: "https://api.pulumi.com" }
//!     steps:
//!       - run: |
//!           pulumi preview --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{Control, DeedKind, Observation, Place, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "dangerous-pulumi-env",
    group: Group::Identity,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("dangerous_pulumi_env.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    // What stands at the top is in every job, and is one line.
    let mut seen: BTreeSet<Place> = BTreeSet::new();
    for job in &observation.jobs {
        let of_steps = job.steps.iter().flat_map(|step| &step.variables);
        let variables =
            job.variables.iter().chain(of_steps).map(|one| (one.name.clone(), one.value.clone(), one.place));
        let set = job.deeds.iter().filter(|deed| deed.kind == DeedKind::SetsPulumi).filter_map(|deed| {
            let (name, text) = deed.what.text().split_once('=')?;
            let value = match &deed.what {
                Value::Literal(_) => Value::literal(text),
                Value::Made(_, control) => Value::Made(text.to_owned(), *control),
            };
            Some((name.to_owned(), value, deed.place))
        });
        for (name, value, place) in variables.chain(set) {
            let Some((severity, what)) = danger(&name, &value) else { continue };
            if seen.insert(place) {
                let message = format!("`{name}` {what}");
                findings.add_as(severity, Some(&job.id), place, message, format!("take `{name}` away"));
            }
        }
    }
}

/// How bad a variable is, and what it does. One that is switched off does nothing.
fn danger(name: &str, value: &Value) -> Option<(Severity, &'static str)> {
    if matches!(value.as_literal(), Some("" | "0" | "false")) {
        return None;
    }
    Some(match name {
        "PULUMI_API" => (Severity::High, "sends the token to another server"),
        "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES" => {
            (Severity::High, "has plugins fetched from elsewhere, and runs them beside the token")
        }
        "PULUMI_DEBUG_GRPC" => (Severity::High, "writes every message of the program to a file, secrets too"),
        "PULUMI_SKIP_CHECKPOINTS" => (Severity::High, "lets an update go on without a record of what it did"),
        "PULUMI_DISABLE_VALIDATION" => {
            (Severity::Medium, "takes a check away that keeps broken state from being written")
        }
        "PULUMI_SKIP_CONFIRMATIONS" => (Severity::Medium, "says yes to every question of every command"),
        "PULUMI_CONTINUE_ON_ERROR" => (Severity::Medium, "lets an update go on after a failure"),
        "PULUMI_CREDENTIALS_PATH" => (Severity::Medium, "keeps the token where something else may read it"),
        // A place of the job's own is what it is for.
        "PULUMI_HOME" if matches!(value.control(), Control::Member | Control::Stranger) => {
            (Severity::Medium, "decides when it runs where the token and the plugins lie")
        }
        // What a URL comes from is another rule's.
        name if name.starts_with("PULUMI_OPTION_OIDC") => (Severity::High, "decides whose token a login asks for"),
        name if name.starts_with("PULUMI_OPTION_") => {
            (Severity::Medium, "sets a flag of every command, where no command shows it")
        }
        _ => return None,
    })
}
