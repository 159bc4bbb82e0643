//! An organization's spec with all that follows from it: the fragments of its repositories, composed, as files.
//!
//! What must hold: nothing is rendered while one repository has a mistake, two contradict each other, or a token of one
//! reaches a team of another.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use stackgate_access::{Fragment, Options, places, render};
use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_drift::Report;
use stackgate_logs::Settings;
use stackgate_provider::{Artifact, Place};
use stackgate_review::Declared;
use stackgate_spec::{Auditing, Kept};
use stackgate_trust::TRUST_REFUTED;

use crate::ci_settings;
use crate::error::{Error, Result};
use crate::project::{Project, compare, read_spec};
use crate::registry::PROVIDERS;
use crate::repositories::{Repositories, prove_all};
use crate::write;
use crate::write::{Changes, Places, WriteOptions, Writing};

/// An organization's spec without mistakes, ready to render.
pub struct Organization {
    root: PathBuf,
    file: PathBuf,
    today: Date,
    source: Source,
    fragment: Fragment,
    options: Options,
    log_settings: Settings,
    audit: Option<Project>,
}

impl Organization {
    /// The directory that all paths are relative to.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Loads an organization's spec with the repositories that it names; arguments as those of [`Project::load`].
    ///
    /// # Errors
    /// When it, or one of the repositories, cannot be read or has mistakes, or two of them contradict each other.
    pub fn load(spec: &Path, root: Option<&Path>, today: Date) -> Result<Organization> {
        let repositories = Repositories::load(spec, root, today)?;
        Organization::of(spec, today, repositories, true)
    }

    /// The same without the proof of its trust, for whoever renders nothing of it.
    ///
    /// # Errors
    /// As [`Organization::load`], but for what only the proof finds.
    pub fn read(spec: &Path, root: Option<&Path>, today: Date) -> Result<Organization> {
        Organization::of(spec, today, Repositories::load(spec, root, today)?, false)
    }

    /// The same organization with another text of its spec, which is not written.
    ///
    /// # Errors
    /// As [`Organization::read`].
    pub(crate) fn with_text(&self, text: &str) -> Result<Organization> {
        let repositories = Repositories::load_text(&self.file, Some(&self.root), self.today, Some(text))?;
        Organization::of(&self.file, self.today, repositories, false)
    }

    fn of(spec: &Path, today: Date, repositories: Repositories, proved: bool) -> Result<Organization> {
        let models = repositories.models()?;
        let fragment = repositories.compose(&models)?;
        let holes = if proved { prove_all(&models, &fragment.policies()).holes } else { Vec::new() };
        let refuted = holes.into_iter().map(|hole| {
            Diagnostic::error(&TRUST_REFUTED, repositories.place(), hole.message)
                .help("`stackgate trust prove` beside this spec shows the token")
        });
        let refuted: Vec<Diagnostic> = refuted.collect();
        if !refuted.is_empty() {
            return Err(repositories.refuse(refuted));
        }
        let settings = repositories.read.ci_settings.given();
        let (ci, wrong) = settings.map(|systems| ci_settings::options(systems, &fragment)).unwrap_or_default();
        if !wrong.is_empty() {
            return Err(repositories.refuse(wrong));
        }
        drop(models);
        let (Repositories { root, source, read, .. }, audit) = repositories.take_audit();
        let options = Options {
            approvers: read.approvers.as_ref().map(|team| team.to_string()),
            gate_open: read.gate_open.as_ref().is_some_and(|gate| gate.value),
            ci,
            audit: audit.as_ref().map(Project::checklist).unwrap_or_default(),
            ..Options::default()
        };
        let log_settings = log_settings(read.auditing.given());
        Ok(Organization { root, file: spec.to_path_buf(), today, source, fragment, options, log_settings, audit })
    }

    /// The spec's text and path.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// All that Pulumi Cloud must hold.
    pub fn fragment(&self) -> &Fragment {
        &self.fragment
    }

    /// What the spec says for who judges the logs.
    pub(crate) fn log_settings(&self) -> Settings {
        self.log_settings.clone()
    }

    /// What Pulumi Cloud is compared with.
    #[must_use]
    pub fn declared(&self) -> Declared {
        let mut declared = Declared::new(self.fragment.clone(), self.options.approvers.clone(), self.options.gate_open);
        declared.operators.extend(self.log_settings.operators.iter().cloned());
        declared
    }

    /// The scheduled audit as a project of its own, where the spec asks for one.
    #[must_use]
    pub fn audit(&self) -> Option<&Project> {
        self.audit.as_ref()
    }

    /// Renders every file: what Pulumi Cloud must hold, and the audit's pipeline, read back as what its plan asks for.
    ///
    /// # Errors
    /// When a value of a fragment cannot be written where it belongs, or a template renders something else than the plan.
    pub fn render(&self) -> Result<Vec<Artifact>> {
        let mut files = render(&self.fragment, &self.options).map_err(|error| Error::Refused(error.to_string()))?;
        if let Some(audit) = &self.audit {
            files.extend(audit.render_verified()?);
        }
        Ok(files)
    }

    /// Where files of this kind of spec may lie.
    fn places(&self) -> Vec<Place> {
        let pipelines = PROVIDERS.iter().flat_map(|provider| provider.places());
        places().iter().chain(pipelines).copied().collect()
    }

    /// As [`Project::check`].
    ///
    /// # Errors
    /// As there.
    pub fn check(&self) -> Result<Report> {
        self.compare(&self.render()?)
    }

    /// As [`Project::intend`].
    ///
    /// # Errors
    /// As there.
    pub fn intend(&self, options: &WriteOptions) -> Result<(Report, Changes)> {
        let report = self.check()?;
        let changes = write::intend(&report, options)?;
        Ok((report, changes))
    }

    /// As [`Project::begin`].
    ///
    /// # Errors
    /// As there.
    pub fn begin(&self, options: &WriteOptions) -> Result<Writing> {
        let artifacts = self.render()?;
        let all = Places {
            spec_path: self.source.path(),
            artifacts: artifacts.iter().map(|artifact| artifact.path.as_str()).collect(),
            places: self.places(),
        };
        let compare = || {
            if read_spec(&self.file, self.source.path())? != self.source.text() {
                let path = self.source.path();
                return Err(Error::Refused(format!("{path} changed while stackgate was working; run it again")));
            }
            self.compare(&artifacts)
        };
        write::begin(&self.root, &all, compare, options)
    }

    fn compare(&self, artifacts: &[Artifact]) -> Result<Report> {
        compare(&self.root, self.source.path(), artifacts, self.places().into_iter())
    }
}

/// What `auditing` says for who judges the logs.
fn log_settings(auditing: Option<&Auditing>) -> Settings {
    let Some(auditing) = auditing else { return Settings::default() };
    let operators = auditing.operators.given().into_iter().flatten().filter_map(Kept::get);
    Settings {
        operators: operators.map(ToString::to_string).collect(),
        quiet_days: auditing.quiet_days.given().and_then(|days| u32::try_from(days.value).ok()),
        ..Settings::default()
    }
}
