//! A team's token is asked for with the team's name.
//!
//! A request for a team's token without a scope names no team. Pulumi Cloud refuses it, or whatever answers takes
//! another meaning from it; either way nobody reviewed which team this job is to have. An input that the action does not
//! have, such as `team`, sets no scope.
//!
//! Instead: write `scope: team:<team>` beside the type of the token.
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
//!           requested-token-type: urn:pulumi:token-type:access_token:team
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team
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
    id: "auth-scope-missing",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("auth_scope_missing.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in
            job.mints.iter().filter(|mint| mint.kind == TokenKind::Team && mint.scope.is_none() && mint.team.is_none())
        {
            findings.add(
                Some(&job.id),
                mint.place,
                "this asks for a team's token and names no team: there is no scope",
                "add `scope: team:<team>` with the team's name",
            );
        }
    }
}
