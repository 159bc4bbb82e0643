//! Workflow commands of GitHub Actions, which show a finding beside the lines of a change.
//!
//! What must hold: one line each; a value can end neither its property nor the command. GitHub shows ten of a kind for a
//! step, so the worst come first, and the last line says how many there are.

use super::{kind, more, worst_first};
use crate::model::{Finding, Report};
use crate::sink::{github, github_property, log};

pub(super) fn print(report: &Report) -> String {
    let mut out = String::new();
    for finding in worst_first(report) {
        out.push_str(&command(report, finding));
        out.push('\n');
    }
    out + &log(&report.headline) + "\n"
}

fn command(report: &Report, finding: &Finding) -> String {
    let mut out = format!("::{} file={}", kind(finding), github_property(report.path_of(finding)));
    let region = finding.place.as_ref().and_then(|place| place.region);
    if let Some(region) = region {
        out.push_str(&format!(",line={},endLine={}", region.line, region.end_line));
        // GitHub wants columns only where a finding stays on its line.
        if let Some((start, end)) = region.columns.filter(|_| region.line == region.end_line) {
            out.push_str(&format!(",col={start},endColumn={end}"));
        }
    }
    out.push_str(&format!(",title={}::{}", github_property(&finding.rule.id), github(&finding.message)));
    for line in more(finding) {
        out.push_str("%0A");
        out.push_str(&github(&line));
    }
    out
}
