//! The report of `check`: a finding for each file that differs.
//!
//! What must hold: every difference fails. What a difference permits is not judged here.

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_drift::{FileReport, Report as Drift, State};
use stackgate_report::{File, Finding, Level, Place, Report};

use super::rules;

/// The report on a comparison, with the warnings and notices that the spec got.
pub fn check_report(drift: &Drift, notices: Option<(&Source, &[Diagnostic])>) -> Report {
    let mut findings: Vec<Finding> = drift.drifted().filter_map(finding).collect();
    if let Some((source, notices)) = notices {
        findings.extend(notices.iter().map(|notice| Finding::of(notice, source)));
    }
    let files = drift.files.iter().map(file).collect();
    Report::new("check", vec![drift.spec_path.clone()], headline(drift), findings).files(files)
}

fn finding(file: &FileReport) -> Option<Finding> {
    let rule = rules::rule(file.state)?;
    let level = match file.state {
        State::Edited | State::NotOurs | State::Unreadable | State::OrphanEdited => Level::High,
        State::Missing | State::Outdated | State::Orphaned => Level::Medium,
        State::Clean => return None,
    };
    let (what, help) = file.state.advice().split_once("; ").unwrap_or((file.state.advice(), ""));
    let mut message = format!("{}: {what}", file.state.as_str());
    if let (State::Unreadable, Some(found)) = (file.state, &file.found) {
        message.push_str(&format!(" ({found})"));
    }
    let place = match first_difference(file) {
        Some(line) => Place::line(&file.path, line),
        None => Place::file(&file.path),
    };
    // The rule and the path say which file differs how; what the edit was may change while the alert stays.
    let mut finding = Finding::new(rule, level, message).at(place).content(file.state.as_str());
    if !help.is_empty() {
        finding = finding.help(help);
    }
    Some(finding)
}

/// The first line, from 1, at which a file of ours differs from what it should be.
fn first_difference(file: &FileReport) -> Option<usize> {
    if !matches!(file.state, State::Edited | State::Outdated) {
        return None;
    }
    let (found, expected) = (file.found.as_ref()?, file.expected.as_ref()?);
    // The marker line differs whenever the body does; it is not what the reader wants to see.
    let same = |(found, expected): &(&str, &str)| found == expected;
    let line = 2 + found.lines().skip(1).zip(expected.lines().skip(1)).take_while(same).count();
    // Lines that are missing at the end are missing after the last one.
    Some(line.min(found.lines().count().max(1)))
}

fn file(file: &FileReport) -> File {
    let unreadable = file.state == State::Unreadable;
    File {
        path: file.path.clone(),
        provider: (!file.provider.is_empty()).then(|| file.provider.clone()),
        state: word(file.state),
        advice: match (&file.found, unreadable) {
            (Some(what), true) => format!("{what}; {}", file.state.advice()),
            _ => file.state.advice().to_owned(),
        },
        found: file.found.clone().filter(|_| !unreadable),
        expected: file.expected.clone().filter(|_| !unreadable),
        mendable: matches!(file.state, State::Missing | State::Edited | State::Outdated | State::Orphaned),
    }
}

/// The word for programs.
fn word(state: State) -> &'static str {
    match state {
        State::Clean => File::CLEAN,
        State::Missing => "missing",
        State::Edited => "edited",
        State::Outdated => "outdated",
        State::NotOurs => "not-ours",
        State::Unreadable => "unreadable",
        State::Orphaned => "orphaned",
        State::OrphanEdited => "orphan-edited",
    }
}

fn headline(drift: &Drift) -> String {
    let summary = drift.summary();
    let files = format!("{} file{}", summary.files, if summary.files == 1 { "" } else { "s" });
    if drift.is_clean() {
        return format!("{files}, all as {} says", drift.spec_path);
    }
    let mut counts: Vec<(State, usize)> = Vec::new();
    for file in drift.drifted() {
        match counts.iter_mut().find(|(state, _)| *state == file.state) {
            Some((_, count)) => *count += 1,
            None => counts.push((file.state, 1)),
        }
    }
    let words: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {}", state.as_str())).collect();
    format!("{files}: {} clean, {}", summary.clean, words.join(", "))
}
