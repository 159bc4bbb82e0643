//! The JSON that `check --format json` prints.
//!
//! What must hold: the shape is versioned; a field is added without a new version, never changed or removed. The
//! reference page is generated from these types.

use schemars::JsonSchema;
use serde::Serialize;
use stackgate_drift::{Report, State, unified};

/// The version of the shape.
const VERSION: u32 = 1;

/// What `check` found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckReport<'a> {
    /// The version of this shape: 1.
    pub version: u32,
    /// The spec's path, relative to the repository root.
    pub spec: &'a str,
    /// Whether every file is what the spec says; the exit code is 0 then, and 1 otherwise.
    pub clean: bool,
    /// How many files there are.
    pub summary: CheckSummary,
    /// Each file: artifacts first, in the order of rendering, then orphans by path.
    pub files: Vec<CheckFile<'a>>,
}

/// How many files there are.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckSummary {
    /// Artifacts and orphans.
    pub files: usize,
    /// How many of them are what the spec says.
    pub clean: usize,
}

/// One file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckFile<'a> {
    /// Its path, relative to the repository root, with `/`.
    pub path: &'a str,
    /// The provider that it belongs to; absent for an orphan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'a str>,
    /// How it stands: `clean`, `missing`, `edited`, `outdated`, `not-ours`, `unreadable`, `orphaned` or `orphan-edited`.
    #[schemars(with = "String")]
    pub state: State,
    /// What the state means, and what to do.
    pub advice: &'a str,
    /// The unified diff from what is there to what should be; empty for a clean file.
    pub diff: String,
}

impl<'a> From<&'a Report> for CheckReport<'a> {
    fn from(report: &'a Report) -> CheckReport<'a> {
        let summary = report.summary();
        CheckReport {
            version: VERSION,
            spec: &report.spec_path,
            clean: report.is_clean(),
            summary: CheckSummary { files: summary.files, clean: summary.clean },
            files: report
                .files
                .iter()
                .map(|file| CheckFile {
                    path: &file.path,
                    provider: (!file.provider.is_empty()).then_some(&file.provider),
                    state: file.state,
                    advice: file.state.advice(),
                    diff: unified(file),
                })
                .collect(),
        }
    }
}

/// The JSON Schema of [`CheckReport`].
pub fn check_schema() -> serde_json::Value {
    schemars::schema_for!(CheckReport<'static>).to_value()
}
