//! No gate believes a name or a text that the author of a change controls.
//!
//! `github.actor` is whoever acted last, not who proposed the change: a stranger who gets a bot to touch his change request
//! bears the bot's name. A commit's author is whatever its committer typed. A commit's message and a title are the author's own
//! text, so that `[deploy]` in a message is a deploy by anybody who can push, and `[skip checks]` is a change that nobody checked.
//!
//! A condition that only takes something away, such as one that leaves out a bot's change requests, has no finding, unless a
//! deploy goes on without the job that it skips.
//!
//! Instead: ask for the event, the branch, the repository; whom the provider knows for certain is asked for by a protected
//! environment.
//!
//! ```yaml github bad
//! on: pull_request_target
//! permissions: {}
//! jobs:
//!   merge:
//!     if: github.actor == 'dependabot[bot]'
//!     runs-on: ubuntu-24.04
//!     permissions: { contents: write, pull-requests: write }
//!     steps:
//!       - run: gh pr merge --auto --merge "$URL"
//!         env: { URL: "${{ github.event.pull_request.html_url }}", GH_TOKEN: "${{ github.token }}" }
//! ```
//!
//! ```yaml github bad
//! on: { push: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   check:
//!     if: ${{ !contains(github.event.head_commit.message, '[skip checks]') }}
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: npm test }]
//!   deploy:
//!     needs: check
//!     if: ${{ !failure() && !cancelled() }}
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```
//!
//! ```yaml github good
//! on: { pull_request: { branches: [main] } }
//! permissions: {}
//! jobs:
//!   preview:
//!     if: >-
//!       github.event.pull_request.head.repo.full_name == github.repository
//!       && github.event.pull_request.user.login != 'dependabot[bot]' && github.actor != 'renovate[bot]'
//!     runs-on: ubuntu-24.04
//!     permissions: { id-token: write }
//!     steps: [{ run: pulumi preview --stack acme/app/dev }]
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   rules: [{ if: $GITLAB_USER_LOGIN == "release-bot" }]
//!   script: [pulumi up --yes --stack acme/app/production]
//! ```
//!
//! ```yaml gitlab good
//! deploy:
//!   rules: [{ if: $CI_COMMIT_BRANCH == "main" && $CI_COMMIT_REF_PROTECTED == "true" && $GITLAB_USER_LOGIN != "guest" }]
//!   script: [pulumi up --yes --stack acme/app/production]
//! ```

use std::collections::BTreeMap;

use stackgate_facts::{Claim, Condition, Job, Observation, Place};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};
use crate::starts::{held, of_pulumi};

pub(super) static RULE: AuditRule = AuditRule {
    id: "author-controlled-bypass",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab"],
    text: include_str!("author_controlled_bypass.rs"),
    check: Check::Pipeline(check),
};

fn check(observation: &Observation, findings: &mut Findings) {
    // Whoever may skip a job skips what it checks, where a deploy goes on without it.
    let deploys = observation.jobs.iter().filter(|job| job.mutates());
    let passed: BTreeMap<&str, &str> = deploys
        .flat_map(|deploy| deploy.needs.iter().map(move |need| (deploy, need)))
        .filter(|(_, need)| !need.blocks)
        .map(|(deploy, need)| (need.job.as_str(), deploy.id.as_str()))
        .collect();
    for job in &observation.jobs {
        let privileged = of_pulumi(job) || held(job).is_some();
        for (claim, text, place) in claims(job, false).into_iter().filter(|_| privileged) {
            let who = match claim {
                Claim::Actor => "whoever acted last, whose name a stranger's change request can be made to bear",
                Claim::Words => "what the author of the change wrote",
            };
            let message = format!("`{text}` lets this job run by {who}: that is no gate");
            let help =
                "ask for the event, the branch and the repository, and let people be approved by the environment";
            findings.add(Some(&job.id), place, message, help);
        }
        let Some(deploy) = passed.get(job.id.as_str()) else { continue };
        for (_, text, place) in claims(job, true) {
            let message = format!(
                "`{text}` lets the author of a change skip this job, and the deploy `{}` goes on without it",
                deploy
            );
            let help = "let nothing that the author writes decide whether a check runs, or let the deploy need it";
            findings.add(Some(&job.id), place, message, help);
        }
    }
}

/// What the job's own conditions, or those of steps that matter, take somebody's word for.
fn claims(job: &Job, wanted: bool) -> Vec<(Claim, String, Place)> {
    let mut all: Vec<(Claim, String, Place)> = Vec::new();
    let mut add = |condition: &Condition, place: Place| {
        condition.each(&mut |part, negated| {
            if let Condition::Claimed(claim, text) = part
                && negated == wanted
                && !all.iter().any(|(_, known, _)| known == text)
            {
                all.push((*claim, text.clone(), place));
            }
        });
    };
    job.when.iter().for_each(|clause| add(&clause.condition, clause.place));
    let matters = |index: usize| {
        job.mints.iter().any(|mint| mint.step == index)
            || job.verbs.iter().any(|verb| verb.step == index && verb.mutates())
    };
    let steps = job.steps.iter().enumerate().filter(|(index, _)| matters(*index));
    for (_, step) in steps {
        step.condition.iter().for_each(|condition| add(condition, step.place));
    }
    all
}
