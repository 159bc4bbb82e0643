//! Rules that judge pipelines and what Pulumi Cloud trusts, one file each.
//!
//! What must hold: a rule judges facts, never text; each finding has a place, says what somebody could do, and how to mend
//! it; a rule's doc comment is its page, and the examples on it are run. Deliberately absent: reading files, suppressing
//! findings, and how a report looks.

mod finding;
mod grammar;
mod policies;
mod rule;
mod rules;
mod starts;
mod view;

pub use finding::{Finding, Findings, Severity};
pub use grammar::provider_of_issuer;
pub use policies::{Grants, IssuerSubject, PoliciesSubject, StackSubject, TeamGrant};
pub use rule::{AuditRule, Check, Group};
pub use rules::{RULES, diagnostic_rules, find};
pub use stackgate_report::{Example, Page, Verdict};

use std::cell::OnceCell;

use stackgate_facts::{Observation, Runs};
use stackgate_provider::plan::Pins;

/// Every finding in one pipeline, in the order of places. The pin table says which commit a version is.
#[must_use]
pub fn audit_pipeline(observation: &Observation, pins: &Pins) -> Vec<Finding> {
    let mut all = Vec::new();
    let runs = OnceCell::new();
    for rule in RULES.iter().copied().filter(|rule| rule.providers.contains(&observation.provider)) {
        let mut findings = Findings::new(rule);
        match rule.check {
            Check::Pipeline(check) | Check::Both(check, _) => check(observation, &mut findings),
            Check::Runs(check) => check(runs.get_or_init(|| Runs::of(observation)), &mut findings),
            Check::Pinned(check) => check(observation, pins, &mut findings),
            Check::Policies(_) => {}
        }
        all.append(&mut findings.into_vec());
    }
    sorted(all)
}

/// Every finding in what Pulumi Cloud trusts and grants.
#[must_use]
pub fn audit_policies(subject: &PoliciesSubject) -> Vec<Finding> {
    let mut all = Vec::new();
    for rule in RULES.iter().copied() {
        if let Check::Policies(check) | Check::Both(_, check) = rule.check {
            let mut findings = Findings::new(rule);
            check(subject, &mut findings);
            all.append(&mut findings.into_vec());
        }
    }
    sorted(all)
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        (a.place, a.rule.id, &a.subject, &a.message).cmp(&(b.place, b.rule.id, &b.subject, &b.message))
    });
    findings.dedup();
    findings
}
