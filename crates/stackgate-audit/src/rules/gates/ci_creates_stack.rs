//! A pipeline does not create its stacks.
//!
//! Whoever creates a stack is its administrator for good; with a token of a team that is the whole team. A pipeline that may
//! create stacks therefore has a team that may delete them, grant them to others and read all their secrets, where the right
//! to write one stack would do. And a slip in a name makes a second stack instead of an error.
//!
//! Instead: let a person create the stack once, with `pulumi stack new --teams` or in the console, and select it in the
//! pipeline without `--create`.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0
//!         with: { command: up, stack-name: acme/shop/production, upsert: true }
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: production
//!     steps:
//!       - uses: pulumi/actions@8e5e406f4007fca908480587cb9893c07090f58d # v7.0.0
//!         with: { command: up, stack-name: acme/shop/production, upsert: false }
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: production
//!   script:
//!     - pulumi stack select --create acme/shop/production
//!     - pulumi up --yes
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   environment: production
//!   script:
//!     - pulumi stack select acme/shop/production
//!     - pulumi up --yes
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! steps: [{ script: pulumi stack init acme/shop/production }]
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! steps: [{ script: pulumi stack ls }]
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi stack init acme/shop/production && pulumi up --yes' } } }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent any
//!   stages { stage('Deploy') { steps { sh 'pulumi up --yes --stack acme/shop/production' } } }
//! }
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ pulumi/stack_init: { stack: acme/shop/production } }]
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   deploy:
//!     docker: [{ image: "cimg/base:2026.01" }]
//!     steps: [{ pulumi/update: { stack: acme/shop/production } }]
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{Observation, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "ci-creates-stack",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("ci_creates_stack.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let Some(verb) = job.verbs.iter().find(|verb| verb.kind == VerbKind::CreateStack) else { continue };
        let message =
            format!("`{}` can create stacks: whose token it has becomes their administrator for good", job.id);
        let help = "let a person create the stack, and leave out what creates it here";
        findings.add(Some(&job.id), verb.place, message, help);
    }
}
