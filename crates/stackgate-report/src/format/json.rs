//! JSON for programs: everything that the report holds.
//!
//! What must hold: the shape is versioned; a field is added without a new version, never changed or removed. The
//! reference page is generated from these types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use stackgate_diagnostic::clean;

use super::pretty;
use crate::diff::unified;
use crate::model::{File, Finding, Level, Report, Status};
use crate::place::{Place, Related};

/// The version of the shape.
const VERSION: u32 = 1;

/// What a command found.
#[derive(Serialize, JsonSchema)]
struct JsonReport<'r> {
    /// The version of this shape: 1.
    version: u32,
    /// The command: `check` or `trust prove`.
    command: &'static str,
    /// The spec's path, relative to the repository root.
    spec: String,
    /// Everything that was judged, where that is more than the spec.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<String>,
    /// Whether nothing fails; the exit code is 0 then.
    clean: bool,
    /// Whether the command could look at everything. A spec with mistakes is compared with nothing: the exit code is 2 then.
    finished: bool,
    /// The whole in one sentence.
    headline: String,
    /// How many files and findings there are.
    summary: JsonSummary,
    /// What was found, by path, place and rule.
    findings: Vec<JsonFinding<'r>>,
    /// Each file that was compared: artifacts first, in the order of rendering, then orphans by path.
    files: Vec<JsonFile>,
}

/// How many files and findings there are.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
struct JsonSummary {
    /// Artifacts and orphans.
    files: usize,
    /// How many of them are what the spec says.
    clean: usize,
    /// Findings that fail the command.
    failing: usize,
    /// Findings that do not, since they are below the bar or allowed.
    passing: usize,
    /// Findings that the spec sets aside.
    suppressed: usize,
}

/// One finding.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct JsonFinding<'r> {
    /// The id of the rule, as `stackgate explain` takes it.
    rule: &'r str,
    /// What the rule asks.
    title: &'r str,
    /// How bad it is.
    level: JsonLevel,
    /// The class of a difference, such as `widens-privilege`.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    /// What it does to the outcome.
    status: JsonStatus,
    /// One sentence.
    message: String,
    /// Where it is; absent where it is of no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    /// What stands at the caret.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The fact as it should be, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// The fact as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// More lines, such as a token that shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
    /// Other places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated>,
    /// Why and until when the spec sets it aside; present with the status `suppressed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<JsonSuppression>,
    /// What it is known by from run to run: the same while only lines around it change.
    fingerprint: String,
}

/// How bad a finding is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Level")]
enum JsonLevel {
    Critical,
    High,
    Medium,
    Low,
    Notice,
}

/// What a finding does to the outcome.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Status")]
enum JsonStatus {
    Fails,
    Passes,
    Suppressed,
}

/// Where something is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Place")]
struct JsonPlace {
    /// The file, relative to the repository root, with `/`.
    path: String,
    /// The first line, from 1; absent for the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The first column, from 1, in characters; absent for whole lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    /// The column after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    /// The first byte, from 0, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<usize>,
    /// The byte after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_byte: Option<usize>,
}

/// Another place that a finding points to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Related")]
struct JsonRelated {
    /// Where.
    place: JsonPlace,
    /// What it has to do with the finding.
    message: String,
}

/// Why a finding is set aside.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Suppression")]
struct JsonSuppression {
    /// Why, in the words of the spec.
    reason: String,
    /// The last day on which that holds.
    until: String,
}

/// One file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "File")]
struct JsonFile {
    /// Its path, relative to the repository root, with `/`.
    path: String,
    /// The provider that it belongs to; absent for an orphan.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    /// How it stands: `clean`, `missing`, `edited`, `outdated`, `not-ours`, `unreadable`, `orphaned` or `orphan-edited`.
    state: &'static str,
    /// What the state means, and what to do.
    advice: String,
    /// The unified diff from what is there to what should be; empty for a clean file.
    diff: String,
}

pub(super) fn print(report: &Report) -> String {
    let summary = report.summary();
    pretty(&JsonReport {
        version: VERSION,
        command: report.command,
        spec: report.subjects.first().map(|path| clean(path)).unwrap_or_default(),
        subjects: if report.subjects.len() > 1 { all(&report.subjects) } else { Vec::new() },
        clean: report.is_clean(),
        finished: report.finished,
        headline: clean(&report.headline),
        summary: JsonSummary {
            files: report.files.len(),
            clean: report.files.iter().filter(|file| file.is_clean()).count(),
            failing: summary.failing,
            passing: summary.passing,
            suppressed: summary.suppressed,
        },
        findings: report.findings().iter().map(finding).collect(),
        files: report.files.iter().map(file).collect(),
    })
}

fn finding(finding: &Finding) -> JsonFinding<'_> {
    let text = |text: &Option<String>| text.as_deref().map(clean);
    let (status, suppression) = match &finding.status {
        Status::Fails => (JsonStatus::Fails, None),
        Status::Passes => (JsonStatus::Passes, None),
        Status::Suppressed { reason, until } => {
            (JsonStatus::Suppressed, Some(JsonSuppression { reason: clean(reason), until: clean(until) }))
        }
    };
    JsonFinding {
        rule: &finding.rule.id,
        title: &finding.rule.title,
        level: match finding.level {
            Level::Critical => JsonLevel::Critical,
            Level::High => JsonLevel::High,
            Level::Medium => JsonLevel::Medium,
            Level::Low => JsonLevel::Low,
            Level::Notice => JsonLevel::Notice,
        },
        class: finding.class,
        status,
        message: clean(&finding.message),
        place: finding.place.as_ref().map(place),
        label: text(&finding.label),
        before: text(&finding.before),
        after: text(&finding.after),
        help: text(&finding.help),
        details: all(&finding.details),
        related: finding
            .related
            .iter()
            .map(|Related { place: at, message }| JsonRelated { place: place(at), message: clean(message) })
            .collect(),
        suppression,
        fingerprint: finding.fingerprint.clone(),
    }
}

fn place(place: &Place) -> JsonPlace {
    let region = place.region;
    let columns = region.and_then(|region| region.columns);
    let bytes = region.and_then(|region| region.bytes);
    JsonPlace {
        path: clean(&place.path),
        line: region.map(|region| region.line),
        column: columns.map(|(start, _)| start),
        end_line: region.map(|region| region.end_line),
        end_column: columns.map(|(_, end)| end),
        byte: bytes.map(|span| span.start),
        end_byte: bytes.map(|span| span.end),
    }
}

fn file(file: &File) -> JsonFile {
    JsonFile {
        path: clean(&file.path),
        provider: file.provider.clone(),
        state: file.state,
        advice: clean(&file.advice),
        diff: unified(file),
    }
}

fn all(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| clean(text)).collect()
}

/// The JSON Schema of what [`Format::Json`](super::Format::Json) prints.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    // Seen from whoever reads: a field that is left out is not required.
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<JsonReport<'static>>()
        .to_value()
}
