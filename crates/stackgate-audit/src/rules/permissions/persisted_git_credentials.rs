//! The checkout leaves no credential beside a program.
//!
//! Most checkouts leave the credential with which they fetched: GitHub's and Azure's in `.git/config`, GitLab's in the address
//! of the remote, CircleCI's as a key in `~/.ssh`. A deploy then runs a program with its packages in that very directory. They
//! can read it, and a credential that may write to the repository writes what the next deploy runs; a cache or an artifact of the
//! whole directory carries it away.
//!
//! Jenkins leaves none in the workspace: its git step hands the credential to git and takes it back, which the file does not
//! change. On GitLab the variable needs a runner of 17.3 or newer.
//!
//! Instead: tell the checkout to keep nothing. On CircleCI, which cannot be told, remove the key in the step after it.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v5
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v5
//!         with: { persist-credentials: false }
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script: [pulumi up --yes --stack acme/app/dev]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   variables: { FF_GIT_URLS_WITHOUT_TOKENS: "true" }
//!   script: [pulumi up --yes --stack acme/app/dev]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pr: none
//! steps:
//!   - checkout: self
//!     persistCredentials: true
//!   - bash: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! steps:
//!   - checkout: self
//!   - bash: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [checkout, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps: [{ attach_workspace: { at: . } }, { run: pulumi up --yes --stack acme/app/dev }]
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```

use stackgate_facts::{Does, Job, Observation, Place, Step};
use stackgate_provider::role_of;

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::of_pulumi;

pub(super) static RULE: AuditRule = AuditRule {
    id: "persisted-git-credentials",
    group: Group::Permissions,
    severity: Severity::Medium,
    providers: &["github", "gitlab", "azure", "circleci"],
    text: include_str!("persisted_git_credentials.rs"),
    check: Check::Pipeline(check),
};

/// The reviewed scripts that take away what a checkout leaves.
const REMOVES: &str = "checkout-";

fn check(observation: &Observation, findings: &mut Findings) {
    for job in observation.jobs.iter().filter(|job| of_pulumi(job) || job.can_mint()) {
        let Some(place) = kept(job) else { continue };
        let (left, help) = match observation.provider {
            "github" => ("the repository token in `.git/config`", "add `persist-credentials: false` to the checkout"),
            "azure" => ("the pipeline's token in `.git/config`", "set `persistCredentials: false`, or leave it out"),
            "gitlab" => (
                "the job token in the address of the remote",
                "set the variable `FF_GIT_URLS_WITHOUT_TOKENS` to \"true\" for this job",
            ),
            _ => (
                "the project's key in `~/.ssh`",
                "remove the key right after the checkout, or take the files from another job's workspace",
            ),
        };
        let message =
            format!("the checkout leaves {left}, and every program and package that this job runs can read it there");
        findings.add(Some(&job.id), place, message, help);
    }
}

/// The first checkout that leaves a credential for what comes after it.
fn kept(job: &Job) -> Option<Place> {
    job.steps.iter().enumerate().find_map(|(index, step)| {
        let Does::Checkout { keeps_credentials: true, code, .. } = &step.does else { return None };
        let removed = job.steps.get(index + 1).is_some_and(removes);
        (!removed && index + 1 < job.steps.len()).then_some(code.as_ref().map_or(step.place, |code| code.place))
    })
}

fn removes(step: &Step) -> bool {
    matches!(&step.does, Does::Run { text, .. } if role_of(text).is_some_and(|role| role.starts_with(REMOVES)))
}
