//! No Azure pipeline hands all its variables to Pulumi.
//!
//! The task `Pulumi` puts every variable of the pipeline into the environment of the program, secret ones too, which
//! Azure otherwise gives to nobody who does not ask. With `system.debug` it prints that environment. It fetches the
//! newest CLI without a checksum, and logs in with a stored token unless `loginArgs` says otherwise.
//!
//! Instead: run the CLI in a script step, with the variables that it needs in `env`.
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - task: Pulumi@1
//!     inputs:
//!       command: up
//!       stack: acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: pulumi up --yes --stack acme/app/dev
//! ```

use stackgate_facts::{Does, Observation};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "task-gets-all-variables",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["azure"],
    text: include_str!("task_gets_all_variables.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let task = job.steps.iter().find_map(|step| match &step.does {
            Does::Use { code, .. } if code.name.eq_ignore_ascii_case("pulumi") => Some(code),
            _ => None,
        });
        // The mend is the same for each step of the job.
        if let Some(task) = task {
            let message = "the task `Pulumi` gives every variable of the pipeline, secret ones too, to the program";
            findings.add(
                Some(&job.id),
                task.place,
                message,
                "run `pulumi` in a script step, with what it needs in `env`",
            );
        }
    }
}
