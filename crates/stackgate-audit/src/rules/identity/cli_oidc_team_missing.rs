//! A login with an OIDC token names its team as a literal.
//!
//! `pulumi login --oidc-token … --oidc-org …` without `--oidc-team`, or with an empty one, asks for a token of the whole
//! organization. A team that comes out of a variable is as good as none: when nothing sets the variable, the login still
//! succeeds, with more than anybody meant to give.
//!
//! Instead: write `--oidc-team=<team>` with the team's name in the file, or in a variable that nothing but this file sets; a
//! variable of a GitLab project wins over one under `variables`.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi login --oidc-token file:///tmp/token --oidc-org acme
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - pulumi login --oidc-token "$PULUMI_ID_TOKEN" --oidc-org acme --oidc-team "$TEAM"
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   id_tokens: { PULUMI_ID_TOKEN: { aud: "urn:pulumi:org:acme" } }
//!   script:
//!     - TEAM=app-deploy
//!     - pulumi login --oidc-token "$PULUMI_ID_TOKEN" --oidc-org acme --oidc-team "$TEAM"
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps:
//!   - script: pulumi login --oidc-token file://token --oidc-org acme
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps:
//!   - script: pulumi login --oidc-token file://token --oidc-org acme --oidc-team=app-deploy
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi login --oidc-token file://token --oidc-org acme --oidc-team ""' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi login --oidc-token file://token --oidc-org acme --oidc-team x' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps: [{ run: "pulumi login --oidc-token file://token --oidc-org acme" }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps: [{ run: "pulumi login --oidc-token file://token --oidc-org acme --oidc-team app-deploy" }]
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{MintBy, Observation, TokenKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "cli-oidc-team-missing",
    group: Group::Identity,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("cli_oidc_team_missing.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in job.mints.iter().filter(|mint| mint.by == MintBy::Login && mint.kind != TokenKind::Personal) {
            let message = match mint.team.as_ref().map(|team| team.as_literal()) {
                Some(Some(team)) if !team.is_empty() => continue,
                Some(Some(_)) | None => "this login asks for a token of the whole organization".to_owned(),
                Some(None) => {
                    "the team of this login is made when the pipeline runs; empty, it asks for a token of the whole \
                     organization"
                        .to_owned()
                }
            };
            findings.add(Some(&job.id), mint.place, message, "add `--oidc-team=<team>` with the team's name");
        }
    }
}
