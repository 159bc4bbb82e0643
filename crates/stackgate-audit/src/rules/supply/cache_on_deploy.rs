//! A job with a token restores no cache.
//!
//! A cache is shared over runs and branches. What a run of a change request, or of any branch that shares it, puts into a
//! cache of dependencies or tools is unpacked and run by the deploy, beside its token. In 2026 a package of a large project
//! was released with a stranger's code in exactly that way. GitLab keeps caches of protected branches apart unless it is told
//! not to; there only `unprotect` counts.
//!
//! Instead: let jobs without a token use the cache, and install from the lock file in those that have one. Actions that cache
//! unasked have an input that turns it off.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
//!         with: { node-version: 24.18.0 }
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
//!         with: { node-version: 24.18.0 }
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
//!         with: { node-version: 24.18.0, package-manager-cache: false }
//!       - run: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: production
//!   cache: { key: npm, paths: [.npm/], unprotect: true }
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   environment: production
//!   cache: { key: npm, paths: [.npm/], unprotect: false }
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps:
//!   - task: Cache@2
//!     inputs: { key: npm, path: .npm }
//!   - script: pulumi up --yes --stack acme/shop/production
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! jobs:
//!   - job: test
//!     steps:
//!       - task: Cache@2
//!         inputs: { key: npm, path: .npm }
//!       - script: npm test
//!   - job: deploy
//!     steps: [{ script: pulumi up --yes --stack acme/shop/production }]
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ restore_cache: { key: npm } }, { run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   test:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ restore_cache: { key: npm } }, { run: npm test }]
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [test, { deploy: { requires: [test] } }] } }
//! ```

use stackgate_facts::{Channel, ChannelKind, Job, Observation};

use super::with_token;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "cache-on-deploy",
    group: Group::Supply,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "circleci"],
    text: include_str!("cache_on_deploy.rs"),
    check: Check::Pipeline(check),
};

/// Whether branches that nobody protects can write a cache that this job takes.
fn shared(observation: &Observation, job: &Job, cache: &Channel) -> bool {
    let open = format!("cache.{}.unprotect", cache.name.text());
    observation.provider != "gitlab" || job.settings.iter().any(|it| it.key == open && it.value == "true")
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| with_token(job)) {
        let caches = job.channels.iter().filter(|channel| channel.kind == ChannelKind::Cache);
        let Some(cache) = caches.into_iter().find(|cache| shared(observation, job, cache)) else { continue };
        let message = format!("`{}` unpacks the cache beside its token: a run of another branch can fill it", job.id);
        let help = match observation.provider {
            "gitlab" => "leave out `unprotect`, or give this job `cache: []`",
            "github" => "leave the cache out here; an action that caches unasked has an input to turn it off",
            _ => "leave the cache out of this job",
        };
        findings.add(Some(&job.id), cache.place, message, help);
    }
}
