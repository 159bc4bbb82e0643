//! Nothing but Pulumi runs once the token is there.
//!
//! A token is in the environment or in a file of the job from the moment it is asked for until the job ends.
//! `pulumi/auth-actions` exports it to every later step, whatever `export-environment-variables` says. A package's
//! install script, or an action of somebody else, then reads it and deploys in the team's name.
//!
//! Instead: install first, ask for the token last, and let nothing but Pulumi follow. What must come after goes into a
//! job of its own.
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
//!       - run: npm ci
//!       - run: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml github good
//! on: { push: { branches: [main] } }
//! jobs:
//!   deploy:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: npm ci
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
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       npm ci
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   script:
//!     - |
//!       npm ci
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!       npm ci
//!       pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pool: { vmImage: ubuntu-24.04 }
//! steps:
//!   - script: |
//!       npm ci
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
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!           npm ci
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
//!           npm ci
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
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!           npm ci
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
//!           npm ci
//!           pulumi login https://api.pulumi.com --oidc-token file:///tmp/token --oidc-org acme --oidc-team app-deploy --oidc-expiration 30m
//!           pulumi up --yes --stack acme/app/dev
//! workflows: { main: { jobs: [deploy] } }
//! ```

use stackgate_facts::{ChannelKind, CodeKind, DeedKind, Does, Job, Mint, Observation, Place, Step};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "token-visible-to-untrusted-step",
    group: Group::Identity,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "jenkins", "circleci"],
    text: include_str!("token_visible_to_untrusted_step.rs"),
    check: Check::Pipeline(check),
};

const HELP: &str = "move it before the step that asks for the token, or into a job of its own";

fn check(observation: &Observation, findings: &mut Findings) {
    for job in &observation.jobs {
        let handed = |name: &str| name.contains("PULUMI_ACCESS_TOKEN") && !name.contains("issecret=true");
        let channel = job.channels.iter().find(|one| one.kind == ChannelKind::EnvFile && handed(one.name.text()));
        if let Some(channel) = channel {
            let message = "the token is written where every later step of the job reads it";
            findings.add(Some(&job.id), channel.place, message, "keep the token in the one script that uses it");
            continue;
        }
        // What comes first is enough: the mend is the same for all.
        if let Some((place, what)) = job.first_mint().and_then(|mint| first_after(job, mint)) {
            let message = format!("{what} when the job has its token, and can read it");
            findings.add(Some(&job.id), place, message, HELP);
        }
    }
}

/// The first thing after the token that is not Pulumi's: its place, and the begin of a sentence.
fn first_after(job: &Job, mint: &Mint) -> Option<(Place, String)> {
    let after = |step: usize, place: Place| {
        step > mint.step || step == mint.step && place.file == mint.place.file && place.span.start > mint.place.span.end
    };
    let deploys = !job.verbs.is_empty();
    let deed = job.deeds.iter().find(|deed| {
        let runs = match deed.kind {
            DeedKind::InstallScripts => true,
            // Where nothing else deploys, that is what the job has its token for.
            DeedKind::RepositoryCode => deploys,
            _ => false,
        };
        runs && after(deed.step, deed.place)
    });
    let download = job.code.iter().find(|code| {
        let is = matches!(code.kind, CodeKind::Download);
        is && job.steps.iter().enumerate().any(|(index, step)| within(code.place, step) && after(index, code.place))
    });
    let foreign = job.steps.iter().enumerate().skip(mint.step + 1).find_map(|(_, step)| foreign(step));
    let deed = deed.map(|deed| (deed.place, format!("`{}` runs", deed.what.text())));
    let download = download.map(|code| (code.place, format!("`{}` is fetched and run", code.name)));
    [deed, download, foreign].into_iter().flatten().min_by_key(|(place, _)| *place)
}

fn within(place: Place, step: &Step) -> bool {
    let whole = step.place;
    place.file == whole.file && whole.span.start <= place.span.start && place.span.start < whole.span.end
}

/// Code of somebody else's that a step runs.
fn foreign(step: &Step) -> Option<(Place, String)> {
    let code = match &step.does {
        Does::Use { code, .. } | Does::Checkout { code: Some(code), .. } => code,
        _ => return None,
    };
    let own = matches!(code.pin, stackgate_facts::Pin::Local)
        || code.name.to_ascii_lowercase().starts_with("pulumi/")
        || code.name.eq_ignore_ascii_case("pulumi");
    (!own).then(|| (code.place, format!("`{}` runs", code.name)))
}
