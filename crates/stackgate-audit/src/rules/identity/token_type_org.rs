//! A pipeline asks for a team's token, not for the organization's.
//!
//! A token of the organization reaches every stack that the organization's default permission reaches, and whatever its
//! role allows. A pipeline of one project that holds it can read the state and the secrets of every other.
//!
//! Instead: ask for `urn:pulumi:token-type:access_token:team` with `scope: team:<team>`, of a team that has this
//! project's stacks alone.
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
//!           requested-token-type: urn:pulumi:token-type:access_token:organization
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:organization
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:organization
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:organization
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:organization
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

use stackgate_facts::{MintBy, Observation, TokenKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-type-org",
    group: Group::Identity,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("token_type_org.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in job.mints.iter().filter(|mint| mint.kind == TokenKind::Organization && mint.by != MintBy::Login) {
            findings.add(Some(&job.id), mint.place, "this job asks for a token of the whole organization, which reaches stacks that are none of its business", "ask for `urn:pulumi:token-type:access_token:team` with the scope `team:<team>`");
        }
    }
}
