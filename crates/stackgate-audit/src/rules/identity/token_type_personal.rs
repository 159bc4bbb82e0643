//! A pipeline acts as itself, not as a person.
//!
//! A personal token may do what its owner may: often everything. The audit log then shows a person where a machine was
//! at work, and the pipeline breaks, or worse goes on, when that person leaves.
//!
//! Instead: ask for a team's token, of a team that no person is a member of.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:personal
//!           scope: user:jane
//!           token-expiration: 1800
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:team
//!           scope: team:app-deploy
//!           token-expiration: 1800
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:personal \
//!         -d scope=user:jane
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!         -d scope=team:app-deploy
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:personal \
//!         -d scope=user:jane
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!         -d scope=team:app-deploy
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!             -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!             -d requested_token_type=urn:pulumi:token-type:access_token:personal \
//!             -d scope=user:jane
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
//!           curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!             -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!             -d scope=team:app-deploy
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
//!           curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!             -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!             -d requested_token_type=urn:pulumi:token-type:access_token:personal \
//!             -d scope=user:jane
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
//!           curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!             -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!             -d scope=team:app-deploy
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{Observation, TokenKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-type-personal",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("token_type_personal.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in job.mints.iter().filter(|mint| mint.kind == TokenKind::Personal) {
            findings.add(Some(&job.id), mint.place, "this job asks for a person's token, and may do whatever that person may", "ask for a team's token: `scope: team:<team>` with the type `team`, or `--oidc-team=<team>` instead of `--oidc-user`");
        }
    }
}
