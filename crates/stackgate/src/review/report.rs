//! Differences as findings of a report.
//!
//! What must hold: what makes a finding the same from night to night holds no number of days and no order; what could not
//! be read makes the report one that is not finished.

use stackgate_report::{Finding, Level, Report, Status};
use stackgate_review::{Difference, diagnostic_rules};

use super::Review;
use crate::baseline::Baseline;

/// The rule of what could not be read.
pub(super) const UNREAD: &str = "review-unread";

pub(super) fn report(review: &Review, fail_on: Level, baseline: Option<&Baseline>) -> Report {
    let mut findings: Vec<Finding> =
        review.differences.iter().filter_map(|difference| finding(difference, fail_on)).collect();
    findings.extend(review.faults.iter().filter_map(|fault| {
        let rule = *diagnostic_rules().iter().find(|rule| rule.id == UNREAD)?;
        let message = format!("the saved directory is broken: {fault}");
        Some(Finding::new(rule, Level::High, message).class("unknown").help("save it anew with `review --save DIR`"))
    }));
    let subjects = vec![review.spec.clone()];
    let make = |findings: Vec<Finding>| Report::worst_first("review", subjects.clone(), String::new(), findings);
    let mut report = make(findings);
    if let Some(baseline) = baseline {
        if review.is_whole() {
            // What is in the baseline has the fingerprints of what was found, and not of these.
            let unused = baseline.unused(&report);
            if !unused.is_empty() {
                report = make(report.findings().iter().cloned().chain(unused).collect());
            }
        }
        report = report.known(&|fingerprint| baseline.knows(fingerprint));
    }
    let known = |finding: &Finding| baseline.is_some_and(|baseline| baseline.knows(&finding.fingerprint));
    let unread = |finding: &&Finding| finding.rule.id == UNREAD;
    report.finished = report.findings().iter().filter(unread).all(|finding| is_refused(finding) && known(finding));
    report.headline = headline(review, &report);
    report
}

/// Whether something was refused, and will be tomorrow: that can be known. A failure cannot.
pub(super) fn is_refused(finding: &Finding) -> bool {
    finding.rule.id == UNREAD && finding.after.as_deref() == Some("refused")
}

fn finding(difference: &Difference, fail_on: Level) -> Option<Finding> {
    let rule = *diagnostic_rules().iter().find(|rule| rule.id == difference.rule.id)?;
    let status = if difference.level >= fail_on { Status::Fails } else { Status::Passes };
    Some(
        Finding::new(rule, difference.level, format!("{}: {}", difference.what, difference.permits))
            .class(difference.class.as_str())
            .facts(difference.declared.clone(), difference.actual.clone())
            .help(difference.mend.clone())
            .content(format!("{} {}", difference.class.as_str(), difference.key))
            .status(status),
    )
}

/// One sentence on the whole.
fn headline(review: &Review, report: &Report) -> String {
    let organization = &review.declared.fragment.organization;
    let all = report.findings();
    let whole = if review.is_whole() { "" } else { "; not everything could be read, so that this is not the whole" };
    if all.is_empty() {
        return format!("{organization} is as declared{whole}");
    }
    let count = |level: Level| all.iter().filter(|finding| finding.level == level).count();
    let levels: Vec<String> = Level::ALL
        .into_iter()
        .filter(|level| count(*level) > 0)
        .map(|level| format!("{} {}", count(level), level.as_str()))
        .collect();
    let failing = report.summary().failing;
    let fail = match failing {
        0 => "none fails".to_owned(),
        1 => "1 fails".to_owned(),
        many => format!("{many} fail"),
    };
    let plural = if all.len() == 1 { "" } else { "s" };
    format!("{organization}: {} finding{plural} ({}), {fail}{whole}", all.len(), levels.join(", "))
}
