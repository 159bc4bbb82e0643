//! `check`: each file that differs, a unified diff, a summary; as text, JSON or GitHub annotations.
//!
//! What must hold: clean and drifted are told apart by the exit code alone; the JSON shape is versioned, and described
//! in `docs/reference/json.md`. It writes no file.

use stackgate::args::{Check, Format};
use stackgate::diagnostic::escape_visible;
use stackgate::{CheckReport, FileReport, Report, State, unified};

use super::output::{Output, STRONG, WARN};
use super::{Files, Outcome, Run};

pub(crate) fn run(project: &dyn Files, options: &Check, output: &mut Output) -> Run {
    let report = project.check()?;
    match options.format {
        Format::Text => text(&report, output)?,
        Format::Json => {
            output.line(&serde_json::to_string_pretty(&CheckReport::from(&report)).map_err(std::io::Error::from)?)?
        }
        Format::Github => github(&report, output)?,
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

fn text(report: &Report, output: &mut Output) -> std::io::Result<()> {
    for file in report.drifted() {
        heading(file, output)?;
        // Of a file that is wholly there or wholly not, a diff says no more than its heading.
        if !matches!(file.state, State::Missing | State::Orphaned) {
            output.diff(&unified(file))?;
        }
        output.line("")?;
    }
    let summary = report.summary();
    let files = plural(summary.files, "file");
    if report.is_clean() {
        output.line(&format!("{files}, all as {} says", escape_visible(&report.spec_path)))
    } else {
        let words: Vec<String> =
            counts(report).iter().map(|(state, count)| format!("{count} {}", state.as_str())).collect();
        output.styled(STRONG, &format!("{files}: {} clean, {}", summary.clean, words.join(", ")))
    }
}

/// The path, the state, and what to do about it.
pub(crate) fn heading(file: &FileReport, output: &mut Output) -> std::io::Result<()> {
    output.styled(WARN, &format!("{}: {}", escape_visible(&file.path), file.state.as_str()))?;
    let what = match (file.state, &file.found) {
        (State::Unreadable, Some(what)) => format!("  {}; {}", escape_visible(what), file.state.advice()),
        _ => format!("  {}", file.state.advice()),
    };
    output.line(&what)
}

fn counts(report: &Report) -> Vec<(State, usize)> {
    let mut counts: Vec<(State, usize)> = Vec::new();
    for file in report.drifted() {
        match counts.iter_mut().find(|(state, _)| *state == file.state) {
            Some((_, count)) => *count += 1,
            None => counts.push((file.state, 1)),
        }
    }
    counts
}

fn github(report: &Report, output: &mut Output) -> std::io::Result<()> {
    for file in report.drifted() {
        let line = first_difference(file);
        output.line(&format!(
            "::error file={},line={line},title={}::{}: {}",
            property(&file.path),
            property(&format!("stackgate: {}", file.state.as_str())),
            data(&file.path),
            file.state.advice()
        ))?;
    }
    output.line(&format!("{}, {} clean", plural(report.summary().files, "file"), report.summary().clean))
}

/// The first line, from 1, at which the file differs from what it should be.
fn first_difference(file: &FileReport) -> usize {
    let (Some(found), Some(expected)) = (&file.found, &file.expected) else { return 1 };
    // The marker line differs whenever the body does; it is not what the reader wants to see.
    let same = |(found, expected): &(&str, &str)| found == expected;
    1 + 1 + found.lines().skip(1).zip(expected.lines().skip(1)).take_while(same).count()
}

/// Text of a workflow command.
fn data(text: &str) -> String {
    escape_visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
