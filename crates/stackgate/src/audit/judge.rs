//! Puts an audit together: the spec with its waivers, what Pulumi Cloud must trust of it, and each pipeline.
//!
//! What must hold: one thing that cannot be read keeps nothing else from being judged; a spec with mistakes waives nothing.

use std::sync::Arc;

use stackgate_audit::{Finding as AuditFinding, Severity, audit_pipeline, audit_policies};
use stackgate_diagnostic::{Diagnostic, Rule, Severity as Bad, Source};
use stackgate_facts::{Aspect, Observation, Place as FactPlace};
use stackgate_plan::Pins;
use stackgate_report::{Finding, Level, Place, Status};
use stackgate_spec::ORGANIZATION_SPEC;

use super::find::{Found, MOST_PIPELINES, search};
use super::rules::{AUDIT_TOO_MUCH, AUDIT_UNDECIDED, AUDIT_UNREAD};
use super::tree::{Files, Repository, join};
use super::waivers::Waivers;
use super::{Audit, AuditOptions, Judged, Pipeline, subject};
use crate::error::{Error, Result};
use crate::organization::Organization;
use crate::project::{Project, pins};

pub(super) fn judge(options: &AuditOptions<'_>) -> Result<Audit> {
    let files = Files::open(options.root)?;
    let found = search(options.root, &files, options.paths)?;
    let mut audit = Audit { subjects: Vec::new(), findings: Vec::new(), pipelines: Vec::new(), whole: true };
    let mut waivers = Waivers::default();
    if let Some(spec) = options.spec {
        waivers = judge_spec(spec, options, &mut audit)?;
    }
    // A spec that is all there is was judged: an organization's has no pipeline of its own.
    let named = audit.subjects.is_empty() || !options.paths.is_empty();
    if found.found.is_empty() && found.unread.is_empty() && named {
        let at = if options.paths.is_empty() { "here" } else { "in what was named" };
        return Err(Error::Refused(format!(
            "nothing was audited: there is no pipeline {at}; a file whose name tells no system can be named itself"
        )));
    }
    if audit.subjects.is_empty() {
        audit.subjects.extend(found.found.iter().map(|one| one.path.clone()));
    }
    for (path, why) in found.unread {
        audit.unread(&AUDIT_UNREAD, Place::file(path), format!("this was not judged: {why}"));
    }
    if found.cut {
        let message = format!(
            "there are more than {MOST_PIPELINES} pipelines, or too many files to look through; the rest was not judged"
        );
        audit.unread(&AUDIT_TOO_MUCH, Place::file("."), message);
    }
    let pins = pins()?;
    for one in found.found {
        judge_pipeline(one, &files, pins, &mut audit);
    }
    // A pipeline that another includes is read by itself too; what is found in both is one thing.
    let mut seen = std::collections::BTreeSet::new();
    audit.findings.retain(|judged| {
        let finding = &judged.finding;
        let region = finding.place.as_ref().map(|place| (place.path.clone(), place.region));
        seen.insert((finding.rule.id.clone(), region, finding.message.clone()))
    });
    waivers.apply(&mut audit, options.paths.is_empty());
    Ok(audit)
}

/// The spec's own mistakes and notices, and what Pulumi Cloud must trust of it. What it waives.
fn judge_spec(spec: &std::path::Path, options: &AuditOptions<'_>, audit: &mut Audit) -> Result<Waivers> {
    let mistakes = match Project::load(spec, Some(options.root), options.today) {
        Ok(project) => {
            audit.subjects.push(project.source().path().to_owned());
            audit.diagnostics(project.source(), project.notices());
            match subject::of_project(&project) {
                Ok(subject) => audit.policies(&subject),
                Err(missing) => audit.diagnostics(project.source(), &missing),
            }
            return Ok(Waivers::of(&project));
        }
        Err(Error::Spec { diagnostics, .. }) if diagnostics.iter().any(|one| one.rule == &ORGANIZATION_SPEC) => {
            match Organization::load(spec, Some(options.root), options.today) {
                Ok(organization) => {
                    let path = organization.source().path().to_owned();
                    audit.policies(&subject::of_fragment(organization.fragment(), &path));
                    audit.subjects.push(path);
                    return Ok(Waivers::default());
                }
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    audit.mistakes(mistakes)?;
    Ok(Waivers::default())
}

fn judge_pipeline(found: Found, files: &Files, pins: &Pins, audit: &mut Audit) {
    let Some(reader) = found.provider.reader() else { return };
    let path = found.path.strip_prefix(&format!("{}/", found.base)).unwrap_or(&found.path);
    let observation = reader.read(path, &Repository { files, base: &found.base });
    let pipeline = Pipeline::new(found.path, found.base, observation);
    for undecided in &pipeline.observation.undecided {
        let place = pipeline.place(undecided.place);
        let of = undecided.job.as_ref().map_or_else(String::new, |job| format!(" of job `{job}`"));
        match undecided.aspect {
            Aspect::Syntax => audit.unread(&AUDIT_UNREAD, place, format!("this cannot be read: {}", undecided.why)),
            Aspect::Limit => audit.unread(&AUDIT_TOO_MUCH, place, undecided.why.clone()),
            Aspect::Key | Aspect::Condition | Aspect::Code | Aspect::Elsewhere => {
                let message = format!("something{of} cannot be told from the text: {}", undecided.why);
                let finding = Finding::new(&AUDIT_UNDECIDED, Level::Notice, message).at(place);
                audit.findings.push(Judged::settled(finding.status(Status::Passes)));
            }
        }
    }
    for finding in audit_pipeline(&pipeline.observation, pins) {
        let place = pipeline.place(finding.place);
        audit.findings.push(judged(finding, place));
    }
    audit.pipelines.push(pipeline);
}

impl Pipeline {
    fn new(path: String, base: String, observation: Observation) -> Pipeline {
        let source = |(path, text): &(String, Arc<str>)| Source::new(join(&base, path), &**text);
        let sources = observation.sources.iter().map(source).collect();
        Pipeline { path, base, observation, sources }
    }

    /// A place for the report. What stands at no particular place of a file is of the file.
    pub(super) fn place(&self, place: FactPlace) -> Place {
        let Some(source) = self.sources.get(place.file) else { return Place::file(self.path.as_str()) };
        if place == FactPlace::default() {
            return Place::file(source.path());
        }
        Place::of(place.span, source)
    }
}

/// A finding of an audit rule as one of the report.
pub(super) fn judged(finding: AuditFinding, place: Place) -> Judged {
    let AuditFinding { rule, severity, subject, message, help, .. } = finding;
    let told = subject.as_ref().is_none_or(|subject| message.contains(&format!("`{subject}`")));
    let message = match &subject {
        Some(subject) if !told => format!("`{subject}`: {message}"),
        _ => message,
    };
    let level = match severity {
        Severity::Low => Level::Low,
        Severity::Medium => Level::Medium,
        Severity::High => Level::High,
        Severity::Critical => Level::Critical,
    };
    let finding = match stackgate_audit::diagnostic_rules().iter().find(|known| known.id == rule.id) {
        Some(rule) => Finding::new(*rule, level, message),
        None => Finding::new(&AUDIT_UNREAD, level, message),
    };
    Judged { finding: finding.at(place).help(help), severity: Some(severity), subject }
}

impl Audit {
    /// Something that kept the audit from judging everything.
    fn unread(&mut self, rule: &'static Rule, place: Place, message: String) {
        let finding = Finding::new(rule, Level::High, message).at(place).help(rule.instead);
        self.findings.push(Judged::settled(finding));
        self.whole = false;
    }

    fn diagnostics(&mut self, source: &Source, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            self.whole &= diagnostic.severity < Bad::Error;
            self.findings.push(Judged::settled(Finding::of(diagnostic, source)));
        }
    }

    /// The mistakes of a spec; what else went wrong is an error.
    fn mistakes(&mut self, error: Error) -> Result<()> {
        match error {
            Error::Spec { source, diagnostics } => {
                self.subjects.push(source.path().to_owned());
                self.diagnostics(&source, &diagnostics);
                Ok(())
            }
            Error::Several(errors) => errors.into_iter().try_for_each(|error| self.mistakes(error)),
            error => Err(error),
        }
    }

    /// Judges what Pulumi Cloud trusts and grants.
    pub(super) fn policies(&mut self, subject: &stackgate_audit::PoliciesSubject) {
        for finding in audit_policies(subject) {
            self.findings.push(judged(finding, Place::file(subject.path.as_str())));
        }
    }
}
