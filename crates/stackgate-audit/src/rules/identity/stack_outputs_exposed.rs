//! A stack's outputs stay in Pulumi Cloud.
//!
//! Outputs hold what a program was told to give away, passwords and connection strings among them. `--show-secrets`
//! prints them in plain text. `pulumi/actions` makes each of them an output of its step before anything is masked; as an
//! output of the job it goes on to every job that waits for it. What is kept as an artifact can be read by everybody who
//! sees the run.
//!
//! Instead: let whoever needs an output read it from Pulumi Cloud with a right of its own: a stack reference, an ESC
//! environment.
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: |
//!           pulumi stack output --json --show-secrets --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: |
//!           pulumi stack output url --stack acme/app/dev
//! ```
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     outputs:
//!       url: ${{ steps.pulumi.outputs.url }}
//!     steps:
//!       - uses: pulumi/actions@v7
//!         id: pulumi
//!         with: { command: up, stack-name: acme/app/dev }
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   script:
//!     - |
//!       pulumi stack output --json --show-secrets --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       pulumi stack output url --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi stack output --json --show-secrets --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi stack output url --stack acme/app/dev
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'linux' }
//!   stages {
//!     stage('Deploy') {
//!       steps {
//!         sh '''
//!           pulumi stack output --json --show-secrets --stack acme/app/dev
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
//!           pulumi stack output url --stack acme/app/dev
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
//!           pulumi stack output --json --show-secrets --stack acme/app/dev
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
//!           pulumi stack output url --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{ChannelKind, DeedKind, Does, Job, Observation, Place, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "stack-outputs-exposed",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("stack_outputs_exposed.rs"),
    check: Check::Pipeline(check),
};

const HELP: &str = "let whoever needs an output read it from Pulumi Cloud, by a stack reference or an ESC environment";

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        if let Some(deed) = job.deeds.iter().find(|deed| deed.kind == DeedKind::ShowsSecrets) {
            let message = format!("`pulumi {}` shows secrets in plain text", deed.what.text());
            findings.add(Some(&job.id), deed.place, message, "take `--show-secrets` away");
        } else if let Some((place, output)) = output_of_step(job) {
            let message = format!("the output `{output}` hands a stack's output, which may be a secret, to other jobs");
            findings.add(Some(&job.id), place, message, HELP);
        } else if let Some(place) = kept(job) {
            let message = "a stack's outputs are kept as files that everybody who sees the run can fetch";
            findings.add(Some(&job.id), place, message, HELP);
        }
    }
}

/// An output of the job that is one of a step of `pulumi/actions`.
fn output_of_step(job: &Job) -> Option<(Place, &str)> {
    let runs = job.steps.iter().filter(
        |step| matches!(&step.does, Does::Use { code, .. } if code.name.eq_ignore_ascii_case("pulumi/actions")),
    );
    let ids: Vec<&str> = runs
        .flat_map(|step| &step.settings)
        .filter(|setting| setting.key == "id")
        .map(|setting| setting.value.trim_matches('"'))
        .collect();
    let of_step = |value: &str| ids.iter().any(|id| value.contains(&format!("steps.{id}.outputs")));
    let outputs = job.settings.iter().filter_map(|setting| Some((setting, setting.key.strip_prefix("outputs.")?)));
    outputs.into_iter().find(|(setting, _)| of_step(&setting.value)).map(|(setting, name)| (setting.place, name))
}

/// Where files of a job that reads outputs are kept.
fn kept(job: &Job) -> Option<Place> {
    let reads =
        |verb: &&stackgate_facts::Verb| verb.kind == VerbKind::Read && verb.flags.iter().any(|flag| flag == "output");
    let read = job.verbs.iter().find(reads)?;
    let out = |one: &&stackgate_facts::Channel| {
        one.kind == ChannelKind::ArtifactOut && one.step.is_none_or(|step| step >= read.step)
    };
    job.channels.iter().find(out).map(|channel| channel.place)
}
