//! Many fragments and an organization's own access become one fragment, or a list of all that stands between them.
//!
//! What must hold: every contradiction is found in one run and names both sources; the order of the fragments decides
//! nothing but the order of policies. What one repository says never widens what another's teams may do. Deliberately
//! absent: places in files, which the caller knows.

mod ci;
mod conflict;
mod issuers;
mod reach;
mod teams;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use stackgate_diagnostic::quote;
use stackgate_plan::{Access, Waiver};

pub use conflict::Conflict;

use crate::derive::people;
use crate::fragment::{Fragment, OrganizationDefaults, Team, VERSION};
use crate::rules::{BEYOND_REPOSITORY, OTHER_ORGANIZATION, SETS_DEFAULTS, SOURCE_TWICE, STACK_CLAIMED_TWICE};

/// What an organization's spec says besides naming its repositories.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The Pulumi organization.
    pub organization: String,
    /// The base URL of Pulumi Cloud's API.
    pub cloud_url: String,
    /// The organization spec's path, for messages.
    pub source: String,
    /// The defaults, where the spec sets them.
    pub defaults: Option<OrganizationDefaults>,
    /// Teams of people with their grants.
    pub access: Access,
    /// The spec's waivers; whether they still hold is the caller's to judge.
    pub waivers: Vec<Waiver>,
}

/// Composes the fragments of one organization.
///
/// Maps of the result are sorted. An issuer's policies follow the order of `fragments`; its life of a token is the longest.
///
/// # Errors
/// Every conflict between the fragments, sorted by rule and message.
pub fn compose(own: &Organization, fragments: &[Fragment]) -> Result<Fragment, Vec<Conflict>> {
    let own_teams = people(&own.access);
    let mut sorted: Vec<&Fragment> = fragments.iter().collect();
    sorted.sort_by(|one, other| one.source.cmp(&other.source));
    let mut composition = Composition { own, own_teams: &own_teams, fragments: sorted, conflicts: Vec::new() };
    composition.same_organization();
    composition.claims();
    composition.reach();
    let teams = composition.teams();
    let issuers = composition.issuers(fragments);
    let ci = composition.ci();
    let Composition { fragments: sorted, mut conflicts, .. } = composition;
    if !conflicts.is_empty() {
        conflicts.sort_by(|one, other| (one.rule.id, &one.message).cmp(&(other.rule.id, &other.message)));
        conflicts.dedup();
        return Err(conflicts);
    }
    let mut stacks: IndexMap<_, _> = sorted.iter().flat_map(|fragment| fragment.stacks.clone()).collect();
    stacks.sort_unstable_keys();
    let mut deployments: Vec<_> = sorted.iter().flat_map(|fragment| fragment.deployments.clone()).collect();
    deployments.sort_by(|one, other| (&one.project, &one.stack).cmp(&(&other.project, &other.stack)));
    let residual = sorted
        .iter()
        .flat_map(|fragment| fragment.residual.iter().map(|sentence| format!("{}: {sentence}", fragment.source)));
    Ok(Fragment {
        version: VERSION,
        organization: own.organization.clone(),
        cloud_url: own.cloud_url.clone(),
        source: own.source.clone(),
        defaults: own.defaults,
        issuers,
        stacks,
        teams,
        deployments,
        ci,
        residual: residual.collect(),
    })
}

/// One fragment among the others; the organization's own access is the first.
struct Part<'a> {
    source: &'a str,
    teams: &'a IndexMap<String, Team>,
    /// None for the organization itself.
    fragment: Option<&'a Fragment>,
}

/// Work in progress.
struct Composition<'a> {
    own: &'a Organization,
    own_teams: &'a IndexMap<String, Team>,
    /// Sorted by source.
    fragments: Vec<&'a Fragment>,
    conflicts: Vec<Conflict>,
}

impl<'a> Composition<'a> {
    fn same_organization(&mut self) {
        let mut found = Vec::new();
        for (index, fragment) in self.fragments.iter().enumerate() {
            let sources = [self.own.source.as_str(), &fragment.source];
            for (what, ours, theirs) in [
                ("organization", &self.own.organization, &fragment.organization),
                ("Pulumi Cloud", &self.own.cloud_url, &fragment.cloud_url),
            ] {
                if ours != theirs {
                    let message = format!("the {what} of the fragment is {}, not {}", quote(theirs), quote(ours));
                    found.push(Conflict::new(&OTHER_ORGANIZATION, &sources, message));
                }
            }
            if fragment.defaults.is_some() {
                let message = "the fragment of a repository sets the organization's defaults";
                found.push(Conflict::new(&SETS_DEFAULTS, &sources, message));
            }
            let before = index.checked_sub(1).and_then(|before| self.fragments.get(before));
            if fragment.source == self.own.source || before.is_some_and(|before| before.source == fragment.source) {
                let message = format!("two fragments come from {}", quote(&fragment.source));
                found.push(Conflict::new(&SOURCE_TWICE, &sources, message));
            }
        }
        self.conflicts.append(&mut found);
    }

    /// Who has which stack, and who sets how Pulumi Deployments runs it.
    fn claims(&mut self) {
        let mut claims: BTreeMap<String, Vec<(&str, &str)>> = BTreeMap::new();
        for fragment in &self.fragments {
            for stack in fragment.stacks.keys() {
                claims.entry(stack.to_lowercase()).or_default().push((&fragment.source, stack));
            }
            for settings in &fragment.deployments {
                let stack = format!("{}/{}", settings.project, settings.stack);
                if !fragment.stacks.contains_key(&stack) {
                    let message = format!("it sets how Pulumi Deployments runs `{stack}`, which is not its stack");
                    let sources = self.owner(&stack).map_or(vec![fragment.source.as_str()], |(_, owner)| {
                        vec![fragment.source.as_str(), owner.source.as_str()]
                    });
                    self.conflicts.push(Conflict::new(&BEYOND_REPOSITORY, &sources, message).place(&stack));
                }
            }
        }
        for claims in claims.values().filter(|claims| claims.len() > 1) {
            let sources: Vec<&str> = claims.iter().map(|(source, _)| *source).collect();
            let mut names: Vec<&str> = claims.iter().map(|(_, name)| *name).collect();
            names.dedup();
            let message = format!("several claim the stack `{}`", names.join("` or `"));
            self.conflicts.push(Conflict::new(&STACK_CLAIMED_TWICE, &sources, message).place(names[0]));
        }
    }

    /// The fragment that has a stack, with its number.
    fn owner(&self, stack: &str) -> Option<(usize, &'a Fragment)> {
        self.fragments.iter().copied().enumerate().find(|(_, fragment)| fragment.stacks.contains_key(stack))
    }

    /// The organization's own access, then every fragment.
    fn parts(&self) -> Vec<Part<'a>> {
        let own = Part { source: &self.own.source, teams: self.own_teams, fragment: None };
        let others = self.fragments.iter().copied().map(|fragment| Part {
            source: fragment.source.as_str(),
            teams: &fragment.teams,
            fragment: Some(fragment),
        });
        std::iter::once(own).chain(others).collect()
    }
}
