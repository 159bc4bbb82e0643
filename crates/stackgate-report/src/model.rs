//! The report: findings, the files that were looked at, one sentence.
//!
//! What must hold: texts are kept as they were written, and cleaned where they leave, so that nothing is escaped twice. A
//! level says how bad a finding is, a status whether it fails the command; neither is worked out here.

use stackgate_diagnostic::{Diagnostic, Severity, Source};

use crate::order;
use crate::place::{Place, Region, Related};
use crate::rule::Rule;

/// How bad a finding is; the order is from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing; nothing has to change.
    Notice,
    /// Better otherwise; hurts nobody by itself.
    Low,
    /// Probably a mistake, or one step of several on the way to harm.
    Medium,
    /// Wrong, or open to somebody who should not be let in.
    High,
    /// Open to anybody.
    Critical,
}

impl Level {
    /// Every level, the worst first.
    pub const ALL: [Level; 5] = [Level::Critical, Level::High, Level::Medium, Level::Low, Level::Notice];

    /// The word for people and for reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Notice => "notice",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl From<Severity> for Level {
    /// An error is high, a warning medium, a notice a notice.
    fn from(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::High,
            Severity::Warning => Level::Medium,
            Severity::Notice => Level::Notice,
        }
    }
}

/// What a finding does to the command's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The command fails because of it.
    Fails,
    /// It is below the bar, or allowed.
    Passes,
    /// The spec sets it aside.
    Suppressed {
        /// Why, in the words of the spec.
        reason: String,
        /// The last day on which that holds, as `2026-12-31`.
        until: String,
    },
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule: its id is stable, and with it come title, why and instead.
    pub rule: Rule,
    /// How bad it is.
    pub level: Level,
    /// The class of a difference, such as `widens-privilege`.
    pub class: Option<&'static str>,
    /// One sentence without a full stop.
    pub message: String,
    /// The fact as it should be, or was.
    pub before: Option<String>,
    /// The fact as it is.
    pub after: Option<String>,
    /// Where it is; `None` where it is of no file.
    pub place: Option<Place>,
    /// What stands at the caret, such as "expected one of …".
    pub label: Option<String>,
    /// Other places, each with what it has to do with this.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Option<String>,
    /// More lines for whoever looks closer, such as a token that shows it.
    pub details: Vec<String>,
    /// What it does to the outcome.
    pub status: Status,
    /// What makes it the same finding in another version of the file, where that is something else than its message.
    pub content: Option<String>,
    /// What it is known by from run to run; empty until the finding is in a [`Report`].
    pub fingerprint: String,
}

impl Finding {
    /// A finding that fails, of no place yet.
    pub fn new(rule: impl Into<Rule>, level: Level, message: impl Into<String>) -> Finding {
        Finding {
            rule: rule.into(),
            level,
            class: None,
            message: message.into(),
            before: None,
            after: None,
            place: None,
            label: None,
            related: Vec::new(),
            help: None,
            details: Vec::new(),
            status: Status::Fails,
            content: None,
            fingerprint: String::new(),
        }
    }

    /// The finding that a diagnostic is. Only an error fails.
    #[must_use]
    pub fn of(diagnostic: &Diagnostic, source: &Source) -> Finding {
        let mut finding = Finding::new(diagnostic.rule, diagnostic.severity.into(), &diagnostic.message);
        let path = diagnostic.path.as_deref().unwrap_or(source.path());
        let span = diagnostic.span.filter(|_| diagnostic.path.is_none());
        finding.place = Some(Place { path: path.to_owned(), region: span.map(|span| Region::of(span, source)) });
        finding.label.clone_from(&diagnostic.label);
        finding.help.clone_from(&diagnostic.help);
        finding.related = diagnostic
            .related
            .iter()
            .map(|(span, text)| Related {
                place: Place { path: source.path().to_owned(), region: Some(Region::of(*span, source)) },
                message: text.clone(),
            })
            .collect();
        // The same words about another piece of text are about something else.
        let text = span.map(|span| source.text().get(span.start..span.end).unwrap_or_default());
        finding.content = text.map(|text| format!("{} {text}", diagnostic.message));
        if diagnostic.severity != Severity::Error {
            finding.status = Status::Passes;
        }
        finding
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Finding {
        self.place = Some(place);
        self
    }

    /// The same of a class.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Finding {
        self.class = Some(class);
        self
    }

    /// The same with the fact before and after.
    #[must_use]
    pub fn facts(mut self, before: Option<String>, after: Option<String>) -> Finding {
        self.before = before;
        self.after = after;
        self
    }

    /// The same with a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Finding {
        self.status = status;
        self
    }

    /// The same, known from run to run by this text instead of its message.
    #[must_use]
    pub fn content(mut self, content: impl Into<String>) -> Finding {
        self.content = Some(content.into());
        self
    }

    /// Whether the command fails because of it.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.status == Status::Fails
    }
}

/// A file that a command looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the repository root, with `/`.
    pub path: String,
    /// The provider that it belongs to.
    pub provider: Option<String>,
    /// How it stands, as one word: `clean`, or why it is not.
    pub state: &'static str,
    /// What the state means, and what to do.
    pub advice: String,
    /// What stands there, where that differs.
    pub found: Option<String>,
    /// What should stand there, where that differs.
    pub expected: Option<String>,
    /// Whether a patch may put it right, or somebody's own work would be lost.
    pub mendable: bool,
}

impl File {
    /// The state of a file that is as it should be.
    pub const CLEAN: &'static str = "clean";

    /// Whether it is as it should be.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.state == File::CLEAN
    }
}

/// How many findings there are of which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings that fail the command.
    pub failing: usize,
    /// Findings below the bar, or allowed.
    pub passing: usize,
    /// Findings that the spec sets aside.
    pub suppressed: usize,
}

/// What a command found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The command, such as `check` or `trust prove`.
    pub command: &'static str,
    /// The spec, or whatever else was judged; the first is where findings of no file are shown.
    pub subjects: Vec<String>,
    /// Whether the command could look at everything; a spec with mistakes is compared with nothing.
    pub finished: bool,
    /// One sentence on the whole.
    pub headline: String,
    findings: Vec<Finding>,
    /// The files, in the order in which they are to be shown.
    pub files: Vec<File>,
}

impl Report {
    /// A report. The findings are put in order, by path, place and rule, and get their fingerprints.
    pub fn new(
        command: &'static str,
        subjects: Vec<String>,
        headline: impl Into<String>,
        findings: Vec<Finding>,
    ) -> Report {
        let findings = order::ordered(findings);
        Report { command, subjects, finished: true, headline: headline.into(), findings, files: Vec::new() }
    }

    /// The same with the worst finding first, where the order of files means less than that.
    pub fn worst_first(
        command: &'static str,
        subjects: Vec<String>,
        headline: impl Into<String>,
        findings: Vec<Finding>,
    ) -> Report {
        let findings = order::worst_first(findings);
        Report { command, subjects, finished: true, headline: headline.into(), findings, files: Vec::new() }
    }

    /// The report on diagnostics that kept a command from doing its work; each comes with the source that it is about.
    #[must_use]
    pub fn of_mistakes(command: &'static str, mistakes: &[(&Source, &[Diagnostic])]) -> Report {
        let findings: Vec<Finding> = mistakes
            .iter()
            .flat_map(|(source, found)| found.iter().map(|diagnostic| Finding::of(diagnostic, source)))
            .collect();
        let mut subjects: Vec<String> = mistakes.iter().map(|(source, _)| source.path().to_owned()).collect();
        subjects.dedup();
        let errors = findings.iter().filter(|finding| finding.fails()).count();
        let plural = if errors == 1 { "" } else { "s" };
        let mut report = Report::new(command, subjects, format!("{errors} mistake{plural}"), findings);
        report.finished = false;
        report
    }

    /// The same with the files that were looked at.
    #[must_use]
    pub fn files(mut self, files: Vec<File>) -> Report {
        self.files = files;
        self
    }

    /// The same, where a finding that somebody knows already does not fail; `known` tells by the fingerprint.
    #[must_use]
    pub fn known(mut self, known: &dyn Fn(&str) -> bool) -> Report {
        for finding in self.findings.iter_mut().filter(|finding| finding.status == Status::Fails) {
            if known(&finding.fingerprint) {
                finding.status = Status::Passes;
                finding.details.push("known: it stands in the baseline".to_owned());
            }
        }
        self
    }

    /// The findings, in order, each with its fingerprint.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings there are of which status.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for finding in &self.findings {
            match finding.status {
                Status::Fails => summary.failing += 1,
                Status::Passes => summary.passing += 1,
                Status::Suppressed { .. } => summary.suppressed += 1,
            }
        }
        summary
    }

    /// Whether the command did its work and nothing fails.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.finished && !self.findings.iter().any(Finding::fails)
    }

    /// The file of that path, where it was looked at.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Where a finding is shown that may be of no file.
    pub(crate) fn path_of<'a>(&'a self, finding: &'a Finding) -> &'a str {
        match &finding.place {
            Some(place) => &place.path,
            None => self.subjects.first().map_or("stackgate.yaml", String::as_str),
        }
    }
}
