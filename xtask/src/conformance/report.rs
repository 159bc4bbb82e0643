//! What came of it: a table, what was skipped and why, and everything that nobody has listed.
//!
//! What must hold: nothing that makes the run fail is left out of what is printed.

use std::fmt;

use super::batch::Finding;
use super::findings::{Entry, PATH};
use crate::Result;

/// One validator and one provider.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) validator: &'static str,
    pub(crate) version: String,
    pub(crate) provider: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
}

/// How it went.
#[derive(Debug)]
pub(crate) enum Verdict {
    Judged {
        files: usize,
        findings: Vec<Finding>,
    },
    /// It could not be installed here.
    Skipped(String),
    /// It ended otherwise than it should, or missed what was planted.
    Broken(String),
}

/// The rows, and what the list makes of them.
#[derive(Debug)]
pub(crate) struct Report {
    lines: Vec<[String; 7]>,
    skipped: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    /// `whole` says that every artifact was there to need an entry of the list.
    pub(crate) fn new(rows: Vec<Row>, entries: &[Entry], whole: bool, may_skip: Option<&[String]>) -> Report {
        let header = ["validator", "version", "provider", "files", "findings", "listed", "seconds"].map(str::to_owned);
        let mut report = Report { lines: vec![header], skipped: Vec::new(), failures: Vec::new() };
        for row in &rows {
            let (files, found, listed) = report.judge(row, entries, may_skip);
            let seconds = format!("{:.1}", row.seconds);
            report.lines.push([
                row.validator.into(),
                row.version.clone(),
                row.provider.into(),
                files,
                found,
                listed,
                seconds,
            ]);
        }
        if whole {
            report.stale(&rows, entries);
        }
        report
    }

    /// The cells of a row; what fails is noted.
    fn judge(&mut self, row: &Row, entries: &[Entry], may_skip: Option<&[String]>) -> (String, String, String) {
        let (validator, provider) = (row.validator, row.provider);
        let dash = || "-".to_owned();
        match &row.verdict {
            Verdict::Judged { files, findings } => {
                let mut listed = 0;
                for finding in findings {
                    // Every entry that fits is noted, not only the first.
                    if entries.iter().filter(|entry| entry.lists(finding)).count() > 0 {
                        listed += 1;
                    } else {
                        let Finding { place, message, .. } = finding;
                        self.failures.push(format!("{provider} | {validator} | {place} | {message}"));
                    }
                }
                (files.to_string(), findings.len().to_string(), listed.to_string())
            }
            Verdict::Skipped(why) => {
                self.skipped.push(format!("skipped: {validator} for {provider}: {why}"));
                if may_skip.is_some_and(|may| !may.iter().any(|id| id == validator)) {
                    self.failures.push(format!("{provider} | {validator} | it may not be skipped | {why}"));
                }
                ("skipped".into(), dash(), dash())
            }
            Verdict::Broken(why) => {
                self.failures.push(format!("{provider} | {validator} | the validator is broken | {why}"));
                ("broken".into(), dash(), dash())
            }
        }
    }

    fn stale(&mut self, rows: &[Row], entries: &[Entry]) {
        let judged = |entry: &&Entry| {
            let ran = |row: &&Row| row.validator == entry.validator && row.provider == entry.provider;
            rows.iter().any(|row| ran(&row) && matches!(row.verdict, Verdict::Judged { .. }))
        };
        for entry in entries.iter().filter(judged).filter(|entry| entry.is_stale()) {
            let Entry { provider, validator, text, line, .. } = entry;
            self.failures
                .push(format!("{provider} | {validator} | {PATH}:{line} | nothing needs this any more: {text}"));
        }
    }

    /// Success, or how much failed.
    pub(crate) fn verdict(&self) -> Result<()> {
        if self.failures.is_empty() {
            return Ok(());
        }
        Err(format!("conformance found {}; what is not ours goes into {PATH} with evidence", self.failures.len())
            .into())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| self.lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..7).map(width).collect();
        for line in &self.lines {
            let mut row = String::new();
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                // Names to the left, figures to the right.
                let cell = if column < 3 { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") };
                row.push_str(&cell);
            }
            writeln!(f, "{}", row.trim_end())?;
        }
        for line in self.skipped.iter().chain(&self.failures) {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings;
    use super::*;

    fn row(verdict: Verdict) -> Row {
        Row { validator: "yamllint", version: "1.0".into(), provider: "github", verdict, seconds: 0.25 }
    }

    fn judged(messages: &[&str]) -> Row {
        let finding = |message: &&str| Finding {
            provider: "github",
            validator: "yamllint",
            place: "a.yml:3".into(),
            message: (*message).into(),
        };
        row(Verdict::Judged { files: 2, findings: messages.iter().map(finding).collect() })
    }

    fn entries() -> Vec<Entry> {
        findings::parse("github | yamllint | known * | it is right\n").unwrap()
    }

    #[test]
    fn the_table_is_aligned_and_listed_findings_pass() {
        let report = Report::new(vec![judged(&["known one", "known two"])], &entries(), true, None);
        let expected = "\
            validator  version  provider  files  findings  listed  seconds\n\
            yamllint   1.0      github        2         2       2      0.2\n";
        assert_eq!(report.to_string(), expected);
        assert!(report.verdict().is_ok());
    }

    #[test]
    fn an_unlisted_finding_fails_with_its_place() {
        let report = Report::new(vec![judged(&["known one", "new"])], &entries(), true, None);
        assert!(report.to_string().ends_with("github | yamllint | a.yml:3 | new\n"));
        assert!(report.verdict().is_err());
    }

    #[test]
    fn an_entry_that_nothing_needs_fails_where_everything_was_judged() {
        assert!(Report::new(vec![judged(&[])], &entries(), true, None).verdict().is_err());
        assert!(Report::new(vec![judged(&[])], &entries(), false, None).verdict().is_ok());
        let skipped = || vec![row(Verdict::Skipped("no network".into()))];
        assert!(Report::new(skipped(), &entries(), true, None).verdict().is_ok());
    }

    #[test]
    fn skipped_is_said_and_fails_where_it_may_not_be() {
        let skipped = || vec![row(Verdict::Skipped("no network".into()))];
        let lenient = Report::new(skipped(), &[], true, None);
        assert!(lenient.to_string().ends_with("skipped: yamllint for github: no network\n"));
        assert!(lenient.verdict().is_ok());
        assert!(Report::new(skipped(), &[], true, Some(&["yamllint".into()])).verdict().is_ok());
        assert!(Report::new(skipped(), &[], true, Some(&["prettier".into()])).verdict().is_err());
    }

    #[test]
    fn a_broken_validator_fails() {
        assert!(Report::new(vec![row(Verdict::Broken("it missed it".into()))], &[], false, None).verdict().is_err());
    }
}
