//! A workflow says what its repository token may do.
//!
//! Without `permissions`, a setting of the repository, the organization or the enterprise decides what `GITHUB_TOKEN` may do.
//! In organizations that are older than 2023 that is often everything: whatever runs in the job, each action and each package,
//! may push commits, make releases and change what later deploys run. Nobody sees it in the file.
//!
//! On GitLab and Azure what a job token may do is set outside the file too, in the project's token allowlist and in the job's
//! authorization scope. No file shows these, so that this rule has nothing to judge there.
//!
//! Instead: `permissions: {}` at the top, and in each job what it needs.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read }
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```

use stackgate_facts::{Job, Level, Observation, Permission, Place};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::of_pulumi;

pub(super) static RULE: AuditRule = AuditRule {
    id: "permissions-missing",
    group: Group::Permissions,
    severity: Severity::Medium,
    providers: &["github"],
    text: include_str!("permissions_missing.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    let mut told: Vec<Place> = Vec::new();
    for job in &observation.jobs {
        let Some(unsaid) = job.permissions.iter().find(|one| left(one)) else { continue };
        if told.contains(&unsaid.place) {
            continue;
        }
        told.push(unsaid.place);
        let alike: Vec<&Job> = observation
            .jobs
            .iter()
            .filter(|other| other.permissions.iter().any(|one| left(one) && one.place == unsaid.place))
            .collect();
        let severity = if alike.iter().any(|job| of_pulumi(job)) { Severity::High } else { Severity::Medium };
        let whom = match alike.as_slice() {
            [only] => format!("the job `{}` says", only.id),
            jobs => format!("{} jobs say", jobs.len()),
        };
        let message = format!(
            "{whom} nothing of the repository token's rights: a setting outside the file decides, and it may let every step \
             write to the repository"
        );
        let help = "write `permissions: {}` at the top of the file, and what each job needs in the job";
        findings.add_as(severity, None, unsaid.place, message, help);
    }
}

/// What a setting decides since no file does.
fn left(permission: &Permission) -> bool {
    !permission.said && permission.level == Level::Setting
}
