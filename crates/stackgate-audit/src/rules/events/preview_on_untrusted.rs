//! A preview with secrets runs for nobody who could not push.
//!
//! `pulumi preview` runs the program. It looks harmless, since it changes nothing, and so it is offered to everybody: but the
//! program of a fork's change request is a stranger's, and it reads every variable of the job, decrypts the stack's secrets,
//! and sends them where it likes.
//!
//! A preview without any secret, against a local or an empty stack, is fine for everybody. A job that can ask for an OIDC token
//! is `fork-pr-mint`'s; on CircleCI every job with a context can, so that this rule has nothing to add there.
//!
//! Instead: let the preview run for change requests of the same repository alone, or give it no secret.
//!
//! ```yaml github bad
//! on: { pull_request: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   preview:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v5
//!       - run: pulumi preview --stack acme/app/dev
//!         env: { PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}" }
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] } }
//! permissions: { contents: read }
//! jobs:
//!   preview:
//!     if: ${{ !github.event.pull_request.head.repo.fork }}
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v5
//!       - run: pulumi preview --stack acme/app/dev
//!         env: { PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}" }
//! ```
//!
//! ```yaml gitlab bad
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   script:
//!     - export PULUMI_ACCESS_TOKEN="$PREVIEW_TOKEN"
//!     - pulumi preview --stack acme/app/dev
//! ```
//!
//! ```yaml gitlab good
//! preview:
//!   rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
//!   script:
//!     - pulumi login --local
//!     - pulumi preview --stack dev
//! ```
//!
//! ```yaml azure bad
//! trigger: none
//! steps:
//!   - bash: pulumi preview --stack acme/app/dev
//!     env: { PULUMI_ACCESS_TOKEN: $(PULUMI_ACCESS_TOKEN) }
//! ```
//!
//! ```yaml azure good
//! trigger: none
//! steps:
//!   - bash: pulumi preview --stack acme/app/dev
//!     condition: and(succeeded(), eq(variables['System.PullRequest.IsFork'], 'False'))
//!     env: { PULUMI_ACCESS_TOKEN: $(PULUMI_ACCESS_TOKEN) }
//! ```
//!
//! ```groovy jenkins bad
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Preview') {
//!       when { changeRequest() }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi-access-token') }
//!       steps { sh 'pulumi preview --stack acme/app/dev' }
//!     }
//!   }
//! }
//! ```
//!
//! ```groovy jenkins good
//! pipeline {
//!   agent { label 'ephemeral' }
//!   stages {
//!     stage('Preview') {
//!       when { branch 'main' }
//!       environment { PULUMI_ACCESS_TOKEN = credentials('pulumi-access-token') }
//!       steps { sh 'pulumi preview --stack acme/app/dev' }
//!     }
//!   }
//! }
//! ```

use stackgate_facts::{Event, Runs};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{Starts, preview, stored, withheld};

pub(super) static RULE: AuditRule = AuditRule {
    id: "preview-on-untrusted",
    group: Group::Events,
    severity: Severity::Critical,
    providers: &["github", "gitlab", "azure", "jenkins"],
    text: include_str!("preview_on_untrusted.rs"),
    check: Check::Runs(check),
};

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    let starts = Starts::new(runs, |event| *event == Event::ForkChangeRequest);
    // A job that can ask for an OIDC token is another rule's.
    for job in observation.jobs.iter().filter(|job| !job.can_mint()) {
        let (Some(verb), Some((_, secret))) = (preview(job), stored(job)) else { continue };
        if starts.step(job, verb.step, &|_| true).is_none() {
            continue;
        }
        let (severity, when) = match withheld(observation.provider) {
            Some(when) => (Severity::High, format!(" {when},")),
            None => (Severity::Critical, String::new()),
        };
        let secret = if secret == "*" { "every secret".to_owned() } else { format!("the secret `{secret}`") };
        let message = format!(
            "a change request of a fork starts this preview, and a preview runs the fork's program:{when} a stranger's code \
             reads {secret}"
        );
        let help = "let the preview run for change requests of the same repository alone, or take its secrets away";
        findings.add_as(severity, Some(&job.id), verb.place, message, help);
    }
}
