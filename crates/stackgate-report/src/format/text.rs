//! Text for people, line by line, each with a tone that a terminal may show as a colour.
//!
//! What must hold: the text alone says everything; a tone adds nothing to it.

use stackgate_diagnostic::clean;

use super::more;
use crate::diff::unified;
use crate::model::{Finding, Report, Status};
use crate::sink::log_line;

/// What a line is, for whoever shows it in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As any other text.
    Plain,
    /// A heading, or the last line.
    Strong,
    /// What wants a look.
    Warn,
    /// What matters less.
    Dim,
    /// An added line of a diff.
    Added,
    /// A removed line of a diff.
    Removed,
}

/// One line, harmless to print, without its line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// The one place where a line is made, so that none opens a command.
fn line(tone: Tone, text: &str) -> Line {
    Line { tone, text: log_line(text) }
}

/// Gives each line of the report. They are never all held at once: the diff of one hostile file has a million.
pub fn text(report: &Report, lines: &mut dyn FnMut(Line)) {
    let mut shown: Option<Option<&str>> = None;
    for finding in report.findings() {
        // The difference of a file stands once, after the last of its findings.
        let path = finding.place.as_ref().map(|place| place.path.as_str());
        if shown.is_some_and(|shown| shown != path) {
            difference(report, shown.flatten(), lines);
        }
        shown = Some(path);
        describe(finding, lines);
    }
    if let Some(path) = shown {
        difference(report, path, lines);
    }
    let tone = if report.is_clean() { Tone::Plain } else { Tone::Strong };
    lines(line(tone, &clean(&report.headline)));
}

fn describe(finding: &Finding, lines: &mut dyn FnMut(Line)) {
    let at = finding.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
    let tone = if finding.fails() { Tone::Warn } else { Tone::Plain };
    lines(line(tone, &format!("{}{}", clean(&at), clean(&finding.message))));
    let class = finding.class.map_or_else(String::new, |class| format!(", {class}"));
    let status = match &finding.status {
        Status::Fails => String::new(),
        Status::Passes => ", does not fail".to_owned(),
        Status::Suppressed { reason, until } => format!(", set aside until {}: {}", clean(until), clean(reason)),
    };
    lines(line(Tone::Dim, &format!("  [{}] {}{class}{status}", finding.rule.id, finding.level.as_str())));
    more(finding).iter().for_each(|text| lines(line(Tone::Plain, &format!("  {}", clean(text)))));
}

/// The difference of the file that was shown last, and an empty line. Of a file that is wholly there or wholly not, a diff
/// says no more than its heading.
fn difference(report: &Report, path: Option<&str>, lines: &mut dyn FnMut(Line)) {
    let file = path.and_then(|path| report.file(path));
    if let Some(file) = file.filter(|file| file.found.is_some() && file.expected.is_some()) {
        unified(file).lines().for_each(|text| lines(line(tone(text), text)));
    }
    lines(line(Tone::Plain, ""));
}

fn tone(text: &str) -> Tone {
    match text.as_bytes().first() {
        _ if text.starts_with("+++") || text.starts_with("---") => Tone::Strong,
        Some(b'+') => Tone::Added,
        Some(b'-') => Tone::Removed,
        Some(b'@') => Tone::Dim,
        _ => Tone::Plain,
    }
}
