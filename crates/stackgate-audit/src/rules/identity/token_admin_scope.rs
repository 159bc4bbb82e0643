//! No pipeline gets an administrator's token.
//!
//! A token with the scope `admin` manages the organization: members, teams, permissions, trust policies. Whoever gets
//! code into a job that may ask for one can give himself everything, and take the traces away.
//!
//! Instead: ask for a team's token. What only an administrator may do, an administrator does himself.
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
//!           scope: admin
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
//!           scope: team:admin
//!           token-expiration: 1800
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:organization \
//!         -d scope=admin
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!         -d scope=team:admin
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       curl -sS https://api.pulumi.com/api/oauth/token -o /tmp/answer \
//!         -d audience=urn:pulumi:org:acme -d subject_token@/tmp/token \
//!         -d requested_token_type=urn:pulumi:token-type:access_token:organization \
//!         -d scope=admin
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
//!         -d scope=team:admin
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:organization \
//!             -d scope=admin
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
//!             -d scope=team:admin
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:organization \
//!             -d scope=admin
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
//!             -d scope=team:admin
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```json pulumi bad
//! {
//!   "issuers": {
//!     "https://token.actions.githubusercontent.com": {
//!       "policies": [
//!         {
//!           "decision": "allow",
//!           "tokenType": "organization",
//!           "authorizedPermissions": ["admin"],
//!           "rules": { "aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production" }
//!         }
//!       ]
//!     }
//!   }
//! }
//! ```
//!
//! ```json pulumi good
//! {
//!   "issuers": {
//!     "https://token.actions.githubusercontent.com": {
//!       "policies": [
//!         {
//!           "decision": "allow",
//!           "tokenType": "team",
//!           "teamName": "app-deploy",
//!           "authorizedPermissions": [],
//!           "rules": { "aud": "urn:pulumi:org:acme", "sub": "repo:acme/app:environment:production" }
//!         }
//!       ]
//!     }
//!   }
//! }
//! ```

use stackgate_facts::{Observation, Place, TokenKind};

use crate::finding::{Findings, Severity};
use crate::policies::PoliciesSubject;
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-admin-scope",
    group: Group::Identity,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci", "pulumi"],
    text: include_str!("token_admin_scope.rs"),
    check: Check::Both(pipeline, policies),
};

fn pipeline(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in job.mints.iter().filter(|mint| mint.kind == TokenKind::Admin) {
            let message = "this job asks for an administrator's token, which can change who may do what";
            findings.add(Some(&job.id), mint.place, message, "ask for a team's token: the scope `team:<team>`");
        }
    }
}

fn policies(subject: &PoliciesSubject, findings: &mut Findings) {
    for issuer in &subject.issuers {
        let grants = |policy: &&stackgate_trust::Policy| {
            policy.decision == stackgate_trust::Decision::Allow
                && policy.authorized_permissions.iter().any(|one| one == "admin")
        };
        for policy in issuer.policies.iter().filter(grants) {
            let sub = policy.rules.get("sub").map_or("any subject", String::as_str);
            let message =
                format!("a policy hands an administrator's token to `{sub}`, which can change who may do what");
            let help = "take the policy away, or make it one for a team's tokens";
            findings.add(Some(&issuer.url), Place::default(), message, help);
        }
    }
}
