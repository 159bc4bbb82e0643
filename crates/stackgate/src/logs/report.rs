//! A judgement as a report.
//!
//! What must hold: the worst comes first; what could not be read is among the findings, and the report is not finished then.

use stackgate_report::{Finding, Level, Place, Report, Status};

use super::Logs;
use super::rules::{LOG_TOO_MUCH, LOG_UNREAD};
use crate::baseline::Baseline;

pub(super) fn report(logs: &Logs, fail_on: Level, baseline: Option<&Baseline>) -> Report {
    let bar = |level: Level| if level >= fail_on { Status::Fails } else { Status::Passes };
    let mut findings: Vec<Finding> =
        logs.findings.iter().map(|found| found.report().status(bar(found.level))).collect();
    findings.extend(logs.unread.iter().map(|unread| {
        let finding = Finding::new(&LOG_UNREAD, Level::High, &unread.message).help(LOG_UNREAD.instead);
        match &unread.place {
            Some((path, line)) => finding.at(Place::line(path.clone(), *line)),
            None => finding,
        }
    }));
    findings.extend(logs.full.iter().map(|what| {
        let message = format!("there are more {what} than are kept, so that not everything was judged");
        Finding::new(&LOG_TOO_MUCH, Level::High, message).help(LOG_TOO_MUCH.instead)
    }));
    let mut report = Report::worst_first("logs", logs.subjects.clone(), String::new(), findings);
    // What a baseline knows of other days does not occur here, and nobody waits for it.
    if let Some(baseline) = baseline {
        report = report.known(&|fingerprint| baseline.knows(fingerprint));
    }
    report.finished = logs.is_whole();
    report.headline = headline(logs, &report);
    report
}

/// One sentence on the whole.
fn headline(logs: &Logs, report: &Report) -> String {
    let count = |level: Level| report.findings().iter().filter(|one| one.level == level).count();
    let words: Vec<String> = Level::ALL
        .into_iter()
        .filter(|level| count(*level) > 0)
        .map(|level| format!("{} {}", count(level), level.as_str()))
        .collect();
    let found = if words.is_empty() { "no finding".to_owned() } else { words.join(", ") };
    let when = match (&logs.figures.first, &logs.figures.last) {
        (Some(first), Some(last)) => format!(" from {first} to {last}"),
        _ => String::new(),
    };
    let before = if logs.repeated > 0 { format!(", {} judged before", logs.repeated) } else { String::new() };
    let rest = if report.finished { "" } else { "; not everything could be read, so that this is a part" };
    let plural = if logs.figures.events == 1 { "" } else { "s" };
    format!("{}: {} event{plural}{when}{before}: {found}{rest}", logs.organization, logs.figures.events)
}
