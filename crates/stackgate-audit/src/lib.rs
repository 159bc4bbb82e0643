//! Rules that judge pipelines and what Pulumi Cloud trusts, one file each.
//!
//! What must hold: a rule judges facts, never text; each finding has a place, says what somebody could do, and how to mend
//! it; a rule's doc comment is its page, and the examples on it are run. Deliberately absent: reading files, suppressing
//! findings, and how a report looks.

mod finding;
mod grammar;
mod page;
mod policies;
mod rule;
mod rules;
mod starts;
mod view;

pub use finding::{Finding, Findings, Severity};
pub use grammar::provider_of_issuer;
pub use page::{Example, Page, Verdict};
pub use policies::{Grants, IssuerSubject, PoliciesSubject, StackSubject, TeamGrant};
pub use rule::{AuditRule, Check, Group};
pub use rules::{RULES, diagnostic_rules, find};

use stackgate_facts::Observation;

/// Every finding in one pipeline, in the order of places.
#[must_use]
pub fn audit_pipeline(observation: &Observation) -> Vec<Finding> {
    let mut all = Vec::new();
    for rule in RULES.iter().copied() {
        if let Check::Pipeline(check) | Check::Both(check, _) = rule.check
            && rule.providers.contains(&observation.provider)
        {
            let mut findings = Findings::new(rule);
            check(observation, &mut findings);
            all.append(&mut findings.into_vec());
        }
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
