//! The report of `check`: a finding for each file that differs.
//!
//! What must hold: every difference is told, whether it fails or not; what a difference permits was judged before, on facts.

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_drift::{Change, Class, Direction, FileReport, Report as Drift, State};
use stackgate_report::{File, Finding, Level, Place, Related, Report, Status};

use super::rules;
use crate::meaning::Meaning;

/// Which classes fail.
#[derive(Clone, Debug)]
pub struct Bar {
    /// This class and every worse one fail.
    pub from: Class,
    /// These do not, whatever the bar.
    pub allowed: Vec<Class>,
}

impl Default for Bar {
    /// Everything but looks fails.
    fn default() -> Bar {
        Bar { from: Class::Pin, allowed: Vec::new() }
    }
}

impl Bar {
    fn status(&self, class: Class) -> Status {
        if class < self.from || self.allowed.contains(&class) { Status::Passes } else { Status::Fails }
    }
}

/// The report on a comparison: `meanings` are those of the files that drifted, in their order; `notices` the warnings and
/// notices that the spec got.
pub fn check_report(
    drift: &Drift,
    meanings: &[Meaning],
    bar: &Bar,
    notices: Option<(&Source, &[Diagnostic])>,
) -> Report {
    let mut findings: Vec<Finding> = Vec::new();
    let mut classes: Vec<Class> = Vec::new();
    for (file, meaning) in drift.drifted().zip(meanings) {
        findings.extend(of_state(file, meaning, bar));
        findings.extend(alike(&meaning.changes).iter().map(|changes| of_changes(file, meaning, changes, bar)));
        classes.push(meaning.class);
    }
    if let Some((source, notices)) = notices {
        findings.extend(notices.iter().map(|notice| Finding::of(notice, source)));
    }
    let files = drift.files.iter().map(file).collect();
    Report::new("check", vec![drift.spec_path.clone()], headline(drift, &classes), findings).files(files)
}

/// What is wrong with a file as a whole; of an edited or outdated one that is said by its changes, if it has any.
fn of_state(file: &FileReport, meaning: &Meaning, bar: &Bar) -> Option<Finding> {
    let told = matches!(file.state, State::Edited | State::Outdated) && !meaning.changes.is_empty();
    if told {
        return None;
    }
    let rule = rules::rule(file.state)?;
    let (what, help) = advice(file);
    let mut message = format!("{}: {what}", file.state.as_str());
    if let (State::Unreadable, Some(found)) = (file.state, &file.found) {
        message.push_str(&format!(" ({found})"));
    }
    let looks = meaning.class == Class::Cosmetic;
    if looks {
        message.push_str(", and changes nothing that it does");
    }
    let level = if looks { Level::Notice } else { level(meaning.class).max(Level::Medium) };
    let place = match first_difference(file) {
        Some(line) => Place::line(&file.path, line),
        None => Place::file(&file.path),
    };
    // The rule and the path say which file differs how; what the edit was may change while the alert stays.
    let mut finding = Finding::new(rule, level, message)
        .at(place)
        .class(meaning.class.id())
        .status(bar.status(meaning.class))
        .content(file.state.as_str());
    if !help.is_empty() {
        finding = finding.help(help);
    }
    Some(finding)
}

/// Differences that say the same of several jobs, together; in the order of the first of each.
fn alike(changes: &[Change]) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let same = |other: &Change| {
            (other.class, other.fact, &other.before, &other.after, &other.so)
                == (change.class, change.fact, &change.before, &change.after, &change.so)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first))) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// How many jobs are named in a message.
const NAMED: usize = 3;

/// One difference in facts, of one job or of several.
fn of_changes(file: &FileReport, meaning: &Meaning, changes: &[&Change], bar: &Bar) -> Finding {
    let Some(change) = changes.first() else { return Finding::new(rules::class(Class::Undecidable), Level::High, "") };
    let jobs: Vec<&str> = changes.iter().filter_map(|change| change.job.as_deref()).collect();
    let who = match jobs.len() {
        0 => String::new(),
        count if count > NAMED => {
            format!("{} and {} more: ", jobs.get(..NAMED).unwrap_or_default().join(", "), count - NAMED)
        }
        _ => format!("{}: ", jobs.join(", ")),
    };
    let message = format!("{who}{}: {}", change.fact, change.so.trim_end_matches('.'));
    let content = format!("{} {} {} {:?} {:?}", change.class, jobs.join(" "), change.fact, change.before, change.after);
    let mut finding = Finding::new(rules::class(change.class), level(change.class), message)
        .at(place(file, meaning, change))
        .class(change.class.id())
        .facts(change.before.clone(), change.after.clone())
        .status(bar.status(change.class))
        .content(content);
    finding.related = changes
        .iter()
        .skip(1)
        .filter(|other| other.place != change.place)
        .map(|other| Related {
            place: place(file, meaning, other),
            message: format!("the same in {}", other.job.as_deref().unwrap_or("this file")),
        })
        .collect();
    if change.direction == Direction::Narrowing {
        finding.details.push("stricter than the spec".to_owned());
    }
    let (_, help) = advice(file);
    if help.is_empty() { finding } else { finding.help(help) }
}

fn place(file: &FileReport, meaning: &Meaning, change: &Change) -> Place {
    match meaning.sources.get(change.place.file) {
        Some((path, text)) if change.place.span.end > 0 => {
            Place::of(change.place.span, &Source::new(path.as_str(), &**text))
        }
        Some((path, _)) => Place::file(path),
        None => Place::file(&file.path),
    }
}

/// How bad a class is.
fn level(class: Class) -> Level {
    match class {
        Class::Cosmetic => Level::Notice,
        Class::Pin => Level::Low,
        Class::Behaviour => Level::Medium,
        Class::SupplyChain | Class::RemovesGate | Class::Undecidable => Level::High,
        Class::WidensPrivilege => Level::Critical,
    }
}

/// What a state means, and what to do.
fn advice(file: &FileReport) -> (&'static str, &'static str) {
    file.state.advice().split_once("; ").unwrap_or((file.state.advice(), ""))
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

fn headline(drift: &Drift, classes: &[Class]) -> String {
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
    let worst = classes.iter().max().map_or_else(String::new, |class| format!("; the worst of it: {}", class.title()));
    format!("{files}: {} clean, {}{worst}", summary.clean, words.join(", "))
}
