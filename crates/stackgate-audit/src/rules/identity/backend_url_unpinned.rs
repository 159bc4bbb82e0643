//! The file says which Pulumi Cloud a token is for.
//!
//! Without a URL, `pulumi login` sends the job's OIDC token to `PULUMI_BACKEND_URL`, or to `backend.url` of the
//! `Pulumi.yaml` that is checked out. Whoever may change that file, in a change request too, receives the token, and
//! with it can ask the real Pulumi Cloud for the team's. After `pulumi/auth-actions`, Pulumi looks in the same two
//! places for where to use the token.
//!
//! Instead: name the URL as a literal: `pulumi login https://api.pulumi.com …`, `cloud-url: https://api.pulumi.com`, or
//! `PULUMI_BACKEND_URL` in the job.
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
//!           token-expiration: 1800
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     env: { PULUMI_BACKEND_URL: "https://api.pulumi.com" }
//!     steps:
//!       - uses: pulumi/auth-actions@v2
//!         with:
//!           organization: acme
//!           requested-token-type: urn:pulumi:token-type:access_token:team
//!           scope: team:app-deploy
//!           token-expiration: 1800
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - |
//!       pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//!           pulumi up --yes --stack acme/app/dev
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
//!           pulumi up --yes --stack acme/app/dev
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
//!           pulumi login --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy
//!           pulumi up --yes --stack acme/app/dev
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
//!           pulumi up --yes --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{Does, Job, MintBy, Observation, Place, Step, Value, Variable};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "backend-url-unpinned",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("backend_url_unpinned.rs"),
    check: Check::Pipeline(check),
};

const HELP: &str =
    "write the URL as a literal: behind `pulumi login`, as `cloud-url`, or as `PULUMI_BACKEND_URL` of the job";

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        if let Some((place, message)) = fault(job) {
            findings.add(Some(&job.id), place, message, HELP);
        }
    }
}

fn fault(job: &Job) -> Option<(Place, String)> {
    for mint in &job.mints {
        let step = job.steps.get(mint.step);
        match &mint.url {
            Some(Value::Literal(_)) => {}
            Some(Value::Made(text, _)) => {
                return Some((
                    mint.place,
                    format!("where the token is asked for is made when the pipeline runs: `{text}`"),
                ));
            }
            None if mint.by == MintBy::Login && !says_url(job, step) => {
                let message =
                    "this login names no URL, so that `Pulumi.yaml` in the checkout decides who gets the OIDC token";
                return Some((mint.place, message.to_owned()));
            }
            None => {}
        }
    }
    let of_steps = job.steps.iter().flat_map(|step| &step.variables);
    let made = |variable: &&Variable| {
        matches!(variable.name.as_str(), "PULUMI_BACKEND_URL" | "PULUMI_API") && variable.value.as_literal().is_none()
    };
    if let Some(variable) = job.variables.iter().chain(of_steps).find(made) {
        let text = variable.value.text();
        return Some((
            variable.place,
            format!("`{}` comes from `{text}`, and decides where the token goes", variable.name),
        ));
    }
    // A login keeps its URL; an action does not, and what comes after looks for one.
    let action = job.mints.iter().any(|mint| mint.by == MintBy::Action && mint.url.is_none());
    let unpinned = |verb: &&stackgate_facts::Verb| !says_url(job, job.steps.get(verb.step));
    let verb = job.verbs.iter().filter(|_| action).find(unpinned)?;
    let message =
        "nothing says which Pulumi Cloud the token is for, so that `Pulumi.yaml` in the checkout decides who gets it";
    Some((verb.place, message.to_owned()))
}

/// Whether a literal URL stands for a step: its own, its input, or the job's.
fn says_url(job: &Job, step: Option<&Step>) -> bool {
    let literal = |variable: &Variable| variable.value.as_literal().is_some_and(|text| text.contains("://"));
    let named = |variable: &Variable| variable.name == "PULUMI_BACKEND_URL" && literal(variable);
    let of_step = step.is_some_and(|step| {
        let inputs = match &step.does {
            Does::Use { inputs, .. } => inputs.as_slice(),
            _ => &[],
        };
        step.variables.iter().any(named) || inputs.iter().any(|input| input.name == "cloud-url" && literal(input))
    });
    of_step || job.variables.iter().any(named)
}
