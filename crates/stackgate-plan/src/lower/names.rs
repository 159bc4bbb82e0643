//! Names that must differ: of stages, jobs, teams and environments.
//!
//! What must always hold: names are compared without case, since some systems do; one collision is told once, and what
//! only follows from it not at all. Deliberately absent: any repair.

use std::collections::{HashMap, HashSet};

use stackgate_diagnostic::{Diagnostic, Span};

use super::Lowering;
use super::stacks::{Resolved, Work};
use crate::model::{Action, Stage};
use crate::rules::{ENVIRONMENT_SHARED, NAME_COLLISION};

/// The team and environment names, in lower case, that a collision was reported for.
pub(super) type Collided = HashSet<String>;

/// What a derived name stands for; two uses of one name with one owner are no collision.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Owner<'a> {
    /// A stack's deploy.
    Deploy(usize),
    /// A stack's preview after the merge.
    Merge(usize),
    /// The change requests of a project.
    Project(&'a str),
}

struct Use<'a> {
    owner: Owner<'a>,
    place: Span,
    stack: &'a Resolved<'a>,
}

impl Use<'_> {
    /// What uses the name, for a message.
    fn what(&self) -> String {
        let reference = self.stack.reference();
        match self.owner {
            Owner::Deploy(_) => format!("the deploy of `{reference}`"),
            Owner::Merge(_) => format!("the preview of `{reference}` after the merge"),
            Owner::Project(project) => format!("the previews of change requests of `{project}`"),
        }
    }
}

impl Lowering<'_> {
    /// Reports names that meet, and returns those that did.
    pub(super) fn names(&mut self, stacks: &[Resolved<'_>], stages: &[Stage]) -> Collided {
        let mut collided = Collided::new();
        let pairs = self.base_names(stacks, &mut collided);
        self.derived_names(stacks, &pairs, &mut collided);
        self.job_names(stages);
        collided
    }

    /// Stacks whose base names are the same; all names derived from these are, too.
    fn base_names(&mut self, stacks: &[Resolved<'_>], collided: &mut Collided) -> HashSet<usize> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut pairs = HashSet::new();
        for (at, stack) in stacks.iter().enumerate().filter(|(_, stack)| stack.works().next().is_some()) {
            let name = stack.name.to_lowercase();
            let Some(first) = seen.get(&name).map(|first| &stacks[*first]) else {
                seen.insert(name, at);
                continue;
            };
            let message =
                format!("`{}` and `{}` both get the name `{}`", first.reference(), stack.reference(), stack.name);
            let place = stack.settings.and_then(|(_, own)| own.name.as_ref()).map_or(stack.key, |name| name.span);
            let diagnostic =
                Diagnostic::error(&NAME_COLLISION, place, message).related(first.key, "the other one is here");
            self.error(
                diagnostic.help("give one of them a `name:` of its own; upper and lower case count as the same"),
            );
            collided.extend([format!("{name}-preview"), name]);
            pairs.insert(at);
        }
        pairs
    }

    /// Derived teams and environments that meet another derived one: `preview` as a stack, `x-preview` beside `x`.
    fn derived_names(&mut self, stacks: &[Resolved<'_>], known: &HashSet<usize>, collided: &mut Collided) {
        let mut seen: HashMap<String, Use<'_>> = HashMap::new();
        for (at, stack) in stacks.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
            for work in stack.works() {
                let names = [Some(&work.team), work.environment.as_ref()];
                for name in names.into_iter().flatten().filter(|name| name.derived) {
                    let owner = match (work.action, &work.environment) {
                        (Action::Deploy, _) => Owner::Deploy(at),
                        (Action::Preview | Action::Audit, Some(_)) => Owner::Merge(at),
                        (Action::Preview | Action::Audit, None) => Owner::Project(stack.project),
                    };
                    let this = Use { owner, place: stack.key, stack };
                    let text = name.text.to_lowercase();
                    match seen.get(&text) {
                        None => {
                            seen.insert(text, this);
                        }
                        Some(first) if first.owner == owner => {}
                        Some(first) => {
                            if collided.insert(text) {
                                let message =
                                    format!("{} and {} both get the name `{}`", first.what(), this.what(), name.text);
                                let diagnostic = Diagnostic::error(&NAME_COLLISION, stack.key, message)
                                    .related(first.place, "the other one is here");
                                self.error(
                                    diagnostic
                                        .help("give one of the stacks a `name:`, or name the team of the preview"),
                                );
                            }
                        }
                    }
                }
            }
        }
    }

    /// Jobs stand beside stages in every provider.
    fn job_names(&mut self, stages: &[Stage]) {
        if self.spec.jobs.given().is_none_or(|jobs| jobs.is_empty()) {
            return;
        }
        let mut seen: HashMap<String, (Span, String)> = stages
            .iter()
            .map(|stage| (stage.id.to_lowercase(), (stage.places.stack, format!("a stage of `{}`", stage.reference()))))
            .collect();
        for (id, span, _) in self.spec.jobs.given().into_iter().flat_map(|jobs| jobs.iter()) {
            let name = id.to_lowercase();
            match seen.get(&name) {
                None => {
                    seen.insert(name, (span, format!("the job `{id}`")));
                }
                Some((first, what)) => {
                    let message = format!("the job `{id}` has the name of {what}");
                    let diagnostic =
                        Diagnostic::error(&NAME_COLLISION, span, message).related(*first, "the other one is here");
                    self.error(diagnostic.help("rename the job; upper and lower case count as the same"));
                }
            }
        }
    }

    /// Environments that two teams, or a preview and a deploy, would share.
    pub(super) fn environments(&mut self, stacks: &[Resolved<'_>], collided: &Collided) {
        let mut seen: HashMap<(String, String), (&Resolved<'_>, &Work, Span)> = HashMap::new();
        for stack in stacks {
            for work in stack.works() {
                let Some(environment) = &work.environment else { continue };
                let name = environment.text.to_lowercase();
                if collided.contains(&name) {
                    continue;
                }
                let provider = work.provider.provider().map(|(id, _)| id.to_owned()).unwrap_or_default();
                let Some((first, other, place)) = seen.get(&(provider.clone(), name.clone())) else {
                    seen.insert((provider, name), (stack, work, environment.span));
                    continue;
                };
                let (this, that) = (stack.reference(), first.reference());
                let name = &environment.text;
                let message = if work.action != other.action {
                    let (preview, deploy) =
                        if work.action == Action::Preview { (&this, &that) } else { (&that, &this) };
                    format!("the preview of `{preview}` and the deploy of `{deploy}` share the environment `{name}`")
                } else if work.team.text.to_lowercase() != other.team.text.to_lowercase() {
                    format!("the teams `{}` and `{}` share the environment `{name}`", other.team.text, work.team.text)
                } else {
                    continue;
                };
                // Whoever named the environment can name another.
                let (at, there, whose) = if environment.derived {
                    (*place, environment.span, this)
                } else {
                    (environment.span, *place, that)
                };
                let mut diagnostic = Diagnostic::error(&ENVIRONMENT_SHARED, at, message);
                if at != there {
                    diagnostic = diagnostic.related(there, format!("`{whose}` uses it here"));
                }
                self.error(diagnostic.help("leave `environment` out, so that each gets its own, or name another"));
            }
        }
    }
}
