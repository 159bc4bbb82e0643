//! An organization's spec with the repositories that it names, each as it is by itself, and what they come to together.
//!
//! What must hold: every mistake comes in one run; each repository's adapters are asked once. Deliberately absent: files;
//! an [`Organization`](crate::Organization) renders them.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::civil::Date;
use stackgate_access::{Fragment, OrganizationDefaults, compose};
use stackgate_diagnostic::{Diagnostic, Severity, Source, Span};
use stackgate_drift::OnDisk;
use stackgate_plan::{Access, WAIVER_EXPIRED, WAIVER_NOT_WAIVABLE, Waiver, judge_defaults, resolve_access};
use stackgate_spec::{Kept, OrganizationSpec, Repository, parse_organization};
use stackgate_trust::{Model, Policy, Proof, prove};

use crate::error::{Error, Result};
use crate::project::{AuditSource, Project, read_spec, spec_path};
use crate::registry::PROVIDERS;
use crate::{disk, rules};

/// What each repository whose spec is here asks Pulumi Cloud to trust, by the path of its spec.
pub type Models<'a> = IndexMap<&'a str, Model<'a>>;

/// An organization's spec and its repositories, without mistakes of their own.
pub struct Repositories {
    pub(crate) root: PathBuf,
    pub(crate) source: Source,
    pub(crate) read: OrganizationSpec,
    own: stackgate_access::Organization,
    /// By path, in the order of the spec.
    parts: IndexMap<String, Part>,
}

/// A repository: its spec, or what was kept of it in a file.
enum Part {
    Spec(Box<Project>),
    Kept(Box<Fragment>),
}

impl Repositories {
    /// Loads an organization's spec with the repositories that it names; arguments as those of [`Project::load`].
    ///
    /// # Errors
    /// When it, or one of the repositories, cannot be read or has mistakes.
    pub fn load(spec: &Path, root: Option<&Path>, today: Date) -> Result<Repositories> {
        Repositories::load_text(spec, root, today, None)
    }

    /// The same, with another text in the place of the spec's own, where one is given.
    ///
    /// # Errors
    /// As [`Repositories::load`].
    pub(crate) fn load_text(spec: &Path, root: Option<&Path>, today: Date, text: Option<&str>) -> Result<Repositories> {
        let folder = spec.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let root = root.unwrap_or(folder).to_path_buf();
        let path = spec_path(spec, &root)?;
        let text = text.map_or_else(|| read_spec(spec, &path), |text| Ok(text.to_owned()))?;
        let source = Source::new(path.clone(), text);
        let ids: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id()).collect();
        let (read, found) = parse_organization(&source, &ids);
        let mut found = found.into_vec();
        let refuse = |diagnostics| Error::Spec { source: Box::new(source.clone()), diagnostics };
        let Some(read) = read else { return Err(refuse(found)) };
        let waivers = waivers(&read, today, &mut found);
        let access = read.access.given();
        let declared = access.and_then(|access| access.defaults.given());
        found.extend(declared.into_iter().flat_map(judge_defaults));
        // Anything else was refused just now.
        let none = OrganizationDefaults { stacks: None, environments: None, members_create_stacks: false };
        let own = stackgate_access::Organization {
            organization: read.organization.get().map(ToString::to_string).unwrap_or_default(),
            cloud_url: read.cloud_url.given().map_or_else(|| "https://api.pulumi.com".into(), ToString::to_string),
            source: path.clone(),
            defaults: declared.map(|_| none),
            access: access.map_or_else(Access::default, resolve_access),
            waivers,
        };
        let known =
            AuditSource { root: &root, source: &source, cloud_url: &own.cloud_url, waivers: &own.waivers, today };
        let audit = Project::audit_of(&read, known, &mut found)?;
        let (mut parts, mut errors) = parts(&root, &path, &read, today, &mut found);
        if found.iter().any(|told| told.severity == Severity::Error) {
            errors.insert(0, refuse(found));
        }
        if !errors.is_empty() {
            // Beside other mistakes these are told in the same run.
            errors.extend(parts.values().filter_map(Part::project).filter_map(|project| project.trust().err()));
        }
        all(errors)?;
        // It asks for trust as a repository does, and is composed, proved and simulated with them.
        parts.extend(audit.map(|audit| (path, Part::Spec(Box::new(audit)))));
        Ok(Repositories { root, source, read, own, parts })
    }

    /// The path of the organization's spec.
    #[must_use]
    pub fn spec_path(&self) -> &str {
        self.source.path()
    }

    /// The organization's own scheduled audit, as a project with one stage.
    #[must_use]
    pub fn audit(&self) -> Option<&Project> {
        self.parts.get(self.source.path()).and_then(Part::project)
    }

    /// What each repository asks for, and the organization's own audit.
    ///
    /// # Errors
    /// As [`Project::trust`], of all repositories at once.
    pub fn models(&self) -> Result<Models<'_>> {
        let (mut models, mut errors) = (Models::new(), Vec::new());
        for (path, project) in self.parts.iter().filter_map(|(path, part)| Some((path, part.project()?))) {
            match project.trust() {
                Ok(model) => {
                    models.insert(path, model);
                }
                Err(error) => errors.push(error),
            }
        }
        all(errors).map(|()| models)
    }

    /// All that Pulumi Cloud must hold for these repositories, which [`Repositories::models`] are of.
    ///
    /// # Errors
    /// When two of them contradict each other.
    pub fn compose(&self, models: &Models<'_>) -> Result<Fragment> {
        let fragment = |(path, part): (&String, &Part)| match part {
            Part::Kept(fragment) => Some(fragment.as_ref().clone()),
            Part::Spec(project) => {
                let mut fragment = project.fragment(models.get(path.as_str())?);
                // The organization itself is of the same file.
                if path == self.source.path() {
                    fragment.source.push_str(" (auditing)");
                }
                Some(fragment)
            }
        };
        let fragments: Vec<Fragment> = self.parts.iter().filter_map(fragment).collect();
        compose(&self.own, &fragments).map_err(|conflicts| {
            let told = conflicts.iter().map(|conflict| {
                let message = format!("{}: {}", conflict.sources.join(" and "), conflict.message);
                Diagnostic::error(conflict.rule, self.place(), message).help(conflict.rule.instead)
            });
            self.refuse(told.collect())
        })
    }

    /// Itself without the audit, and the audit.
    pub(crate) fn take_audit(mut self) -> (Repositories, Option<Project>) {
        let audit = match self.parts.shift_remove(self.source.path()) {
            Some(Part::Spec(audit)) => Some(*audit),
            _ => None,
        };
        (self, audit)
    }

    /// Where the spec names its repositories.
    pub(crate) fn place(&self) -> Span {
        self.read.repositories.span
    }

    pub(crate) fn refuse(&self, diagnostics: Vec<Diagnostic>) -> Error {
        Error::Spec { source: Box::new(self.source.clone()), diagnostics }
    }
}

impl Part {
    fn project(&self) -> Option<&Project> {
        match self {
            Part::Spec(project) => Some(project),
            Part::Kept(_) => None,
        }
    }
}

/// Tries the tokens of every repository against the policies of all. Tables, holes and notes name the repository.
pub fn prove_all(models: &Models<'_>, policies: &IndexMap<String, Vec<Policy>>) -> Proof {
    let mut all = Proof::default();
    for (path, model) in models {
        let mut one = prove(model, policies);
        one.tables.iter_mut().for_each(|table| table.title = format!("{path}: {}", table.title));
        one.holes.iter_mut().for_each(|hole| hole.message = format!("{path}: {}", hole.message));
        all.tables.append(&mut one.tables);
        all.holes.append(&mut one.holes);
        all.said.extend(one.said.iter().map(|said| format!("{path}: {said}")));
        all.issued += one.issued;
        all.mutated += one.mutated;
    }
    all
}

/// Nothing, one error, or several.
fn all(mut errors: Vec<Error>) -> Result<()> {
    match errors.len() {
        0 => Ok(()),
        1 => Err(errors.remove(0)),
        _ => Err(Error::Several(errors)),
    }
}

/// The waivers, with what is wrong with them.
fn waivers(spec: &OrganizationSpec, today: Date, found: &mut Vec<Diagnostic>) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for waiver in spec.waivers.items() {
        if !rules::find_rule(&waiver.rule).is_some_and(|rule| rule.waivable) {
            let message = format!("`{}` is no rule that can be waived", waiver.rule.value);
            let help = "`stackgate explain` lists the rules";
            found.push(Diagnostic::error(&WAIVER_NOT_WAIVABLE, waiver.rule.span, message).help(help));
        }
        if let Some(until) = waiver.until.get().filter(|until| until.value.0 < today) {
            let message = format!("the waiver of `{}` ended on {until}", waiver.rule.value);
            let help = "mend what it excuses and remove it, or decide on a new date and say why";
            found.push(Diagnostic::error(&WAIVER_EXPIRED, until.span, message).help(help));
        }
        waivers.push(Waiver {
            rule: waiver.rule.to_string(),
            place: waiver.place.to_string(),
            reason: waiver.reason.get().map(ToString::to_string).unwrap_or_default(),
            until: waiver.until.get().map(ToString::to_string).unwrap_or_default(),
            span: waiver.span,
        });
    }
    waivers
}

/// What is said of a fragment that is read from a file: nobody here knows the claims of its jobs' tokens.
const UNPROVED: &str = "its policies were taken from the file as they are; tokens of the other repositories were tried against them, and \
     whom else they let in was not proved, since its spec is not here.";

/// Every repository, by path, and what is wrong with some.
fn parts(
    root: &Path,
    own: &str,
    spec: &OrganizationSpec,
    today: Date,
    found: &mut Vec<Diagnostic>,
) -> (IndexMap<String, Part>, Vec<Error>) {
    let (mut parts, mut errors) = (IndexMap::new(), Vec::new());
    // What names both, or nothing, was told already.
    let legal = |repository: &&Repository| repository.spec.is_some() != repository.fragment.is_some();
    for repository in spec.repositories.value.iter().filter_map(Kept::get).filter(legal) {
        if let Err(error) = add(root, own, repository, today, &mut parts, found) {
            errors.push(error);
        }
    }
    (parts, errors)
}

fn add(
    root: &Path,
    own: &str,
    repository: &Repository,
    today: Date,
    parts: &mut IndexMap<String, Part>,
    found: &mut Vec<Diagnostic>,
) -> Result<()> {
    let text = |path: &str| match disk::at(root, path)? {
        Some(OnDisk::Text(text)) => Ok(text),
        Some(OnDisk::Unreadable(what)) => Err(Error::Refused(format!("{path}: {what}"))),
        None => Err(Error::Refused(format!("{path}: there is no such file"))),
    };
    if let Some(path) = &repository.fragment {
        let read = Fragment::from_json(&text(path)?);
        let mut fragment = read.map_err(|error| Error::Refused(format!("{}: {error}", path.value)))?;
        if let Some((name, _)) = fragment.teams.iter().find(|(_, team)| !team.scopes.is_empty()) {
            let told = format!(
                "{}: the team `{name}` has a role; only the organization's own `auditing` gives one",
                path.value
            );
            return Err(Error::Refused(told));
        }
        // Every repository calls its own spec the same; here the files tell them apart.
        fragment.source = path.to_string();
        fragment.residual.push(UNPROVED.into());
        parts.insert(path.to_string(), Part::Kept(Box::new(fragment)));
    }
    let Some(glob) = &repository.spec else { return Ok(()) };
    let paths: Vec<String> = disk::matching(root, glob)?.into_iter().filter(|path| path != own).collect();
    if paths.is_empty() {
        let message = format!("`{}` is no spec below this file", glob.value);
        let help = "name the repositories' specs from this file's folder; `*` stands for a part of one name";
        found.push(Diagnostic::error(&rules::REPOSITORY_MISSING, glob.span, message).help(help));
    }
    let mut errors = Vec::new();
    for path in paths {
        if parts.contains_key(&path) {
            continue;
        }
        let folder = path.rsplit_once('/').map_or(root.to_path_buf(), |(folder, _)| root.join(folder));
        match text(&path).and_then(|text| Project::of(Source::new(path.clone(), text), folder, today)) {
            Ok(project) => {
                parts.insert(path, Part::Spec(Box::new(project)));
            }
            Err(error) => errors.push(error),
        }
    }
    all(errors)
}
