//! No token stands among the arguments of a program.
//!
//! Every process of a machine can read the arguments of every other, and so can whoever looks at a list of processes, a
//! crash report or the log of a wrapper. A job's OIDC token there is enough to ask for the job's own token of Pulumi
//! Cloud.
//!
//! Instead: write the token to a file that nobody else can read, and give the program `file://` and its path; give
//! `curl` a header from a file with `--header @FILE`.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: |
//!           pulumi login https://api.pulumi.com --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: |
//!           (umask 077; printf %s "$ID_TOKEN" > /tmp/token)
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - |
//!       pulumi login https://api.pulumi.com --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       (umask 077; printf %s "$ID_TOKEN" > /tmp/token)
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       (umask 077; printf %s "$ID_TOKEN" > /tmp/token)
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi login https://api.pulumi.com --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app-deploy
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
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           (umask 077; printf %s "$ID_TOKEN" > /tmp/token)
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
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
//!     steps:
//!       - run: |
//!           pulumi login https://api.pulumi.com --oidc-token "$ID_TOKEN" --oidc-org acme --oidc-team app-deploy
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - run: |
//!           (umask 077; printf %s "$ID_TOKEN" > /tmp/token)
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{DeedKind, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-on-argv",
    group: Group::Identity,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("token_on_argv.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        // One way of doing it is one mistake, however often it is made.
        if let Some(deed) = job.deeds.iter().find(|deed| deed.kind == DeedKind::TokenInArguments) {
            let message = format!("`{}` puts a token where every process of the machine can read it", deed.what.text());
            let help = "write the token to a file under `umask 077` and name the file: `--oidc-token file://PATH`";
            findings.add(Some(&job.id), deed.place, message, help);
        }
    }
}
