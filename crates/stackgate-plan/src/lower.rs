//! From the spec to the plan, with every mistake that only the whole spec shows.
//!
//! What must always hold: all mistakes are found in one run, and none is reported that only follows from another; what
//! could not be read is passed over in silence, since it was reported already. The clock is given, never read.

mod access;
mod clouds;
mod deployments;
mod graph;
mod jobs;
mod names;
mod order;
mod providers;
mod references;
mod settings;
mod stacks;
pub(crate) mod stages;
mod teams;
mod tools;
mod waivers;

use std::sync::Arc;

use jiff::civil::Date;
use stackgate_diagnostic::{Diagnostic, Diagnostics, Rule};
use stackgate_spec::{Defaults, Spec};

use crate::model::{KnownStack, Plan};
use crate::pins::Pins;

pub use access::{judge_defaults, resolve_access};

/// What lowering needs besides the spec.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The spec's path relative to the repository root, with `/`.
    pub spec_path: &'a str,
    /// The pin table. A spec without pins of its own shares it.
    pub pins: &'a Arc<Pins>,
    /// The day on which waivers are judged.
    pub today: Date,
    /// Every rule there is, the adapters' included, so that a waiver can name it.
    pub rules: &'a [&'static Rule],
    /// Those of them that judge files: a waiver of one names a file, and whoever judges files looks whether there is one.
    pub rules_of_files: &'a [&'static Rule],
}

/// A plan with what is wrong with its spec.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The plan as far as the spec says it. Beside an error it serves one purpose: to be judged by the adapters too, so
    /// that their mistakes come in the same run.
    pub draft: Plan,
    /// Everything that is wrong, in the order of the file.
    pub diagnostics: Diagnostics,
}

impl Lowered {
    /// The plan, to be rendered, with its warnings and notices; or else all diagnostics.
    ///
    /// # Errors
    /// When one of the diagnostics is an error.
    pub fn accept(self) -> Result<(Plan, Diagnostics), Diagnostics> {
        if self.diagnostics.has_errors() { Err(self.diagnostics) } else { Ok((self.draft, self.diagnostics)) }
    }
}

/// Decides what a spec means.
#[must_use]
pub fn lower(spec: &Spec, context: &Context<'_>) -> Lowered {
    let defaults = spec.defaults();
    let mut lowering =
        Lowering { spec, defaults: &defaults, context, found: Diagnostics::new(), suggestions: SUGGESTIONS };
    let pins = lowering.pins();
    let cli = lowering.cli(&pins);
    let waivers = lowering.waivers();
    lowering.default_providers();
    let stacks = lowering.stacks(&waivers);
    let after = lowering.order(&stacks);
    lowering.unused_deployments(&stacks);
    lowering.cli_of_deployments(&stacks);
    let stages = lowering.stages(&stacks, &after, &pins);
    let jobs = lowering.jobs(&pins);
    let collided = lowering.names(&stacks, &stages);
    lowering.teams(&stacks, &collided);
    lowering.environments(&stacks, &collided);
    lowering.stack_references(&stacks, &waivers);
    let access = lowering.access(&stacks, &waivers);
    lowering.waived_places(&stacks);
    let known = |stack: &stacks::Resolved<'_>| KnownStack {
        project: stack.project.to_owned(),
        stack: stack.stack.to_owned(),
        tier: stages::tier(stack.tier),
        esc: stages::esc(stack),
    };
    let draft = Plan {
        organization: text(spec.organization.get()),
        cloud_url: spec.cloud_url.given().map_or_else(|| "https://api.pulumi.com".into(), ToString::to_string),
        branch: spec.branch.given().map_or_else(|| "main".into(), ToString::to_string),
        spec_path: context.spec_path.to_owned(),
        cli,
        stages,
        jobs,
        access,
        stacks: stacks.iter().map(known).collect(),
        deployments: stacks.into_iter().filter_map(|stack| stack.deployments).collect(),
        waivers,
        auditing: None,
        pins,
    };
    Lowered { draft, diagnostics: once(lowering.found) }
}

/// The work in hand: what is read, and what was found.
struct Lowering<'a> {
    spec: &'a Spec,
    defaults: &'a Defaults,
    context: &'a Context<'a>,
    found: Diagnostics,
    /// How many more words are compared with others, which costs most of all that is done here.
    suggestions: u32,
}

/// A spec with more unknown words than this is not mended by suggestions.
const SUGGESTIONS: u32 = 50;

impl Lowering<'_> {
    fn error(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// The candidate that was probably meant by a word.
    fn closest<'c>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
        self.suggestions = self.suggestions.checked_sub(1)?;
        stackgate_diagnostic::closest(word, candidates)
    }

    /// Whether nobody can know what stacks a project has, since something in it could not be read.
    fn opaque(&self, project: &str) -> bool {
        let row = self.spec.projects.row(project);
        row.is_some_and(|row| row.value.get().is_none_or(|project| project.stacks.is_failed()))
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The same without repetitions: what stands under `defaults` is met once for every stack.
fn once(found: Diagnostics) -> Diagnostics {
    let mut all: Vec<Diagnostic> = found.sorted().into_vec();
    all.dedup_by(|a, b| a.rule == b.rule && a.span == b.span && a.message == b.message);
    all.into()
}

/// Labels a diagnostic with what was probably meant.
fn did_you_mean(diagnostic: Diagnostic, meant: Option<&str>) -> Diagnostic {
    match meant {
        Some(meant) => diagnostic.label(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}
