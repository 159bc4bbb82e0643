//! A spec with all that follows from it: the plan, the adapters, the artifacts, and how they stand to the disk.
//!
//! What must hold: every mistake of spec, plan and adapters comes in one run, sorted by place; only a spec without an
//! error becomes a `Project`. The clock is injected, and nothing but the expiry of waivers depends on it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use jiff::civil::Date;
use stackgate_diagnostic::{Diagnostic, Severity, Source, Span};
use stackgate_drift::Report;
use stackgate_plan::{AuditContext, Context, Pins, Plan, Waiver, audit_plan, lower};
use stackgate_provider::{Adapter, Artifact, CheckItem, Place, Provider, compare as compare_pipelines};
use stackgate_spec::{OPENS_EXPRESSION, OrganizationSpec, Spec};
use stackgate_yaml::{Limits, NOT_UTF_8, Reader, TOO_LARGE};

use crate::error::{Error, Result};
use crate::registry::{PROVIDERS, provider};
use crate::write::{Changes, Places, WriteOptions, Writing};
use crate::{disk, esc, find_spec, rules, write};

/// The name of a spec.
pub const SPEC_NAME: &str = "stackgate.yaml";

/// Today, in UTC: the only clock of this program.
pub fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A spec without mistakes, ready to render.
pub struct Project {
    root: PathBuf,
    /// Where the spec was read; absent where only its text was given.
    file: Option<PathBuf>,
    source: Source,
    plan: Plan,
    adapters: IndexMap<&'static str, Configured>,
    notices: Vec<Diagnostic>,
    today: Date,
}

struct Configured {
    provider: &'static dyn Provider,
    adapter: Box<dyn Adapter>,
}

impl Project {
    /// Opens the spec in `from` or above it; its directory is the repository root.
    ///
    /// # Errors
    /// When there is no spec, it cannot be read, or it has mistakes.
    pub fn open(from: &Path) -> Result<Project> {
        Project::load(&find_spec(from)?, None, today())
    }

    /// Loads a spec. `root` is the repository root where that is not the spec's own directory; `today` decides whether a
    /// waiver has expired.
    ///
    /// # Errors
    /// When the spec cannot be read, or has mistakes.
    pub fn load(spec: &Path, root: Option<&Path>, today: Date) -> Result<Project> {
        let folder = match spec.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let root = root.unwrap_or(folder).to_path_buf();
        let path = spec_path(spec, &root)?;
        let source = Source::new(path.clone(), read_spec(spec, &path)?);
        let mut project = Project::of(source, root, today)?;
        project.file = Some(spec.to_path_buf());
        Ok(project)
    }

    /// A project of a spec's text, whose path in messages and markers is the source's.
    ///
    /// # Errors
    /// When the spec has mistakes.
    pub fn of(source: Source, root: PathBuf, today: Date) -> Result<Project> {
        let ids: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id()).collect();
        let (spec, found) = stackgate_spec::parse(&source, &ids);
        let mut diagnostics = found.into_vec();
        let mut adapters = IndexMap::new();
        let mut plan = None;
        if let Some(spec) = spec {
            let mut options = Vec::new();
            adapters = configure(&spec, &mut options);
            // What opens an expression was refused for that, and needs no second complaint.
            let refused: Vec<Span> =
                diagnostics.iter().filter(|told| told.rule == &OPENS_EXPRESSION).filter_map(|told| told.span).collect();
            let within = |outer: Span| refused.iter().any(|told| outer.start <= told.start && told.end <= outer.end);
            options.retain(|option: &Diagnostic| !option.span.is_some_and(within));
            diagnostics.extend(options);
            let pins = pins()?;
            let context = Context {
                spec_path: source.path(),
                pins,
                today,
                rules: rules::all_rules(),
                rules_of_files: stackgate_audit::diagnostic_rules(),
            };
            let lowered = lower(&spec, &context);
            for configured in adapters.values() {
                diagnostics.extend(configured.adapter.check(&lowered.draft));
            }
            diagnostics.extend(esc::check(&lowered.draft, &root));
            diagnostics.extend(lowered.diagnostics);
            plan = Some(lowered.draft);
        }
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span.map(|span| span.start), diagnostic.rule.id));
        diagnostics.dedup();
        match plan {
            Some(plan) if diagnostics.iter().all(|diagnostic| diagnostic.severity < Severity::Error) => {
                Ok(Project { root, file: None, source, plan, adapters, notices: diagnostics, today })
            }
            _ => Err(Error::Spec { source: Box::new(source), diagnostics }),
        }
    }

    /// The repository root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the spec was read; nothing where only its text was given.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The same spec with another text is written where this one was read.
    pub(crate) fn set_file(&mut self, file: Option<&Path>) {
        self.file = file.map(Path::to_path_buf);
    }

    /// The day that it was loaded for.
    pub(crate) fn today(&self) -> Date {
        self.today
    }

    /// The spec's text and path.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Warnings and notices about the spec.
    pub fn notices(&self) -> &[Diagnostic] {
        &self.notices
    }

    /// The providers of the spec with their adapters, in the order of the spec.
    pub fn adapters(&self) -> impl Iterator<Item = (&'static dyn Provider, &dyn Adapter)> {
        self.adapters.values().map(|configured| (configured.provider, configured.adapter.as_ref()))
    }

    /// What must be set outside of the files, of every provider.
    pub(crate) fn checklist(&self) -> Vec<CheckItem> {
        self.adapters.values().flat_map(|configured| configured.adapter.checklist(&self.plan)).collect()
    }

    /// Renders every artifact. Nothing is read back: what is only compared needs no more.
    ///
    /// # Errors
    /// When a template of this program fails, or an artifact is too large for its CI system.
    pub fn render(&self) -> Result<Vec<Artifact>> {
        self.render_each(|_, _| Ok(()))
    }

    /// Renders every artifact, and reads each back as what the plan asks for.
    ///
    /// # Errors
    /// As [`Project::render`], and when a template renders something else than the plan.
    pub fn render_verified(&self) -> Result<Vec<Artifact>> {
        self.render_each(|adapter, files| {
            Ok(compare_pipelines(&adapter.realise(&self.plan).pipeline, &adapter.observe(files))?)
        })
    }

    /// The artifacts of each adapter, once they are small enough and `look` has nothing against them.
    fn render_each(&self, look: impl Fn(&dyn Adapter, &[Artifact]) -> Result<()>) -> Result<Vec<Artifact>> {
        let mut artifacts = Vec::new();
        let mut large = Vec::new();
        for Configured { provider, adapter } in self.adapters.values() {
            let files = adapter.render(&self.plan, provider.engine()?)?;
            let too_large: Vec<Diagnostic> = files.iter().filter_map(|file| self.too_large(*provider, file)).collect();
            if too_large.is_empty() {
                look(adapter.as_ref(), &files)?;
            }
            large.extend(too_large);
            artifacts.extend(files);
        }
        if large.is_empty() {
            return Ok(artifacts);
        }
        Err(Error::Spec { source: Box::new(self.source.clone()), diagnostics: large })
    }

    fn too_large(&self, provider: &dyn Provider, file: &Artifact) -> Option<Diagnostic> {
        let (limit, size) = (provider.largest(), file.contents(self.source.path()).len());
        (size > limit.most).then(|| {
            let stages = self.plan.stages_of(provider.id()).count();
            let message =
                format!("{} would have {size} bytes with {stages} stages, more than {}", file.path, limit.most);
            let help = "spread the stacks over several providers or repositories, or put long steps into a script";
            Diagnostic::error(limit.rule, None, message).help(help)
        })
    }

    /// Compares the artifacts with the disk. It reads each file once, and writes nothing.
    ///
    /// # Errors
    /// When a template of this program fails, or a file cannot be looked at.
    pub fn check(&self) -> Result<Report> {
        self.compare(&self.render()?)
    }

    /// What [`Project::write`] would do, with the comparison that it rests on. It writes nothing.
    ///
    /// # Errors
    /// As `write`, and where an earlier write was killed and is still to be undone.
    pub fn intend(&self, options: &WriteOptions) -> Result<(Report, Changes)> {
        let unproved = self.prove_first()?;
        let report = self.compare(&self.render_verified()?)?;
        let mut changes = write::intend(&report, options)?;
        changes.notes.extend(unproved);
        Ok((report, changes))
    }

    /// Writes every artifact, or none.
    ///
    /// # Errors
    /// When an artifact does not read back as the plan, a file is in the way, another write does not end, or the disk
    /// refuses. What was there before is there again then, or the error is [`Error::HalfWritten`].
    pub fn write(&self, options: &WriteOptions) -> Result<Changes> {
        self.begin(options)?.commit()
    }

    /// Begins a write, for whoever wants to show what it will do: no other write happens until the result is committed or
    /// dropped. What an earlier write left that was killed is undone first.
    ///
    /// # Errors
    /// As `write`.
    pub fn begin(&self, options: &WriteOptions) -> Result<Writing> {
        let unproved = self.prove_first()?;
        let artifacts = self.render_verified()?;
        let places = Places {
            spec_path: self.source.path(),
            artifacts: artifacts.iter().map(|artifact| artifact.path.as_str()).collect(),
            places: PROVIDERS.iter().flat_map(|provider| provider.places()).copied().collect(),
        };
        let compare = || {
            // Another run may have had its turn since the spec was read; the last spec is what counts.
            if let Some(file) = &self.file
                && read_spec(file, self.source.path())? != self.source.text()
            {
                return Err(Error::Refused(format!(
                    "{} changed while stackgate was working; run it again",
                    self.source.path()
                )));
            }
            self.compare(&artifacts)
        };
        Ok(write::begin(&self.root, &places, compare, options)?.noting(unproved))
    }

    pub(crate) fn compare(&self, artifacts: &[Artifact]) -> Result<Report> {
        let places = PROVIDERS.iter().flat_map(|provider| provider.places()).copied();
        compare(&self.root, self.source.path(), artifacts, places)
    }
}

/// Compares artifacts with the disk.
pub(crate) fn compare(
    root: &Path,
    spec_path: &str,
    artifacts: &[Artifact],
    places: impl Iterator<Item = Place>,
) -> Result<Report> {
    let look = disk::look(root, artifacts, places)?;
    if look.journal {
        return Err(write::interrupted(root));
    }
    Ok(stackgate_drift::compare(spec_path, artifacts, &look.files))
}

/// The pin table, parsed once.
pub(crate) fn pins() -> Result<&'static Arc<Pins>> {
    static PINS: OnceLock<Arc<Pins>> = OnceLock::new();
    if let Some(pins) = PINS.get() {
        return Ok(pins);
    }
    let pins = Pins::parse(stackgate_templates::PINS).map_err(|error| Error::Fault(Box::new(error)))?;
    Ok(PINS.get_or_init(|| Arc::new(pins)))
}

impl Project {
    /// The audit that an organization's spec asks for, as a project of its own with one provider and one stage; nothing where
    /// it asks for none, or where what it asks for could not be read. What is wrong with it goes to `found`.
    pub(crate) fn audit_of(
        spec: &OrganizationSpec,
        context: AuditSource<'_>,
        found: &mut Vec<Diagnostic>,
    ) -> Result<Option<Project>> {
        let Some(given) = spec.auditing.given() else { return Ok(None) };
        let Some((id, place, options)) = given.provider.iter().next() else { return Ok(None) };
        let Some(provider) = provider(id) else { return Ok(None) };
        let mut reader = Reader::new();
        let adapter = provider.configure(options, &mut reader);
        found.extend(reader.into_diagnostics());
        let organization = spec.organization.get().map(ToString::to_string).unwrap_or_default();
        let known = AuditContext {
            organization: &organization,
            cloud_url: context.cloud_url,
            spec_path: context.source.path(),
            provider: provider.id(),
            place,
            waivers: context.waivers,
            pins: pins()?,
        };
        let (Some(adapter), Some(plan)) = (adapter, audit_plan(given, &known)) else { return Ok(None) };
        found.extend(adapter.check(&plan));
        let mut adapters = IndexMap::new();
        adapters.insert(provider.id(), Configured { provider, adapter });
        Ok(Some(Project {
            root: context.root.to_path_buf(),
            file: None,
            source: context.source.clone(),
            plan,
            adapters,
            notices: Vec::new(),
            today: context.today,
        }))
    }
}

/// Where an organization's spec was read, and what else [`Project::audit_of`] needs of it.
pub(crate) struct AuditSource<'a> {
    pub(crate) root: &'a Path,
    pub(crate) source: &'a Source,
    pub(crate) cloud_url: &'a str,
    pub(crate) waivers: &'a [Waiver],
    pub(crate) today: Date,
}

fn configure(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) -> IndexMap<&'static str, Configured> {
    let mut adapters = IndexMap::new();
    for (id, options) in spec.provider_options() {
        let Some(provider) = provider(id) else { continue };
        let mut reader = Reader::new();
        if let Some(adapter) = provider.configure(options, &mut reader) {
            adapters.insert(provider.id(), Configured { provider, adapter });
        }
        diagnostics.extend(reader.into_diagnostics());
    }
    adapters
}

/// The spec's path relative to the root, with `/`, as messages and markers name it.
pub(crate) fn spec_path(spec: &Path, root: &Path) -> Result<String> {
    let refused = |why: &str| Error::Refused(format!("{}: {why}", spec.display()));
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (spec_at, root_at) = (absolute(spec), absolute(root));
    let Ok(below) = spec_at.strip_prefix(&root_at) else {
        return Ok(spec.file_name().map_or_else(|| SPEC_NAME.to_owned(), |name| name.to_string_lossy().into_owned()));
    };
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    let path = parts.ok_or_else(|| refused("its path is not UTF-8"))?.join("/");
    if path.contains(" | ") || path.chars().any(|c| c.is_control() || c == '\\') {
        return Err(refused("its path has a character that a comment cannot carry; move the spec"));
    }
    Ok(path)
}

pub(crate) fn read_spec(spec: &Path, path: &str) -> Result<String> {
    let limit = Limits::SPEC.bytes as u64;
    let refuse = |rule, message: String| Error::Spec {
        source: Box::new(Source::new(path, "")),
        diagnostics: vec![Diagnostic::of_file(rule, path, message)],
    };
    match disk::read_limited(spec, limit) {
        Ok(Some(bytes)) => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            refuse(&NOT_UTF_8, format!("the file is not UTF-8: byte {at} begins no character"))
        }),
        Ok(None) => Err(refuse(&TOO_LARGE, format!("the file is larger than {} KiB", limit / 1024))),
        Err(source) => Err(Error::Disk { path: spec.to_path_buf(), what: "read", source }),
    }
}
