//! A condition stops what it seems to stop.
//!
//! Some conditions read like a gate and hold always. On GitHub, `if: |` with `${{ }}` and a newline behind it is a text, and
//! every text but the empty one is true. `contains('refs/heads/main refs/heads/next', github.ref)` holds for each part of that
//! text. `a != 'x' || a != 'y'` holds for every `a`. And `always()`, `or(..., always())` or `when: always` on a deploy lets it run
//! after checks that failed: what came before was the gate.
//!
//! `always` on a step that cleans up, on a job that reports or takes a trial's stack away, is what it is for, and has no finding.
//!
//! Instead: write a condition as one expression, join what must hold by `and`, and give deploys no word about status.
//!
//! ```yaml github bad
//! on: { push: {}, pull_request: {} }
//! permissions: {}
//! jobs:
//!   deploy:
//!     if: |
//!       ${{ github.ref == 'refs/heads/main' }}
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```
//!
//! ```yaml github bad
//! on: push
//! permissions: {}
//! jobs:
//!   deploy:
//!     if: contains('refs/heads/main refs/heads/next', github.ref)
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```
//!
//! ```yaml github bad
//! on: { push: {}, workflow_dispatch: {} }
//! permissions: {}
//! jobs:
//!   deploy:
//!     if: github.ref != 'refs/heads/next' || github.ref != 'refs/heads/old'
//!     runs-on: ubuntu-24.04
//!     steps: [{ run: pulumi up --yes --stack acme/app/dev }]
//! ```
//!
//! ```yaml github good
//! on: push
//! permissions: {}
//! jobs:
//!   deploy:
//!     if: contains(fromJSON('["refs/heads/main", "refs/heads/next"]'), github.ref)
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - run: pulumi up --yes --stack acme/app/dev
//!       - if: always()
//!         run: rm -rf .pulumi
//! ```
//!
//! ```yaml gitlab bad
//! deploy:
//!   stage: deploy
//!   rules:
//!     - if: $CI_COMMIT_BRANCH == "main"
//!       when: always
//!   script: [pulumi up --yes --stack acme/app/dev]
//! ```
//!
//! ```yaml gitlab good
//! report:
//!   stage: deploy
//!   rules:
//!     - if: $CI_COMMIT_BRANCH == "main"
//!       when: always
//!   script: [./report.sh]
//! ```
//!
//! ```yaml azure bad
//! trigger: [main]
//! pr: none
//! jobs:
//!   - job: deploy
//!     condition: or(eq(variables['Build.SourceBranch'], 'refs/heads/main'), always())
//!     steps:
//!       - bash: pulumi up --yes --stack acme/app/dev
//! ```
//!
//! ```yaml azure good
//! trigger: [main]
//! pr: none
//! jobs:
//!   - job: deploy
//!     condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))
//!     steps:
//!       - bash: pulumi up --yes --stack acme/app/dev
//!       - bash: rm -rf .pulumi
//!         condition: always()
//! ```
//!
//! ```yaml circleci bad
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps:
//!       - checkout
//!       - run: npm test
//!       - run: { command: pulumi up --yes --stack acme/app/dev, when: always }
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```
//!
//! ```yaml circleci good
//! version: 2.1
//! jobs:
//!   deploy:
//!     docker: [{ image: cimg/node:24.1 }]
//!     steps:
//!       - checkout
//!       - run: npm test
//!       - run: pulumi up --yes --stack acme/app/dev
//!       - run: { command: rm -rf .pulumi, when: always }
//! workflows: { main: { jobs: [{ deploy: { filters: { branches: { only: main } } } }] } }
//! ```

use std::ops::ControlFlow;

use stackgate_facts::{Answer, ClauseKind, Condition, Job, Place, Runs, Setting, Status, Verb, VerbKind};

use crate::finding::{Findings, Severity};
use crate::rule::{AuditRule, Check, Group};

pub(super) static RULE: AuditRule = AuditRule {
    id: "unsound-gate",
    group: Group::Events,
    severity: Severity::High,
    providers: &["github", "gitlab", "azure", "circleci"],
    text: include_str!("unsound_gate.rs"),
    check: Check::Runs(check),
};

/// What a reader says of a condition that is a text around an expression.
const ALWAYS: &str = "if.always-true";

/// What a reader says of a condition that looks for a value within a text.
const PART: &str = "if.part-of-text";

fn check(runs: &Runs<'_>, findings: &mut Findings) {
    let observation = runs.observation();
    for job in &observation.jobs {
        let steps = job.steps.iter().flat_map(|step| &step.settings);
        for setting in job.settings.iter().chain(steps) {
            spelt(job, setting, findings);
        }
        let own = job.when.iter().filter(|clause| clause.kind == ClauseKind::Job);
        let own: Vec<(&Condition, Place)> = own.map(|clause| (&clause.condition, clause.place)).collect();
        if let Some((_, place)) = own.iter().find(|(condition, _)| holds_always(runs, job, condition)) {
            let message = "this job's condition asks for something and holds whatever the answer is: it stops nothing";
            findings.add(
                Some(&job.id),
                *place,
                message,
                "join what must hold by `and`, and try it with a run that must not start",
            );
        }
        // What takes a trial's stack away again must run after a failure too.
        let deploys = |verb: &&Verb| matches!(verb.kind, VerbKind::Up | VerbKind::Refresh | VerbKind::Deployment);
        let verbs: Vec<&Verb> = job.verbs.iter().filter(deploys).collect();
        if verbs.is_empty() {
            continue;
        }
        let steps = verbs.iter().filter_map(|verb| job.steps.get(verb.step));
        let of_steps = steps.filter_map(|step| Some((step.condition.as_ref()?, step.place)));
        if let Some((_, place)) = own.iter().copied().chain(of_steps).find(|(condition, _)| after_failure(condition)) {
            let message = "this deploy goes on although what came before it failed or was cancelled, its checks and its login \
                           among them";
            findings.add(
                Some(&job.id),
                place,
                message,
                "take away what lets it go on: a deploy runs after success alone",
            );
        }
    }
}

/// What is unsound by the way it is written.
fn spelt(job: &Job, setting: &Setting, findings: &mut Findings) {
    let (message, help) = match setting.key.as_str() {
        ALWAYS => (
            "this condition is a text around an expression, and a text is always true: it stops nothing",
            "write the whole condition as one expression, without anything outside `${{ }}` and without a last newline",
        ),
        PART => (
            "this condition looks for a value within a text: every part of that text passes, an empty value too",
            "compare the value with each name by `==`, or look for it in a list made by `fromJSON`",
        ),
        _ => return,
    };
    findings.add(Some(&job.id), setting.place, message, help);
}

/// Whether a condition on who starts something holds for everybody.
fn holds_always<'a>(runs: &Runs<'a>, job: &'a Job, condition: &Condition) -> bool {
    let (mut asks, mut when) = (false, false);
    condition.each(&mut |part, _| match part {
        Condition::Status(_) | Condition::Changes(_) => when = true,
        Condition::Always | Condition::Never => {}
        _ => asks = true,
    });
    let alternatives = match condition {
        Condition::Any(_) => true,
        Condition::All(parts) => parts.iter().any(|part| matches!(part, Condition::Any(_))),
        _ => false,
    };
    if !asks || when || !alternatives {
        return false;
    }
    let mut always = true;
    runs.situations(&[job], &|_| true, &mut |situation| {
        always = condition.holds(situation) == Answer::Yes;
        if always { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    always
}

/// Whether a condition lets something run after a failure.
fn after_failure(condition: &Condition) -> bool {
    let mut found = false;
    condition.each(&mut |part, negated| found |= !negated && *part == Condition::Status(Status::Any));
    found
}
