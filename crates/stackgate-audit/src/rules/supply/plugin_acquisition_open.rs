//! What a Pulumi program needs is installed from a lock file, before there is a token.
//!
//! A provider plugin that is missing is fetched by Pulumi in the middle of an update, with the token beside it, in whatever
//! version the program asks for; and packages that are installed by name or by range are whatever the registry has that day.
//! A program or a package that was changed by a change request can name a plugin of anybody's server.
//!
//! Instead: install dependencies from a lock file that the command may not change, and plugins with `pulumi install` before
//! the login; then set `PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true` for the steps that run the program.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: npm ci --ignore-scripts
//!       - run: pulumi preview --stack acme/shop/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: npm ci --ignore-scripts
//!       - run: pulumi preview --stack acme/shop/dev
//!         env: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   variables: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }
//!   script:
//!     - npm install
//!     - pulumi preview --stack acme/shop/dev
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   script:
//!     - npm ci --ignore-scripts
//!     - export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
//!     - pulumi preview --stack acme/shop/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: pulumi preview --stack acme/shop/dev }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps:
//!   - script: pulumi preview --stack acme/shop/dev
//!     env: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Preview') { steps { sh 'pulumi preview --stack acme/shop/dev' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   environment { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = 'true' }
//!   stages { stage('Preview') { steps { sh 'pulumi preview --stack acme/shop/dev' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi preview --stack acme/shop/dev }]
//! workflows: { main: { jobs: [preview] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     environment: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }
//!     steps: [{ run: pulumi preview --stack acme/shop/dev }]
//! workflows: { main: { jobs: [preview] } }
//! ```

use stackgate_facts::{Code, CodeKind, DeedKind, Job, Observation, Pin, Value, Variable, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "plugin-acquisition-open",
    group: Group::Supply,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("plugin_acquisition_open.rs"),
    check: Check::Pipeline(check),
};

const SWITCH: &str = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";

/// Whether it is on, in a word of Go's; what the file says counts, though a project's variable may say otherwise.
fn on(value: &Value) -> bool {
    matches!(value.text(), "true" | "1" | "True" | "TRUE" | "t" | "T")
}

/// Whether a step's Pulumi fetches no plugin by itself.
fn shut(job: &Job, step: usize) -> bool {
    let set = |variables: &[Variable]| variables.iter().any(|variable| variable.name == SWITCH && on(&variable.value));
    // A further part of a script has what the parts before it set.
    let first = (0..=step).rev().find(|at| !job.steps.get(*at).is_some_and(|step| step.continues)).unwrap_or(step);
    let exported = job.deeds.iter().any(|deed| {
        deed.kind == DeedKind::SetsPulumi
            && (first..=step).contains(&deed.step)
            && deed
                .what
                .as_literal()
                .and_then(|text| text.split_once('='))
                .is_some_and(|(name, text)| name == SWITCH && on(&Value::literal(text)))
    });
    set(&job.variables) || job.steps.get(step).is_some_and(|step| set(&step.variables)) || exported
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let runs =
            |kind: &VerbKind| matches!(kind, VerbKind::Preview | VerbKind::Up | VerbKind::Refresh | VerbKind::Destroy);
        let Some(first) = job.verbs.iter().find(|verb| runs(&verb.kind)) else { continue };
        if let Some(verb) = job.verbs.iter().find(|verb| runs(&verb.kind) && !shut(job, verb.step)) {
            let message =
                format!("Pulumi in `{}` fetches what plugin a program names, with the token beside it", job.id);
            let help = "run `pulumi install` before the login, and set \
                        `PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true` here";
            findings.add(Some(&job.id), verb.place, message, help);
        }
        if let Some(code) = job.code.iter().find(|code| loose(job, code)) {
            let what = code.name.split_once(':').map_or(code.name.as_str(), |(_, name)| name);
            let what = if what == code.name { code.version.as_str() } else { what };
            let message =
                format!("`{what}` is installed in whatever version there is, beside `{}`", first.kind.words());
            let help = "install from a lock file that the command may not change, such as with `npm ci`";
            findings.add(Some(&job.id), code.place, message, help);
        }
    }
}

/// Whether a script installs a package in whatever version there is.
fn loose(job: &Job, code: &Code) -> bool {
    // What pip reads from a file may have digests there, which it then asks for.
    let decided = code.name == "pip" || system(&code.name);
    // The same lock file may be followed strictly where there is one.
    let strictly = |other: &Code| {
        other.kind == code.kind && other.name == code.name && other.version == code.version && other.pin == Pin::Digest
    };
    code.kind == CodeKind::Package && code.pin < Pin::Version && !decided && !job.code.iter().any(strictly)
}

/// Packages of the system, whose sources are signed and have one version at a time.
fn system(name: &str) -> bool {
    name.split_once(':').is_some_and(|(installer, _)| matches!(installer, "apt" | "apk" | "yum" | "choco" | "winget"))
}
