//! `audit`: judges a spec, what Pulumi Cloud must trust of it, and every pipeline of a repository, whoever wrote them.
//!
//! What must hold: what cannot be read is a finding with a place and never silence, and the rest is judged all the same; a
//! finding is set aside by a waiver of the spec alone; nothing outside the root is read. Deliberately absent: the rules, which
//! are in `stackgate-audit`, and any write, which is `fix`'s.

mod find;
mod fix;
mod judge;
mod policies;
mod rules;
mod subject;
mod tree;
mod waivers;

use std::path::Path;

use jiff::civil::Date;
use stackgate_audit::Severity;
use stackgate_diagnostic::Source;
use stackgate_facts::Observation;
use stackgate_report::{Finding, Level, Report, Status};

use crate::error::Result;

pub use fix::{Fixed, Fixes};
pub use policies::audit_policies_file;
pub(crate) use rules::{RULES, limits};
pub use subject::{of_fragment as fragment_subject, of_project as project_subject, policies_subject};

/// What is audited.
#[derive(Clone, Debug)]
pub struct AuditOptions<'a> {
    /// The repository's root; nothing outside is read.
    pub root: &'a Path,
    /// The spec, where there is one.
    pub spec: Option<&'a Path>,
    /// Files and folders whose pipelines are judged, as the user wrote them; the whole repository where there are none.
    pub paths: &'a [std::path::PathBuf],
    /// The day on which waivers are judged.
    pub today: Date,
}

/// What an audit came to.
pub struct Audit {
    /// What was judged, for the report: the spec first, where there is one.
    pub(crate) subjects: Vec<String>,
    /// Every finding; whether it fails is the report's to say, but for those that a waiver sets aside.
    pub(crate) findings: Vec<Judged>,
    /// The pipelines that were judged.
    pub(crate) pipelines: Vec<Pipeline>,
    /// Whether everything could be read.
    pub(crate) whole: bool,
}

/// A pipeline as it was read.
pub(crate) struct Pipeline {
    /// Its path below the root.
    pub(crate) path: String,
    /// The folder below the root that is its repository; empty for the root itself.
    pub(crate) base: String,
    /// What it says.
    pub(crate) observation: Observation,
    /// The files that its places are in, by their paths below the root; the lines of each are counted once.
    pub(crate) sources: Vec<Source>,
}

/// A finding of the report, and how it got there.
pub(crate) struct Judged {
    /// The finding.
    pub(crate) finding: Finding,
    /// Its severity, where it is an audit rule's; others have their own status already.
    pub(crate) severity: Option<Severity>,
    /// The job, issuer or team that it is about.
    pub(crate) subject: Option<String>,
}

/// Judges everything that the options name.
///
/// # Errors
/// When there is nothing to judge, a path lies outside the root, or the root cannot be read.
pub fn audit(options: &AuditOptions<'_>) -> Result<Audit> {
    judge::judge(options)
}

impl Audit {
    /// The report. A finding fails from that severity on.
    #[must_use]
    pub fn report(&self, fail_on: Severity) -> Report {
        let findings: Vec<Finding> = self.findings.iter().map(|judged| judged.with_bar(fail_on)).collect();
        let mut report = Report::new("audit", self.subjects.clone(), String::new(), findings);
        report.finished = self.whole;
        report.headline = self.headline(&report);
        report
    }

    /// How many pipelines were judged.
    #[must_use]
    pub fn pipelines(&self) -> usize {
        self.pipelines.len()
    }

    /// Whether everything could be read; what could not is among the findings.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// One sentence on the whole.
    fn headline(&self, report: &Report) -> String {
        let open = report.findings().iter().filter(|one| !matches!(one.status, Status::Suppressed { .. }));
        let levels: Vec<Level> = open.map(|finding| finding.level).filter(|level| *level > Level::Notice).collect();
        let judged = match self.pipelines.len() {
            0 => "policies".to_owned(),
            1 => "1 pipeline".to_owned(),
            count => format!("{count} pipelines"),
        };
        let mut words: Vec<String> = Vec::new();
        for level in Level::ALL {
            let count = levels.iter().filter(|one| **one == level).count();
            if count > 0 {
                words.push(format!("{count} {}", level.as_str()));
            }
        }
        let suppressed = report.summary().suppressed;
        if suppressed > 0 {
            words.push(format!("{suppressed} set aside"));
        }
        let found = if words.is_empty() { "no finding".to_owned() } else { words.join(", ") };
        let rest = if self.whole { "" } else { "; not everything could be read" };
        format!("{judged} judged: {found}{rest}")
    }
}

impl Judged {
    /// A finding that has its status already.
    pub(crate) fn settled(finding: Finding) -> Judged {
        Judged { finding, severity: None, subject: None }
    }

    fn with_bar(&self, fail_on: Severity) -> Finding {
        let mut finding = self.finding.clone();
        if let (Some(severity), Status::Fails) = (self.severity, &finding.status)
            && severity < fail_on
        {
            finding.status = Status::Passes;
        }
        finding
    }
}
