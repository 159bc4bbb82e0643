//! An organization's spec with all that follows from it: the fragments of its repositories, composed, as files.
//!
//! What must hold: nothing is rendered while one repository has a mistake, two contradict each other, or a token of one
//! reaches a team of another; and every mistake comes in one run.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::civil::Date;
use stackgate_access::{Fragment, Options, OrganizationDefaults, compose, places, render};
use stackgate_diagnostic::{Diagnostic, Severity, Source, Span};
use stackgate_drift::{OnDisk, Report};
use stackgate_plan::{
    Access, EnvironmentPermission, ORGANIZATION_DEFAULT, StackPermission, WAIVER_EXPIRED, WAIVER_NOT_WAIVABLE, Waiver,
    resolve_access,
};
use stackgate_provider::Artifact;
use stackgate_spec::{
    DefaultEnvironmentPermission, DefaultStackPermission, Kept, OrganizationSpec, Repository, parse_organization,
};
use stackgate_trust::{Policy, TRUST_REFUTED, prove};

use crate::error::{Error, Result};
use crate::project::{Project, compare, read_spec, spec_path};
use crate::write::{Changes, Places, WriteOptions, Writing};
use crate::{ci_settings, disk, rules, write};

/// An organization's spec without mistakes, ready to render.
pub struct Organization {
    root: PathBuf,
    file: PathBuf,
    source: Source,
    fragment: Fragment,
    options: Options,
}

impl Organization {
    /// Loads an organization's spec with the repositories that it names; arguments as those of [`Project::load`].
    ///
    /// # Errors
    /// When it, or one of the repositories, cannot be read or has mistakes, or two of them contradict each other.
    pub fn load(spec: &Path, root: Option<&Path>, today: Date) -> Result<Organization> {
        let folder = spec.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let root = root.unwrap_or(folder).to_path_buf();
        let path = spec_path(spec, &root)?;
        let source = Source::new(path.clone(), read_spec(spec, &path)?);
        let (read, found) = parse_organization(&source);
        let mut found = found.into_vec();
        let refuse = |diagnostics| Error::Spec { source: Box::new(source.clone()), diagnostics };
        let Some(read) = read else { return Err(refuse(found)) };
        let waivers = waivers(&read, today, &mut found);
        let access = read.access.given();
        let defaults = access.and_then(|access| access.defaults.given()).map(|defaults| declared(defaults, &mut found));
        let own = stackgate_access::Organization {
            organization: read.organization.get().map(ToString::to_string).unwrap_or_default(),
            cloud_url: read.cloud_url.given().map_or_else(|| "https://api.pulumi.com".into(), ToString::to_string),
            source: path.clone(),
            defaults,
            access: access.map_or_else(Access::default, resolve_access),
            waivers,
        };
        let repositories = match repositories(&root, &path, &read, today, &mut found) {
            Ok(repositories) => repositories,
            Err(error) if found.iter().all(|told| told.severity < Severity::Error) => return Err(error),
            Err(error) => return Err(Error::Several(vec![refuse(found), error])),
        };
        if found.iter().any(|told| told.severity == Severity::Error) {
            return Err(refuse(found));
        }
        let fragments: Vec<Fragment> = repositories.iter().map(|(fragment, _)| fragment.clone()).collect();
        let place = read.repositories.span;
        let fragment = compose(&own, &fragments).map_err(|conflicts| {
            let told = conflicts.iter().map(|conflict| {
                let message = format!("{}: {}", conflict.sources.join(" and "), conflict.message);
                Diagnostic::error(conflict.rule, place, message).help(conflict.rule.instead)
            });
            refuse(told.collect())
        })?;
        let refuted = refuted(&fragment, &repositories, place)?;
        if !refuted.is_empty() {
            return Err(refuse(refuted));
        }
        let (ci, wrong) =
            read.ci_settings.given().map(|systems| ci_settings::options(systems, &fragment)).unwrap_or_default();
        if !wrong.is_empty() {
            return Err(refuse(wrong));
        }
        let options = Options {
            approvers: read.approvers.as_ref().map(|team| team.to_string()),
            gate_open: read.gate_open.as_ref().is_some_and(|gate| gate.value),
            ci,
            ..Options::default()
        };
        Ok(Organization { root, file: spec.to_path_buf(), source, fragment, options })
    }

    /// The spec's text and path.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// All that Pulumi Cloud must hold.
    pub fn fragment(&self) -> &Fragment {
        &self.fragment
    }

    /// Renders every file.
    ///
    /// # Errors
    /// When a value of a fragment cannot be written where it belongs.
    pub fn render(&self) -> Result<Vec<Artifact>> {
        render(&self.fragment, &self.options).map_err(|error| Error::Refused(error.to_string()))
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
            places: places().to_vec(),
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
        compare(&self.root, self.source.path(), artifacts, places().iter().copied())
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

/// The defaults as declared: every team token carries them, so that nothing but `none` is accepted.
fn declared(defaults: &stackgate_spec::OrganizationDefaults, found: &mut Vec<Diagnostic>) -> OrganizationDefaults {
    let mut refuse = |span: Span, what: &str| {
        let message = format!("the organization's defaults would give every team token {what}");
        let help = "write `none` and `members_create_stacks: false`; grant to teams what they need";
        found.push(Diagnostic::error(&ORGANIZATION_DEFAULT, span, message).help(help));
    };
    let stacks = defaults.stacks.as_ref().and_then(|given| {
        let permission = match given.value {
            DefaultStackPermission::None => return None,
            DefaultStackPermission::Read => StackPermission::Read,
            DefaultStackPermission::Write => StackPermission::Write,
            DefaultStackPermission::Admin => StackPermission::Admin,
        };
        refuse(given.span, &format!("`{}` on every stack", given.value));
        Some(permission)
    });
    let environments = defaults.environments.as_ref().and_then(|given| {
        let permission = match given.value {
            DefaultEnvironmentPermission::None => return None,
            DefaultEnvironmentPermission::Read => EnvironmentPermission::Read,
            DefaultEnvironmentPermission::Open => EnvironmentPermission::Open,
            DefaultEnvironmentPermission::Write => EnvironmentPermission::Write,
            DefaultEnvironmentPermission::Admin => EnvironmentPermission::Admin,
        };
        refuse(given.span, &format!("`{}` on every ESC environment", given.value));
        Some(permission)
    });
    let create = defaults.members_create_stacks.as_ref().filter(|given| given.value);
    if let Some(create) = create {
        refuse(create.span, "the right to create stacks");
    }
    OrganizationDefaults { stacks, environments, members_create_stacks: create.is_some() }
}

type Part = (Fragment, Option<Project>);

/// The fragment of every repository, with its project where its spec is here.
fn repositories(
    root: &Path,
    own: &str,
    spec: &OrganizationSpec,
    today: Date,
    found: &mut Vec<Diagnostic>,
) -> Result<Vec<Part>> {
    let mut parts: IndexMap<String, Part> = IndexMap::new();
    let mut errors = Vec::new();
    // What names both, or nothing, was told already.
    let legal = |repository: &&Repository| repository.spec.is_some() != repository.fragment.is_some();
    for repository in spec.repositories.value.iter().filter_map(Kept::get).filter(legal) {
        if let Err(error) = add(root, own, repository, today, &mut parts, found) {
            errors.push(error);
        }
    }
    match errors.len() {
        0 => Ok(parts.into_values().collect()),
        1 => Err(errors.remove(0)),
        _ => Err(Error::Several(errors)),
    }
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
        // Every repository calls its own spec the same; here the files tell them apart.
        fragment.source = path.to_string();
        parts.insert(path.to_string(), (fragment, None));
    }
    let Some(glob) = &repository.spec else { return Ok(()) };
    let paths: Vec<String> = disk::matching(root, glob)?.into_iter().filter(|path| path != own).collect();
    if paths.is_empty() {
        let message = format!("`{}` is no spec below this file", glob.value);
        let help = "name the repositories' specs from this file's folder; `*` stands for a part of one name";
        found.push(Diagnostic::error(&rules::REPOSITORY_MISSING, glob.span, message).help(help));
    }
    let mut errors = Vec::new();
    for path in paths.into_iter().filter(|path| !parts.contains_key(path)).collect::<Vec<_>>() {
        let folder = path.rsplit_once('/').map_or(root.to_path_buf(), |(folder, _)| root.join(folder));
        let part = Project::of(Source::new(path.clone(), text(&path)?), folder, today).and_then(|project| {
            let fragment = project.fragment(&project.trust()?);
            Ok((fragment, Some(project)))
        });
        match part {
            Ok(part) => {
                parts.insert(path, part);
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Several(errors)) }
}

/// Tries the tokens of every repository against the policies of all.
fn refuted(all: &Fragment, repositories: &[Part], place: Span) -> Result<Vec<Diagnostic>> {
    let policies: IndexMap<String, Vec<Policy>> =
        all.issuers.iter().map(|(url, issuer)| (url.clone(), issuer.policies.clone())).collect();
    let mut refuted = Vec::new();
    for project in repositories.iter().filter_map(|(_, project)| project.as_ref()) {
        let proof = prove(&project.trust()?, &policies);
        refuted.extend(proof.holes.iter().map(|hole| {
            let message = format!("{}: {}", project.source().path(), hole.message);
            Diagnostic::error(&TRUST_REFUTED, place, message)
                .help("`stackgate trust prove` in the repository shows more")
        }));
    }
    Ok(refuted)
}
