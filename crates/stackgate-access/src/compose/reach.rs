//! What a fragment's teams may do to what other repositories have.
//!
//! What must hold: a pipeline writes to its own repository's stacks alone; production is reached by production and by
//! nobody else. Deliberately absent: what a repository's teams do to its own stacks, which its plan judged.

use std::collections::BTreeMap;

use stackgate_diagnostic::Rule;
use stackgate_plan::{EnvironmentPermission, StackPermission, Tier, TrustClass};

use super::{Composition, Conflict, Part};
use crate::fragment::{Fragment, Team, TeamKind};
use crate::rules::{BEYOND_REPOSITORY, PEOPLE_OPEN, PEOPLE_WRITE, REACHES_PRODUCTION, UNKNOWN_STACK};

/// ESC environments of production stacks, each with the stacks that open it and whose they are.
type Production<'a> = BTreeMap<&'a str, Vec<(&'a Fragment, &'a str)>>;

impl<'a> Composition<'a> {
    /// Judges every grant on another repository's stack or environment.
    pub(super) fn reach(&mut self) {
        let production = self.production();
        let mut found = Vec::new();
        for part in self.parts() {
            for (name, team) in part.teams {
                self.stacks(&part, name, team, &mut found);
                environments(&part, name, team, &production, &mut found);
            }
        }
        found.retain(|conflict: &Conflict| !self.waived(conflict));
        self.conflicts.append(&mut found);
    }

    fn production(&self) -> Production<'a> {
        let mut production = Production::new();
        for fragment in self.fragments.iter().copied() {
            for (stack, entry) in fragment.stacks.iter().filter(|(_, entry)| entry.tier == Tier::Production) {
                for environment in &entry.esc {
                    production.entry(environment).or_default().push((fragment, stack));
                }
            }
        }
        production
    }

    fn stacks(&self, part: &Part<'_>, name: &str, team: &Team, found: &mut Vec<Conflict>) {
        for (stack, permission) in &team.stacks {
            let Some((_, owner)) = self.owner(stack) else {
                let message = format!("the team `{name}` is granted `{stack}`, which no repository has");
                found.push(Conflict::new(&UNKNOWN_STACK, &[part.source], message).place(stack).place(name));
                continue;
            };
            if part.is(owner) {
                continue;
            }
            let production = owner.stacks.get(stack).is_some_and(|entry| entry.tier == Tier::Production);
            let writes = *permission > StackPermission::Read;
            let (rule, message) = match team.kind {
                TeamKind::People if writes && production => {
                    (&PEOPLE_WRITE, format!("people in `{name}` could deploy the production stack `{stack}`"))
                }
                TeamKind::Pipeline if writes => {
                    (&BEYOND_REPOSITORY, format!("the pipeline team `{name}` could deploy `{stack}`"))
                }
                TeamKind::Pipeline if production && lower(team) => {
                    (&REACHES_PRODUCTION, format!("the pipeline team `{name}` reads the production stack `{stack}`"))
                }
                _ => continue,
            };
            found.push(conflict(rule, part, owner, message, stack, name));
        }
    }

    /// Whether the organization's spec waives it.
    fn waived(&self, conflict: &Conflict) -> bool {
        let names = |waiver: &stackgate_plan::Waiver| conflict.places.contains(&waiver.place);
        conflict.rule.waivable && self.own.waivers.iter().any(|waiver| waiver.rule == conflict.rule.id && names(waiver))
    }
}

impl Part<'_> {
    /// Whether this is that fragment itself, not one that looks the same.
    fn is(&self, other: &Fragment) -> bool {
        self.fragment.is_some_and(|fragment| std::ptr::eq(fragment, other))
    }
}

fn environments(part: &Part<'_>, name: &str, team: &Team, production: &Production<'_>, found: &mut Vec<Conflict>) {
    for (environment, grant) in &team.environments {
        let others = production.get(environment.as_str()).into_iter().flatten();
        let Some((owner, stack)) = others.copied().find(|(owner, _)| !part.is(owner)) else { continue };
        let what = format!("`{environment}`, which the production stack `{stack}` uses");
        let (rule, message) = match team.kind {
            _ if grant.permission == EnvironmentPermission::Read => continue,
            TeamKind::People => (&PEOPLE_OPEN, format!("people in `{name}` could open {what}")),
            TeamKind::Pipeline if grant.permission > EnvironmentPermission::Open => {
                (&BEYOND_REPOSITORY, format!("the pipeline team `{name}` could change {what}"))
            }
            TeamKind::Pipeline if lower(team) => {
                (&REACHES_PRODUCTION, format!("the pipeline team `{name}` opens {what}"))
            }
            TeamKind::Pipeline => continue,
        };
        found.push(conflict(rule, part, owner, message, stack, name));
    }
}

/// Whether a pipeline's team is of a class below production; one that does not say is.
fn lower(team: &Team) -> bool {
    team.class.is_none_or(|class| class < TrustClass::Production)
}

fn conflict(
    rule: &'static Rule,
    part: &Part<'_>,
    owner: &Fragment,
    message: String,
    stack: &str,
    team: &str,
) -> Conflict {
    Conflict::new(rule, &[part.source, &owner.source], message)
        .place(stack)
        .place(stack.split('/').next().unwrap_or_default())
        .place(team)
}
