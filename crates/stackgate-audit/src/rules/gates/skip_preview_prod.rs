//! A deploy shows what it changes before it changes it.
//!
//! `--skip-preview` updates without computing the changes first, so that no log says beforehand what was meant, nobody who
//! approves has seen anything, and a policy that would have refused the plan never saw it. A preview earlier in the run, of
//! the same stack, or a plan that the update must keep to, is as good.
//!
//! Instead: leave out `--skip-preview`, or run `pulumi preview` before it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi up --yes --skip-preview --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi preview --stack acme/shop/production
//!       - run: pulumi up --yes --skip-preview --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: production
//!   script: [pulumi up -yf --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   environment: production
//!   script: [pulumi up --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: pulumi up --yes --skip-preview --stack acme/shop/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps: [{ script: pulumi up --yes --skip-preview --plan plan.json --stack acme/shop/production }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --skip-preview --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --diff --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --skip-preview --stack acme/shop/production }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi up --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{GateKind, Job, Runs, Verb, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "skip-preview-prod",
    group: Group::Gates,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("skip_preview_prod.rs"),
    check: Check::Runs(check),
};

/// Whether the run has shown the changes of that stack before.
fn shown(runs: &Runs<'_>, job: &Job, verb: &Verb) -> bool {
    let previews = |job: &Job, before: usize| {
        job.verbs
            .iter()
            .any(|other| other.kind == VerbKind::Preview && other.stack == verb.stack && other.step <= before)
    };
    previews(job, verb.step) || runs.jobs().needed(job).iter().any(|needed| previews(needed, usize::MAX))
}

/// Whether the names say that it is production.
fn of_production(job: &Job, verb: &Verb) -> bool {
    let environments = job.gates.iter().filter_map(|gate| match &gate.kind {
        GateKind::Environment(name) => name.as_literal(),
        GateKind::Approval(_) | GateKind::Lock { .. } => None,
    });
    let stack = verb.stack.as_ref().and_then(|stack| stack.as_literal());
    environments.chain(stack).any(|name| name.to_ascii_lowercase().contains("prod"))
}

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    for job in &observation.jobs {
        for verb in job.verbs.iter().filter(|verb| matches!(verb.kind, VerbKind::Up | VerbKind::Destroy)) {
            let skips = verb.flags.iter().any(|flag| flag == "--skip-preview" || flag == "--skip-preview=true");
            let planned = verb.flags.iter().any(|flag| flag.starts_with("--plan="));
            if !skips || planned || shown(runs, job, verb) {
                continue;
            }
            let severity = if of_production(job, verb) { Severity::High } else { Severity::Medium };
            let message = format!("`{}` updates without a preview: what it changes is seen when it is done", job.id);
            findings.add_as(severity, Some(&job.id), verb.place, message, "leave out `--skip-preview`");
        }
    }
}
