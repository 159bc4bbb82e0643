//! What a script downloads is checked before it runs.
//!
//! `curl … | sh` runs whatever the server, its cache or a proxy answers in that moment; an installer that is unpacked without
//! a checksum is no better. In 2021 a changed upload script of a coverage service sent the variables of thousands of
//! pipelines to strangers for two months.
//!
//! Instead: download one exact version to a file, compare its SHA-256 with one that stands in the repository, then run it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: curl -fsSL https://get.pulumi.com | sh -s -- --version 3.259.0
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: |
//!           curl -fsSLo tool.tar.gz https://example.com/tool-1.2.3.tar.gz
//!           echo "94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5  tool.tar.gz" | sha256sum -c
//!           tar -xzf tool.tar.gz
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   script: [bash <(curl -fsSL https://example.com/install.sh)]
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   script: [curl -fsSL https://example.com/status.json | jq .state]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: curl -fsSL https://get.pulumi.com | sh }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps: [{ script: curl -fsSL -o report.html https://example.com/report.html }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Install') { steps { sh 'curl -fsSL https://get.pulumi.com | sh' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Look') { steps { sh 'curl -fsSL https://example.com/health' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'eval "$(curl -fsSL https://example.com/setup.sh)"' }]
//! workflows: { main: { jobs: [preview] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   preview:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: 'state="$(curl -fsSL https://example.com/state)"; echo "$state"' }]
//! workflows: { main: { jobs: [preview] } }
//! ```

use stackgate_facts::{CodeKind, Observation, Pin};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "curl-pipe-shell",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("curl_pipe_shell.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for code in job.code.iter().filter(|code| code.kind == CodeKind::Download && code.pin < Pin::Digest) {
            let severity = if code.pin == Pin::Version { Severity::Medium } else { Severity::High };
            let message = format!("`{}` is run as it comes: whoever can change the answer runs code here", code.name);
            let help = "download one version to a file, and compare its SHA-256 with one that stands here";
            findings.add_as(severity, Some(&job.id), code.place, message, help);
        }
    }
}
