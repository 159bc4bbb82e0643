//! `import`: reads pipelines that stackgate never wrote, and writes the spec that comes nearest.
//!
//! What must hold: no pipeline is changed and no spec is overwritten; each value of the spec says where it came from; what
//! the spec cannot say is told, and so is each difference between the old pipelines and those that the spec renders, the worst
//! first. A file that cannot be read keeps anything from being written, and no other file from being judged.
//! Deliberately absent: the terminal, and any provider's words but for options.

mod compare;
mod derive;
mod draft;
mod expand;
mod fact;
mod find;
mod leaves;
mod leftover;
mod legal;
mod matrix;
mod own;
mod place;
mod respect;
mod role;
mod rules;
mod scripts;
mod write;

use std::path::Path;

use jiff::civil::Date;
use stackgate_diagnostic::{Severity, Source};
use stackgate_facts::universe;
use stackgate_provider::{Artifact, Provider};
use stackgate_report::{Finding, Report};

use crate::error::{Error, Result};
use crate::init::look;
use crate::project::{Project, SPEC_NAME};
use crate::registry::{PROVIDERS, provider};
use crate::tree::Repository;
use derive::Derive;
use find::{Pipeline, find};
use role::roles;
pub(crate) use rules::RULES;
use rules::{DECIDE, NARROWER, NOT_EXPRESSED, OTHERWISE, WIDER, told};
use write::{Leaf, Live, text};

/// What to import, and for which system.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Pipelines, or folders of them, relative to the root; all that are found where none is named.
    pub paths: Vec<String>,
    /// The provider that the spec is for; the one whose pipelines deploy unless given.
    pub provider: Option<String>,
    /// The Pulumi organization; what the pipelines say unless given.
    pub organization: Option<String>,
}

/// What an import came to.
pub struct Imported {
    /// The spec; nothing where there is none to write, and the report says why.
    pub spec: Option<String>,
    /// The spec that the comparison rests on: the same, with some value wherever somebody has to fill one in.
    pub compared: Option<String>,
    /// What the spec needs and no file says: the spec's own mistakes.
    pub open: Option<Error>,
    /// What could not be expressed, what is to be decided, what will change.
    pub report: Report,
    /// Whether the repository has more files than are looked at.
    pub cut: bool,
}

/// Reads the pipelines of the repository at `root`. It writes nothing.
///
/// # Errors
/// When there is no pipeline, a path leads nowhere, or the root cannot be read.
pub fn import(root: &Path, options: &ImportOptions, today: Date) -> Result<Imported> {
    let found = look(root);
    let pipelines = find(root, &found, &options.paths)?;
    if pipelines.read.is_empty() && pipelines.unread.is_empty() {
        let names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.title()).collect();
        return Err(Error::Refused(format!(
            "there is no pipeline of {} here; name one that lies elsewhere: `stackgate import PATH`",
            names.join(", ")
        )));
    }
    let known = universe(pipelines.read.iter().map(|pipeline| &pipeline.observation));
    let (old, loose) = roles(&pipelines.read, &found, &known);
    let mut findings = leftover::undecided(&pipelines, &old, &loose);
    findings.extend(leftover::not_expressed(&old, &loose, options.provider.as_deref()));
    findings.extend(scripts::hidden(&Repository::open(root)?, &pipelines.read));
    let broken = pipelines.read.iter().any(Pipeline::is_broken);
    let hidden = loose.iter().any(|loose| loose.deploys) && !found.projects.is_empty();
    let nothing = old.is_empty() && !hidden;
    if nothing {
        let headline = format!(
            "nothing to import: no job of {} deploys or previews a stack that can be told; `stackgate init` begins a spec without",
            count(pipelines.read.len(), "pipeline")
        );
        let mut report = Report::worst_first("import", vec![SPEC_NAME.to_owned()], headline, findings);
        report.finished = false;
        return Ok(Imported { spec: None, compared: None, open: None, report, cut: found.cut });
    }
    let chosen = choose(options, &pipelines.read, &old)?;
    let mut derive = Derive {
        found: &found,
        pipelines: &pipelines.read,
        roles: &old,
        loose: &loose,
        provider: chosen,
        organization: options.organization.as_deref(),
        findings: Vec::new(),
    };
    let draft = derive.draft();
    findings.append(&mut derive.findings);
    let mut leaves = leaves::leaves(&draft);
    let whole = settle(&mut leaves, root, today)?;
    findings.extend(refused(&leaves));
    let (spec, _) = text(&leaves, false);
    let open = match Project::of(Source::new(SPEC_NAME, spec.clone()), root.to_path_buf(), today) {
        Ok(_) => None,
        Err(error @ Error::Spec { .. }) => Some(error),
        Err(error) => return Err(error),
    };
    let mut artifacts = Vec::new();
    match &whole {
        Ok(project) => {
            let rendered = project.render()?;
            let new = read_back(root, chosen, &rendered)?;
            artifacts = rendered.into_iter().map(|artifact| artifact.path).collect();
            let all = pipelines.read.iter().chain(&new).map(|pipeline| &pipeline.observation);
            let known = universe(all);
            let (old, _) = roles(&pipelines.read, &found, &known);
            let (new_roles, _) = roles(&new, &found, &known);
            findings.extend(compare::compare(&old, &new_roles, SPEC_NAME, &draft.branch.value));
        }
        Err(mistakes) => {
            let message = "what will change is not known before the spec is filled in";
            let help = "fill it in; `stackgate generate --dry-run` then shows the new pipelines";
            let mut finding = told(&DECIDE, message).help(help);
            finding.details.clone_from(mistakes);
            findings.push(finding);
        }
    }
    findings.extend(leftover::files(&pipelines.read, &old, &loose, &artifacts, &draft.jobs));
    let titles = old.iter().map(role::Role::title).collect();
    let findings = compare::grouped(findings, &titles);
    let headline = headline(&pipelines.read, &old, &findings, open.is_some(), broken);
    let mut report = Report::worst_first("import", vec![SPEC_NAME.to_owned()], headline, findings);
    report.finished = !broken;
    let compared = whole.ok().map(|project| project.source().text().to_owned());
    Ok(Imported { spec: (!broken).then_some(spec), compared, open, report, cut: found.cut })
}

/// The provider to render for: the one that was asked for, or the one whose pipelines deploy most.
fn choose(options: &ImportOptions, pipelines: &[Pipeline], roles: &[role::Role<'_>]) -> Result<&'static dyn Provider> {
    if let Some(id) = &options.provider {
        return provider(id).ok_or_else(|| {
            let ids: Vec<&str> = PROVIDERS.iter().map(|provider| provider.id()).collect();
            let quoted = stackgate_diagnostic::quote(id);
            Error::Refused(format!("{quoted} is not a CI system that stackgate knows: one of {}", ids.join(", ")))
        });
    }
    let count =
        |provider: &dyn Provider| roles.iter().filter(|role| role.pipeline.provider.id() == provider.id()).count();
    let most =
        PROVIDERS.iter().copied().rev().max_by_key(|provider| count(*provider)).filter(|provider| count(*provider) > 0);
    let first = pipelines.first().map(|pipeline| pipeline.provider);
    most.or(first).ok_or_else(|| Error::Refused("name the CI system to render for: `--provider ID`".to_owned()))
}

/// Takes out whatever the spec's own checks refuse, until nothing is left that can go. The project of the spec in which also
/// stands what somebody has to decide; or its mistakes, where it has some still.
fn settle(leaves: &mut [Leaf], root: &Path, today: Date) -> Result<std::result::Result<Project, Vec<String>>> {
    let mut left = Vec::new();
    for _ in 0..=leaves.len() {
        let (spec, places) = text(leaves, true);
        let diagnostics = match Project::of(Source::new(SPEC_NAME, spec), root.to_path_buf(), today) {
            Ok(project) => return Ok(Ok(project)),
            Err(Error::Spec { diagnostics, .. }) => diagnostics,
            Err(error) => return Err(error),
        };
        let mut changed = false;
        for diagnostic in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            let Some(span) = diagnostic.span else { continue };
            let hit =
                leaves.iter_mut().zip(&places).find(|(_, place)| place.contains(&span.start)).map(|(leaf, _)| leaf);
            if let Some(leaf) = hit.filter(|leaf| leaf.live == Live::Found) {
                leaf.live = Live::Refused(diagnostic.message.clone());
                changed = true;
                // The next mistake may only have followed from this one.
                break;
            }
        }
        if !changed {
            let errors = diagnostics.into_iter().filter(|found| found.severity == Severity::Error);
            left = errors.map(|found| found.message).collect();
            break;
        }
    }
    Ok(Err(left))
}

/// A finding for each value that was found and that no spec may hold.
fn refused(leaves: &[Leaf]) -> Vec<Finding> {
    let of = |leaf: &Leaf| match &leaf.live {
        Live::Refused(why) => {
            let message = format!("{}: {} ({}) is left out: {why}", leaf.keys.join("."), leaf.value.trim(), leaf.note);
            Some(told(&NOT_EXPRESSED, message).help("it stands in the spec as a comment"))
        }
        _ => None,
    };
    leaves.iter().filter_map(of).collect()
}

/// The rendered pipelines, read as any other.
fn read_back(root: &Path, provider: &'static dyn Provider, artifacts: &[Artifact]) -> Result<Vec<Pipeline>> {
    let Some(reader) = provider.reader() else { return Ok(Vec::new()) };
    let tree = Repository::open(root)?;
    for artifact in artifacts {
        tree.put(&artifact.path, &artifact.contents(SPEC_NAME));
    }
    let read = artifacts
        .iter()
        .filter(|artifact| artifact.provider == provider.id())
        .filter(|artifact| reader.is_pipeline(&artifact.path) || artifact.path.ends_with(".yml"))
        .map(|artifact| Pipeline {
            observation: reader.read(&artifact.path, &tree),
            path: artifact.path.clone(),
            provider,
        });
    Ok(read.collect())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn headline(
    pipelines: &[Pipeline],
    roles: &[role::Role<'_>],
    findings: &[Finding],
    open: bool,
    broken: bool,
) -> String {
    let mut stacks: Vec<String> = roles.iter().map(|role| role.name.to_string()).collect();
    stacks.sort();
    stacks.dedup();
    let of = |id: &str| findings.iter().filter(|finding| finding.rule.id == id).count();
    let mut text = format!("{} of {}", count(stacks.len(), "stack"), count(pipelines.len(), "pipeline"));
    text.push_str(&format!(
        ": {} wider, {} not expressed, {} to decide, {} otherwise, {} narrower",
        of(WIDER.id),
        of(NOT_EXPRESSED.id),
        of(DECIDE.id),
        of(OTHERWISE.id),
        of(NARROWER.id)
    ));
    if open {
        text.push_str("; compared as if what has to be filled in were there");
    }
    if broken {
        text.push_str("; nothing is written, since a pipeline could not be read");
    }
    text
}
