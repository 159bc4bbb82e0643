//! The name of a deploy's environment stands in the file.
//!
//! A name that is made when the pipeline runs is one that somebody else may choose: a branch, an input, a variable. GitHub,
//! GitLab and Azure make an environment that is missing, without any protection, so that a new name, or one with a slip of
//! the pen, is a deploy without a gate. The name is also in the job's OIDC claims, where a trust policy may count on it.
//!
//! Instead: write one job for each environment, with its name as a literal, and make the environments beforehand.
//!
//! ```yaml github bad
//! on:
//!   workflow_dispatch: { inputs: { target: { required: true } } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: ${{ inputs.target }}
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     environment: { name: production, url: "https://${{ github.run_id }}.example.com" }
//!     steps:
//!       - run: pulumi up --yes --stack acme/shop/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   environment: { name: review/$CI_COMMIT_REF_SLUG }
//!   script: [pulumi up --yes --stack acme/shop/dev]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   variables: { TARGET: production }
//!   environment: { name: $TARGET }
//!   script: [pulumi up --yes --stack acme/shop/dev]
//! pages:
//!   environment: { name: review/$CI_COMMIT_REF_SLUG }
//!   script: [make pages]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! jobs:
//!   - deployment: deploy
//!     environment: $(target)
//!     strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/dev }] } } }
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! jobs:
//!   - deployment: deploy
//!     displayName: Deploy $(Build.BuildNumber)
//!     environment: production
//!     strategy: { runOnce: { deploy: { steps: [{ script: pulumi up --yes --stack acme/shop/dev }] } } }
//! ```

use stackgate_facts::{Control, GateKind, Job, Observation, Value};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "environment-name-dynamic",
    group: Group::Gates,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure"],
    text: include_str!("environment_name_dynamic.rs"),
    check: Check::Pipeline(check),
};

/// Whether a name is made of nothing but variables that the file itself sets.
fn of_the_file(job: &Job, name: &str) -> bool {
    let bare = name.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}');
    job.variables.iter().any(|variable| variable.name == bare && variable.value.control() <= Control::Administrator)
}

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| job.mutates() || !job.mints.is_empty()) {
        for gate in &job.gates {
            let GateKind::Environment(Value::Made(text, control)) = &gate.kind else { continue };
            let severity = match control {
                // What GitHub's matrix lists stands in the file; GitLab's own variables are mostly those of the branch.
                Control::System if observation.provider != "gitlab" => continue,
                _ if of_the_file(job, text) => continue,
                Control::Administrator => Severity::Medium,
                Control::System | Control::Member | Control::Stranger | Control::Unknown => Severity::High,
            };
            let message = format!(
                "the environment of `{}` is `{text}`, made when it runs: a name that nobody made has no protection",
                job.id
            );
            findings.add_as(severity, Some(&job.id), gate.place, message, "write the environment's name as a literal");
        }
    }
}
