//! A scope fits the type of the token and names one team.
//!
//! The scope of a team's token is `team:<team>`, that of a personal one `user:<login>`, that of a runner's
//! `runner:<name>`; the organization's has none, or `admin`. Another is refused at best. One that holds a wildcard, or
//! comes out of what somebody else decides, asks for whatever team the policies let through.
//!
//! Instead: write `team:<team>` with the name of one team.
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
//!           scope: app-deploy
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!         -d scope='team:*'
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
//!         -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!         -d scope='team:*'
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!             -d scope='team:*'
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
//!             -d requested_token_type=urn:pulumi:token-type:access_token:team \
//!             -d scope='team:*'
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

use stackgate_facts::{Control, Mint, Observation, TokenKind, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "scope-malformed",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("scope_malformed.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for mint in &job.mints {
            let Some(message) = fault(mint) else { continue };
            findings.add(Some(&job.id), mint.place, message, "write `team:<team>` with the name of one team");
        }
    }
}

fn fault(mint: &Mint) -> Option<String> {
    let start = match mint.kind {
        TokenKind::Team => "team:",
        TokenKind::Personal => "user:",
        TokenKind::Runner => "runner:",
        // An administrator's is another rule's.
        TokenKind::Organization => "",
        TokenKind::Admin | TokenKind::Unknown => return None,
    };
    let text = match mint.scope.as_ref().or(mint.team.as_ref())? {
        Value::Literal(text) => text,
        Value::Made(text, control) if *control >= Control::Member && *control != Control::Unknown => {
            return Some(format!("the scope `{text}` is decided by whoever starts the run"));
        }
        Value::Made(..) => return None,
    };
    if mint.scope.is_none() {
        // The team of a login, which stands alone.
        return text.contains(['*', '?', ':']).then(|| format!("`{text}` is no team's name"));
    }
    if start.is_empty() {
        return (!text.is_empty()).then(|| format!("a token of the organization has no scope `{text}`"));
    }
    match text.strip_prefix(start) {
        None => Some(format!("the scope `{text}` does not begin with `{start}`, as it must for this type of token")),
        Some("") => Some(format!("the scope `{text}` names nobody")),
        Some(name) if name.contains(['*', '?', ' ', ',']) => Some(format!("`{name}` is not the name of one team")),
        Some(_) => None,
    }
}
