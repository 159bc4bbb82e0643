//! The formats, a file each, and the one function that prints a report in any of them.
//!
//! What must hold: each ends with a line feed unless it is empty; each is valid by its own public schema or grammar, and
//! tests hold every golden output against that.

mod azure;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

pub use json::json_schema;
pub use text::{Line, Tone, text};

use crate::model::{Finding, Level, Report, Status};

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, for test reports.
    Junit,
    /// GitLab's code quality report.
    Gitlab,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// Markdown, for a comment on a change request.
    Markdown,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Format; 8] = [
        Format::Text,
        Format::Json,
        Format::Sarif,
        Format::Junit,
        Format::Gitlab,
        Format::Github,
        Format::Azure,
        Format::Markdown,
    ];

    /// What `--format` takes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Gitlab => "gitlab",
            Format::Github => "github",
            Format::Azure => "azure",
            Format::Markdown => "markdown",
        }
    }
}

/// The report in a format.
#[must_use]
pub fn print(report: &Report, format: Format) -> String {
    match format {
        Format::Text => {
            let mut out = String::new();
            text(report, &mut |line| out.push_str(&(line.text + "\n")));
            out
        }
        Format::Json => json::print(report),
        Format::Sarif => sarif::print(report),
        Format::Junit => junit::print(report),
        Format::Gitlab => gitlab::print(report),
        Format::Github => github::print(report),
        Format::Azure => azure::print(report),
        Format::Markdown => markdown::print(report),
    }
}

/// Pretty JSON that opens no command of a CI system.
fn pretty(value: &impl serde::Serialize) -> String {
    // Writing to memory fails for no type of this crate.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    crate::sink::json(&text) + "\n"
}

/// Whether a finding is to be shown as an error: it fails, and is no mere warning.
fn is_error(finding: &Finding) -> bool {
    finding.fails() && finding.level >= Level::High
}

/// What a system with three kinds shows a finding as: `error`, `warning` or `notice`. What does not fail is no error.
fn kind(finding: &Finding) -> &'static str {
    if is_error(finding) {
        "error"
    } else if finding.fails() || finding.level >= Level::Low {
        "warning"
    } else {
        "notice"
    }
}

/// What is set aside is said in reports that keep records, and left out of those that ask for attention.
fn open(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings().iter().filter(|finding| !matches!(finding.status, Status::Suppressed { .. }))
}

/// The open findings, worst first, for systems that show only so many.
fn worst_first(report: &Report) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = open(report).collect();
    all.sort_by_key(|finding| (!finding.fails(), std::cmp::Reverse(finding.level)));
    all
}

/// The lines below a finding's message, none of them cleaned: facts, label, help.
fn more(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(finding.label.clone());
    match (&finding.before, &finding.after) {
        (Some(before), Some(after)) => lines.push(format!("{before} -> {after}")),
        (Some(before), None) => lines.push(format!("{before} -> nothing")),
        (None, Some(after)) => lines.push(format!("nothing -> {after}")),
        (None, None) => {}
    }
    lines.extend(finding.related.iter().map(|related| format!("{}: {}", related.place, related.message)));
    lines.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    lines.extend(finding.details.iter().cloned());
    lines
}
