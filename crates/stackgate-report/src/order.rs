//! The order of findings, and with it their fingerprints.
//!
//! What must hold: the order depends on the findings alone, never on the order in which they came.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::fingerprint::{Known, fingerprint};
use crate::model::Finding;

pub(crate) fn ordered(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(by_place);
    known(findings)
}

/// The worst first, and by place among those that are as bad.
pub(crate) fn worst_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.rule.id.cmp(&b.rule.id)).then_with(|| by_place(a, b)));
    known(findings)
}

fn by_place(a: &Finding, b: &Finding) -> Ordering {
    key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
}

/// Each once, with its fingerprint.
fn known(mut findings: Vec<Finding>) -> Vec<Finding> {
    // What was found twice was found once.
    findings.dedup();
    let mut seen: BTreeMap<Known, usize> = BTreeMap::new();
    for finding in &mut findings {
        let known = Known::of(finding);
        let count = seen.entry(known.clone()).or_default();
        finding.fingerprint = fingerprint(&known, *count);
        *count += 1;
    }
    findings
}

/// By file, place and rule; what is of no file comes first, and a file as a whole before its parts.
fn key(finding: &Finding) -> impl Ord + '_ {
    let place = finding.place.as_ref();
    (place.map(|place| place.path.as_str()), place.and_then(|place| place.region), &finding.rule.id, &finding.message)
}

/// Whatever else may differ, so that two findings at one place have an order too.
fn rest(finding: &Finding) -> impl Ord + '_ {
    (finding.class, &finding.before, &finding.after, &finding.content, &finding.help, finding.level)
}
