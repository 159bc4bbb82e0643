//! A finding, and the list that a rule adds to.
//!
//! What must hold: a rule says each thing once; severity comes from the rule, and only a rule lowers or raises it for one
//! finding.

use serde::Serialize;
use stackgate_facts::Place;

use crate::rule::AuditRule;

/// How bad it is; the order is from the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hygiene.
    Low,
    /// It makes an attack or an accident easier.
    Medium,
    /// It lets somebody do what he should not, under some condition.
    High,
    /// It hands out a token or lets strangers run code beside one.
    Critical,
}

impl Severity {
    /// The word of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static AuditRule,
    /// How bad it is here.
    pub severity: Severity,
    /// The job, issuer or team that it is about.
    pub subject: Option<String>,
    /// What was found and what somebody could do, in one sentence.
    pub message: String,
    /// How to mend it here, as an instruction.
    pub help: String,
    /// Where, in a pipeline; the beginning of the file for what has no place.
    pub place: Place,
}

/// What one rule finds.
pub struct Findings {
    rule: &'static AuditRule,
    found: Vec<Finding>,
}

impl Findings {
    pub(crate) fn new(rule: &'static AuditRule) -> Findings {
        Findings { rule, found: Vec::new() }
    }

    /// Adds a finding with the rule's own severity.
    pub fn add(&mut self, subject: Option<&str>, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.add_as(self.rule.severity, subject, place, message, help);
    }

    /// Adds a finding with a severity of its own.
    pub fn add_as(
        &mut self,
        severity: Severity,
        subject: Option<&str>,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let finding = Finding {
            rule: self.rule,
            severity,
            subject: subject.map(str::to_owned),
            message: message.into(),
            help: help.into(),
            place,
        };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
