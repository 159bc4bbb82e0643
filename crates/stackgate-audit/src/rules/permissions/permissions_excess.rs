//! A job with Pulumi may write nothing that it does not write.
//!
//! A program of Pulumi is code with packages, and everything in the job runs with the job's repository token within reach: the
//! runner keeps it where each process can find it. With `contents: write` such code pushes a commit that the next deploy runs;
//! with `actions: write` it starts other workflows; with `pull-requests: write` it approves.
//!
//! A right counts as used where a step is handed the token, or where `pulumi/actions` is told to comment.
//!
//! Instead: `contents: read` and `id-token: write` are all that a deploy needs. Comments and releases are made by a job of their
//! own.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: write, pull-requests: write, id-token: write }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { persist-credentials: false }
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: read, pull-requests: write }
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { persist-credentials: false }
//!       - uses: pulumi/actions@v6
//!         with: { command: preview, stack-name: acme/app/dev, comment-on-pr: true }
//! ```

use stackgate_facts::{CredentialKind, Does, Job, Level, Observation, Scope};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::of_pulumi;

pub(super) static RULE: AuditRule = AuditRule {
    id: "permissions-excess",
    group: Group::Permissions,
    severity: Severity::High,
    providers: &["github"],
    text: include_str!("permissions_excess.rs"),
    check: Check::Pipeline(check),
};

/// The action that writes comments when it is told to.
const COMMENTS: &str = "pulumi/actions";

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| of_pulumi(job)) {
        let excess: Vec<_> = job
            .permissions
            .iter()
            .filter(|one| one.said && one.level == Level::Write && one.scope != "id-token" && !used(job, &one.scope))
            .collect();
        let Some(first) = excess.first() else { continue };
        let code = ["*", "actions", "contents", "packages"];
        let severity =
            if excess.iter().any(|one| code.contains(&one.scope.as_str())) { Severity::High } else { Severity::Medium };
        let names: Vec<String> = excess
            .iter()
            .map(|one| if one.scope == "*" { "everything".to_owned() } else { format!("`{}`", one.scope) })
            .collect();
        let message = format!(
            "this job may write {}, and no step of it is given the repository token to do so: a package of the program can",
            names.join(", ")
        );
        let help = "take the right away, or do what needs it in a job of its own without Pulumi";
        findings.add_as(severity, Some(&job.id), first.place, message, help);
    }
}

/// Whether a step may have use for a right: one that is handed the token, or that comments by itself.
fn used(job: &Job, scope: &str) -> bool {
    let handed = job.credentials.iter().any(|credential| {
        credential.kind == CredentialKind::RepositoryToken && credential.scope != Scope::Steps(Vec::new())
    });
    let comments = job.steps.iter().any(|step| match &step.does {
        Does::Use { code, inputs } if code.name.eq_ignore_ascii_case(COMMENTS) => inputs
            .iter()
            .any(|input| input.name.starts_with("comment-on-") && input.value.as_literal() != Some("false")),
        _ => false,
    });
    handed || comments && matches!(scope, "pull-requests" | "issues")
}
