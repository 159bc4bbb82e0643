//! A token lives no longer than the job needs it.
//!
//! Nothing revokes such a token when the job ends. One that leaks, in a log or an artifact, works until it expires.
//! Nothing said is two hours.
//!
//! Instead: ask for as many seconds as the job's time limit has: `token-expiration: 1800`, `--oidc-expiration 30m`. An
//! hour is enough for most.
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
//!           scope: team:app-deploy
//!           token-expiration: 86400
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
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 24h
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
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
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
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
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 2h
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
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{Job, Observation, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-expiry-long",
    group: Group::Identity,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("token_expiry_long.rs"),
    check: Check::Pipeline(check),
};

/// Seconds that are never too long.
const HOUR: u64 = 3600;

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let most = most(job);
        for mint in &job.mints {
            let message = match &mint.seconds {
                None => "the token lives for two hours, since nothing is said".to_owned(),
                Some(Value::Literal(text)) => match text.parse::<u64>() {
                    Ok(seconds) if seconds > most => {
                        format!("the token lives for {seconds} seconds, and the job for at most {most}")
                    }
                    // What is no number of seconds is refused.
                    _ => continue,
                },
                Some(Value::Made(..)) => continue,
            };
            let help = format!("ask for at most {most} seconds");
            findings.add(Some(&job.id), mint.place, message, help);
        }
    }
}

/// A token that dies before the job's end is worse than one that lives as long.
fn most(job: &Job) -> u64 {
    let limit = job.limit_minutes.as_ref().filter(|_| job.limit_said).map_or(0, |limit| u64::from(limit.what) * 60);
    limit.max(HOUR)
}
