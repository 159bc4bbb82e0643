//! Pipelines of thousands of jobs that are alike: each is judged, and none is held against all others.
//!
//! What must hold: a finding for each job that deserves one, however many there are; what is not tried is told and never
//! taken for harmless.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use stackgate_audit::{Finding, audit_pipeline};
use stackgate_facts::{
    Clause, ClauseKind, Condition, Event, Job, Mint, MintBy, Observation, Pattern, Place, TokenKind, Value, Verb,
    VerbKind,
};
use stackgate_provider::{plan::Pins, templates};

fn job(id: String, kind: VerbKind, condition: Condition) -> Job {
    let place = Place::default();
    let team = Some(Value::literal("deployers"));
    let mint = Mint {
        step: 0,
        by: MintBy::Action,
        kind: TokenKind::Team,
        organization: Some(Value::literal("acme")),
        team,
        scope: None,
        seconds: None,
        url: None,
        place,
    };
    Job {
        id,
        when: vec![Clause { kind: ClauseKind::Job, condition, place }],
        mints: vec![mint],
        verbs: vec![Verb { step: 0, kind, stack: None, flags: Vec::new(), place }],
        ..Job::default()
    }
}

fn found(jobs: Vec<Job>, rule: &str) -> Vec<Finding> {
    let observation = Observation { provider: "github", jobs, ..Observation::default() };
    let pins = Pins::parse(templates::PINS).unwrap();
    let all = audit_pipeline(&observation, &pins);
    all.into_iter().filter(|finding| finding.rule.id == rule).collect()
}

fn branch(number: usize) -> Condition {
    Condition::Branch(Pattern::exact(format!("branch-{number}")))
}

#[test]
fn each_of_thousands_of_jobs_with_a_branch_of_its_own_is_judged() {
    const MANY: usize = 1_000;
    let jobs = (0..MANY).map(|number| job(format!("job-{number}"), VerbKind::Up, branch(number))).collect();
    assert_eq!(found(jobs, "deploy-no-environment").len(), MANY);
}

/// Previews and deploys of one team, which the same change requests start.
fn pairs(count: usize) -> Vec<Job> {
    let started = || Condition::all([Condition::Event(Event::ChangeRequest), branch(0).negated()]);
    let previews = (0..count).map(|number| job(format!("preview-{number}"), VerbKind::Preview, started()));
    let deploys = (0..count).map(|number| job(format!("deploy-{number}"), VerbKind::Up, started()));
    previews.chain(deploys).collect()
}

#[test]
fn pairs_that_are_not_tried_are_told() {
    assert_eq!(found(pairs(20), "preview-write-team").len(), 0);
    let told = found(pairs(120), "preview-write-team");
    assert!(!told.is_empty() && told.len() < 120, "{}", told.len());
    assert!(told.iter().all(|finding| finding.message.contains("too many jobs")), "{:?}", told.first());
}
