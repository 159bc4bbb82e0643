//! An action of Pulumi's gets only inputs that it has.
//!
//! GitHub warns of an input that an action does not have, and goes on without it. Whoever wrote `team: app-deploy`
//! believes that the token is that team's; the action never saw it.
//!
//! The inputs of each major version are taken from `action.yml` of `pulumi/auth-actions` and `pulumi/actions`,
//! `task.json` of the Azure task, and the source of the CircleCI orb.
//!
//! Instead: write the input that the action has: `scope: team:<team>` for a team, `token-expiration` for the life of a
//! token.
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
//!           team: app-deploy
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
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - task: Pulumi@1
//!     inputs:
//!       command: up
//!       stack: acme/app/dev
//!       organization: acme
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - task: Pulumi@1
//!     inputs:
//!       command: up
//!       stack: acme/app/dev
//!       loginArgs: --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - pulumi/login:
//!           team: app-deploy
//! workflows: { main: { jobs: [deploy] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! orbs: { pulumi: pulumi/pulumi@2.2.0 }
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/base:2026.01 }]
//!     steps:
//!       - pulumi/login:
//!           cloud-url: https://api.pulumi.com
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{Code, Does, Observation, Step};

use super::inputs;
use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "auth-unknown-input",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "azure", "circleci"],
    text: include_str!("auth_unknown_input.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        for step in &job.steps {
            let Does::Use { code, inputs } = &step.does else { continue };
            let Some(known) = known(observation.provider, code, step) else { continue };
            for input in inputs.iter().filter(|input| !known.iter().any(|name| name.eq_ignore_ascii_case(&input.name)))
            {
                let name = &input.name;
                let used = used(code, step);
                let (severity, message) = if says_who(name) {
                    let message = format!(
                        "`{used}` has no input `{name}`: whom or what it is meant to set for the token stays unset"
                    );
                    (Severity::High, message)
                } else {
                    (
                        Severity::Medium,
                        format!("`{used}` has no input `{name}`; what it is meant to do does not happen"),
                    )
                };
                let help = match inputs::instead(name, input.value.text()) {
                    Some(instead) => format!("write `{instead}` in its place"),
                    None => format!("take `{name}` away, or write one of `{}`", known.join("`, `")),
                };
                findings.add_as(severity, Some(&job.id), input.place, message, help);
            }
        }
    }
}

/// The inputs that the code has; none where it is nobody's whose inputs are known here.
fn known(provider: &str, code: &Code, step: &Step) -> Option<Vec<&'static str>> {
    match provider {
        // A command of an orb is a step of its own.
        "circleci" if code.name == "pulumi/pulumi" => {
            let command = step.name.as_deref()?.rsplit('/').next()?;
            inputs::of(&format!("circleci:pulumi/{command}"), None)
        }
        "azure" => inputs::of(&format!("azure:{}", code.name.to_ascii_lowercase()), None),
        "github" => {
            // A commit's version stands in the comment beside it.
            let version =
                [Some(code.version.as_str()), code.comment.as_deref()].into_iter().flatten().find_map(inputs::major);
            inputs::of(&format!("github:{}", code.name.to_ascii_lowercase()), version)
        }
        _ => None,
    }
}

fn used(code: &Code, step: &Step) -> String {
    match (&step.name, code.name.as_str()) {
        (Some(name), "pulumi/pulumi") => name.clone(),
        (_, name) => name.to_owned(),
    }
}

/// Whether an input's name says that it is about whom a token is for, or how far it reaches.
fn says_who(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["team", "org", "user", "scope", "token", "role", "expiration", "audience", "oidc", "cloud-url", "environment"]
        .iter()
        .any(|word| name.contains(word))
}
