//! Destroying, and changes of the state by hand, wait for a person.
//!
//! `pulumi destroy` in a pipeline that a push or a schedule starts is one wrong condition away from deleting what is running,
//! and `pulumi state delete`, `pulumi cancel` and `pulumi stack rm` break a state that other runs count on. Whoever can get a
//! commit onto the branch, or make the condition true, does it with the pipeline's rights.
//!
//! Instead: put them into a pipeline that only a person starts, or behind an approval.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   clean:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi destroy --yes --stack acme/shop/production
//! ```
//!
//! ```yaml github good
//! on: { workflow_dispatch: {} }
//! jobs:
//!   clean:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - run: pulumi destroy --yes --stack acme/shop/production
//! ```
//!
//! ```yaml gitlab bad
//! clean:
//!   environment: production
//!   script: [pulumi cancel --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml gitlab good
//! clean:
//!   when: manual
//!   environment: production
//!   script: [pulumi destroy --yes --stack acme/shop/production]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: pulumi state delete --yes --stack acme/shop/production urn }]
//! ```
//!
//! ```yaml azure good
//! trigger: none
//! pr: none
//! jobs:
//!   - job: clean
//!     condition: eq(variables['Build.Reason'], 'Manual')
//!     steps: [{ script: pulumi destroy --yes --stack acme/shop/production }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Clean') { steps { sh 'pulumi stack rm --yes --force acme/shop/production' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent none
//!   stages {
//!     stage('Clean') {
//!       input { message 'Destroy?'; submitter 'release-managers' }
//!       agent { label 'deploy' }
//!       steps { sh 'pulumi destroy --yes --stack acme/shop/production' }
//!     }
//!   }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   clean:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi destroy --yes --stack acme/shop/production }]
//! workflows: { main: { jobs: [{ clean: { context: [production] } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   clean:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ run: pulumi destroy --yes --stack acme/shop/production }]
//! workflows:
//!   main:
//!     jobs:
//!       - approve: { type: approval }
//!       - clean: { requires: [approve], context: [production] }
//! ```

use stackgate_facts::{Event, GateKind, Job, Runs, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "destroy-unguarded",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("destroy_unguarded.rs"),
    check: Check::Runs(check),
};

fn by_a_person(event: &Event) -> bool {
    matches!(event, Event::Manual | Event::Api)
}

fn approves(job: &Job) -> bool {
    job.gates.iter().any(|gate| matches!(gate.kind, GateKind::Approval(_)))
}

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let approved = runs.jobs().behind(approves);
    for job in &observation.jobs {
        let risky = |kind: &VerbKind| matches!(kind, VerbKind::Destroy | VerbKind::State);
        let Some(verb) = job.verbs.iter().find(|verb| risky(&verb.kind)) else { continue };
        if approves(job) || approved.contains(job.id.as_str()) {
            continue;
        }
        let Some((situation, _)) = runs.first(job, &|event| !by_a_person(event), &|_, _| true) else { continue };
        let what = match verb.kind {
            VerbKind::Destroy => "destroys what is running",
            _ => "changes the state by hand",
        };
        let message = format!("`{}` {what} on {}, and nobody is asked", job.id, situation.event.words());
        let help = "move it into a pipeline that only a person starts, or put an approval before it";
        findings.add(Some(&job.id), verb.place, message, help);
    }
}
