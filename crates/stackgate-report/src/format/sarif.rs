//! SARIF 2.1.0, as GitHub's code scanning and other viewers of static analysis take it.
//!
//! What must hold: it is valid by the whole schema of OASIS; a finding keeps its `partialFingerprints` from run to run, so
//! that an alert is opened and closed once. Code scanning matches alerts by `primaryLocationLineHash` alone, which the
//! upload would else work out from the line's text; a SHA-256 with an occurrence is what it takes there too. It reads the
//! severity from the rule (`security-severity`), so a rule gets that of its worst finding in the run.
//!
//! What is set aside stays in the file with its reason, as the standard has it, at the level `none`.

use std::collections::BTreeMap;

use serde::Serialize;
use stackgate_diagnostic::clean;

use super::{kind, more, pretty};
use crate::model::{Finding, Level, Report, Status};
use crate::place::{Place, Region};
use crate::rule::Rule;
use crate::sink::{sarif, uri};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    automation_details: Automation,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Message,
    full_description: Message,
    help: Message,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 1],
    precision: &'static str,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: More<'a>,
}

#[derive(Serialize)]
struct More<'a> {
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    fails: bool,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Lines,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    end_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

pub(super) fn print(report: &Report) -> String {
    let mut rules: Vec<(&Rule, Level)> = Vec::new();
    for finding in report.findings() {
        match rules.iter_mut().find(|(rule, _)| **rule == finding.rule) {
            Some((_, level)) => *level = finding.level.max(*level),
            None => rules.push((&finding.rule, finding.level)),
        }
    }
    rules.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let index = |finding: &Finding| rules.iter().position(|(rule, _)| **rule == finding.rule).unwrap_or_default();
    pretty(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            automation_details: Automation { id: format!("stackgate/{}/", report.command.replace(' ', "-")) },
            invocations: [Invocation { execution_successful: report.finished }],
            column_kind: "unicodeCodePoints",
            results: report.findings().iter().map(|finding| outcome(report, finding, index(finding))).collect(),
            tool: Tool {
                driver: Driver {
                    name: "stackgate",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(|(rule, level)| descriptor(rule, *level)).collect(),
                },
            },
        }],
    })
}

fn descriptor(rule: &Rule, level: Level) -> Descriptor<'_> {
    let (word, severity) = match level {
        Level::Critical => ("error", "9.5"),
        Level::High => ("error", "8.0"),
        Level::Medium => ("warning", "5.5"),
        Level::Low => ("warning", "2.0"),
        Level::Notice => ("note", "0.0"),
    };
    Descriptor {
        id: &rule.id,
        short_description: Message { text: rule.title.to_string() },
        full_description: Message { text: rule.why.to_string() },
        help: Message { text: format!("{}\n\n{}", rule.why, rule.instead) },
        default_configuration: Configuration { level: word },
        properties: Properties { tags: ["security"], precision: "high", security_severity: severity },
    }
}

fn outcome<'a>(report: &Report, finding: &'a Finding, rule_index: usize) -> Outcome<'a> {
    // A viewer shows the message alone, so everything that is one line is in it.
    let mut text = sarif(&finding.message);
    for line in more(finding) {
        text.push('\n');
        text.push_str(&sarif(&line));
    }
    let suppressions = match &finding.status {
        Status::Suppressed { reason, until } => vec![Suppression {
            kind: "external",
            status: "accepted",
            justification: format!("{} (until {})", clean(reason), clean(until)),
        }],
        _ => Vec::new(),
    };
    let (kind, level) = match (suppressions.is_empty(), kind(finding)) {
        // The standard knows no level but `none` for what is no failure.
        (false, _) => ("informational", "none"),
        (true, "notice") => ("fail", "note"),
        (true, word) => ("fail", word),
    };
    let place = finding.place.clone().unwrap_or_else(|| Place::file(report.path_of(finding)));
    // An occurrence is in the fingerprint already.
    let known = [
        ("primaryLocationLineHash", format!("{}:1", finding.fingerprint)),
        ("stackgateFinding/v1", finding.fingerprint.clone()),
    ];
    Outcome {
        rule_id: &finding.rule.id,
        rule_index,
        kind,
        level,
        message: Message { text },
        locations: [location(&place, None, None)],
        related_locations: finding
            .related
            .iter()
            .enumerate()
            .map(|(index, related)| location(&related.place, Some(index + 1), Some(sarif(&related.message))))
            .collect(),
        partial_fingerprints: known.into_iter().collect(),
        suppressions,
        properties: More { severity: finding.level.as_str(), class: finding.class, fails: finding.fails() },
    }
}

fn location(place: &Place, id: Option<usize>, message: Option<String>) -> Location {
    // Code scanning wants a line of every location.
    let region = place.region.unwrap_or(Region { line: 1, end_line: 1, columns: None, bytes: None });
    Location {
        id,
        physical_location: Physical {
            artifact_location: Artifact { uri: uri(&place.path), uri_base_id: "%SRCROOT%" },
            region: Lines {
                start_line: region.line,
                start_column: region.columns.map(|(start, _)| start),
                end_line: region.end_line,
                end_column: region.columns.map(|(_, end)| end),
            },
        },
        message: message.map(|text| Message { text }),
    }
}
