//! A baseline: findings that somebody has looked at, so that a run fails because of new ones alone.
//!
//! What must hold: a finding is known by its fingerprint and by nothing else; the file is read by people when it changes, so
//! that it says of each what it was; an entry that no longer occurs is told, and fails nothing. One of another version, or
//! for another command, is refused. Deliberately absent: any judgement of what may be known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use stackgate_diagnostic::Rule;
use stackgate_report::{Finding, Level, Report, Status};

use crate::disk;
use crate::error::{Error, Result};

/// The version of the form.
const VERSION: u32 = 1;

/// Bytes that a baseline may have.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The rules of this module.
pub(crate) static RULES: &[&Rule] = &[&BASELINE_UNUSED];

pub(crate) static BASELINE_UNUSED: Rule = Rule {
    id: "baseline-unused",
    title: "An entry of a baseline is of something that still occurs",
    why: "An entry that nothing needs waits for the same thing to come back, and hides it then.",
    instead: "Take it out: write the baseline anew with `--write-baseline`, and review the change like code.",
    waivable: false,
};

/// A file of findings that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    command: String,
    findings: Vec<Known>,
}

/// A finding that is known: the fingerprint decides, the rest is for whoever reviews the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    rule: String,
    level: String,
    message: String,
    fingerprint: String,
}

impl Baseline {
    /// Every finding of a report that is above a notice, as known from now on; sorted by rule and message.
    #[must_use]
    pub fn of(report: &Report) -> Baseline {
        let findings = report.findings().iter().filter(|finding| finding.level > Level::Notice);
        let mut findings: Vec<Known> = findings
            .map(|finding| Known {
                rule: finding.rule.id.to_string(),
                level: finding.level.as_str().to_owned(),
                message: finding.message.clone(),
                fingerprint: finding.fingerprint.clone(),
            })
            .collect();
        findings.sort_by(|one, other| {
            (&one.rule, &one.message, &one.fingerprint).cmp(&(&other.rule, &other.message, &other.fingerprint))
        });
        Baseline { version: VERSION, command: report.command.to_owned(), findings }
    }

    /// Reads a baseline of a command.
    ///
    /// # Errors
    /// When the file cannot be read, is no baseline of this version, or is another command's.
    pub fn read(path: &Path, command: &str) -> Result<Baseline> {
        let refuse = |what: String| Error::Refused(format!("{}: {what}", path.display()));
        let read = disk::read_limited(path, LARGEST);
        let bytes = read.map_err(|source| Error::Disk { path: path.to_path_buf(), what: "read", source })?;
        let bytes = bytes.ok_or_else(|| refuse("the baseline is larger than 16 MiB".into()))?;
        let value: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|error| refuse(format!("this is no baseline: {error}")))?;
        if value.get("version").and_then(serde_json::Value::as_u64) != Some(u64::from(VERSION)) {
            let what = format!(
                "this stackgate reads baselines of version {VERSION} alone; write it anew with `--write-baseline`"
            );
            return Err(refuse(what));
        }
        let baseline: Baseline =
            serde_json::from_value(value).map_err(|error| refuse(format!("this is no baseline: {error}")))?;
        if baseline.command != command {
            return Err(refuse(format!("this is a baseline of `{}`, not of `{command}`", baseline.command)));
        }
        Ok(baseline)
    }

    /// The file's text, with a newline at its end.
    ///
    /// # Errors
    /// None that is known; those of the serialiser.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Fault(error.into()))?;
        Ok(text + "\n")
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> Result<()> {
        let failed = |source| Error::Disk { path: path.to_path_buf(), what: "write", source };
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, self.to_json()?).map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    }

    /// So many findings are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether a finding of this fingerprint is known.
    #[must_use]
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.findings.iter().any(|known| known.fingerprint == fingerprint)
    }

    /// What is known and does not occur in a report that could look at everything, each as a finding that fails nothing.
    #[must_use]
    pub fn unused(&self, report: &Report) -> Vec<Finding> {
        let occur: BTreeSet<&str> = report.findings().iter().map(|finding| finding.fingerprint.as_str()).collect();
        let gone: BTreeMap<&str, &Known> = self
            .findings
            .iter()
            .filter(|known| !occur.contains(known.fingerprint.as_str()))
            .map(|known| (known.fingerprint.as_str(), known))
            .collect();
        gone.into_values()
            .map(|known| {
                let message = format!("the baseline knows what no longer occurs: [{}] {}", known.rule, known.message);
                Finding::new(&BASELINE_UNUSED, Level::Notice, message)
                    .help("write the baseline anew with `--write-baseline`")
                    .status(Status::Passes)
            })
            .collect()
    }
}
