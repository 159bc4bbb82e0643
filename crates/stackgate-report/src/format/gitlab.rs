//! GitLab's code quality report: a list of what wants attention, for the widget and the diff of a merge request.
//!
//! What must hold: the fields that GitLab reads, with their types (`app/validators/json_schemas/codeclimate.json` of
//! GitLab), a severity of its five, and a fingerprint that is unique in the file: of two equal ones GitLab shows one.

use serde::Serialize;
use stackgate_diagnostic::clean;

use super::{more, open, pretty};
use crate::model::{Finding, Level, Report};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn print(report: &Report) -> String {
    let issues: Vec<Issue<'_>> = open(report).map(|finding| issue(report, finding)).collect();
    pretty(&issues)
}

fn issue<'a>(report: &Report, finding: &'a Finding) -> Issue<'a> {
    let severity = match finding.level {
        _ if !finding.fails() => "info",
        Level::Critical => "blocker",
        Level::High => "critical",
        Level::Medium => "major",
        Level::Low => "minor",
        Level::Notice => "info",
    };
    let mut description = clean(&finding.message);
    for line in more(finding) {
        description.push_str("; ");
        description.push_str(&clean(&line));
    }
    let region = finding.place.as_ref().and_then(|place| place.region);
    Issue {
        description,
        check_name: &finding.rule.id,
        fingerprint: &finding.fingerprint,
        severity,
        location: Location {
            path: clean(report.path_of(finding)),
            lines: Lines { begin: region.map_or(1, |region| region.line) },
        },
    }
}
