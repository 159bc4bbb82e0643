//! The Pulumi CLI has an exact version.
//!
//! The CLI gets the token, runs the program and decides what a flag means. A range or `latest` is another program each week:
//! a release that changes a default changes what every pipeline does, and nobody has reviewed it. What `pulumi/actions`
//! installs where nothing is said is `^3`, the newest of that major version.
//!
//! Instead: name one version, and raise it in a change that runs a preview.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0
//!         with: { command: preview, stack-name: acme/shop/dev }
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0
//!         with: { command: preview, stack-name: acme/shop/dev, pulumi-version: 3.259.0 }
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   image: pulumi/pulumi:latest
//!   script: [pulumi preview --stack acme/shop/dev]
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   image: pulumi/pulumi:3.259.0@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0
//!   script: [pulumi preview --stack acme/shop/dev]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! container: pulumi/pulumi-nodejs:latest
//! steps: [{ script: pulumi preview --stack acme/shop/dev }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! container: pulumi/pulumi-nodejs:3.259.0
//! steps: [{ script: pulumi preview --stack acme/shop/dev }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { docker { image 'pulumi/pulumi' } }
//!   stages { stage('Preview') { steps { sh 'pulumi preview --stack acme/shop/dev' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { docker { image 'pulumi/pulumi:3.259.0@sha256:6dac556d980b7f0e5498d08f08cee0ca67798b4ad6c23964a9214920e67758d0' } }
//!   stages { stage('Preview') { steps { sh 'pulumi preview --stack acme/shop/dev' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [pulumi/login, { run: pulumi preview --stack acme/shop/dev }]
//! workflows: { main: { jobs: [preview] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ pulumi/login: { version: 3.259.0 } }, { run: pulumi preview --stack acme/shop/dev }]
//! workflows: { main: { jobs: [preview] } }
//! ```

use std::collections::BTreeSet;

use stackgate_facts::{Code, CodeKind, Job, Observation, Pin};

use super::{floating_pulumi_image, foreign};
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "unpinned-pulumi-cli",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("unpinned_pulumi_cli.rs"),
    check: Check::Pipeline(check),
};

/// Whether it came from a download that nothing checks: that is another rule's.
fn downloaded(job: Option<&Job>, code: &Code) -> bool {
    job.is_some_and(|job| job.code.iter().any(|other| other.kind == CodeKind::Download && other.place == code.place))
}

fn check(observation: &Observation, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (job, code) in foreign(observation) {
        let cli = code.kind == CodeKind::Tool && code.name == "pulumi" && !downloaded(job, code);
        if !(cli && code.pin < Pin::Version || floating_pulumi_image(code)) {
            continue;
        }
        if !seen.insert((job.map(|job| &job.id), code.kind, &code.version)) {
            continue;
        }
        let version = match code.version.as_str() {
            "" => "whatever is newest".to_owned(),
            version => format!("`{version}`"),
        };
        let message =
            format!("the Pulumi CLI is {version}, another program with each release, and gets the token here");
        let help = if cli { "name one version, such as 3.259.0" } else { "name the image with a version and a digest" };
        findings.add(job.map(|job| job.id.as_str()), code.place, message, help);
    }
}
