//! Teams of all fragments under one name each.
//!
//! What must hold: a pipeline's team comes from one fragment; a team of people is granted what all say together, and its
//! members are whom the organization names, or else the same in every fragment. Deliberately absent: whether a grant may be.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{Composition, Conflict, Part};
use crate::fragment::{Team, TeamKind};
use crate::rules::{TEAM_CLAIMED_TWICE, TEAM_KINDS, TEAM_MEMBERS, TEAM_PERMISSIONS, TEAM_SPELLING};

/// A team as one part has it. The organization's own comes first, then by source.
struct Named<'a> {
    source: &'a str,
    organization: bool,
    name: &'a str,
    team: &'a Team,
}

impl<'a> Composition<'a> {
    /// Every team, sorted by name.
    pub(super) fn teams(&mut self) -> IndexMap<String, Team> {
        let mut by_name: BTreeMap<String, Vec<Named<'a>>> = BTreeMap::new();
        for Part { source, teams, fragment } in self.parts() {
            for (name, team) in teams {
                let named = Named { source, organization: fragment.is_none(), name, team };
                by_name.entry(name.to_lowercase()).or_default().push(named);
            }
        }
        let mut teams: IndexMap<String, Team> = IndexMap::new();
        for named in by_name.values() {
            if let Some(first) = named.first() {
                let team = self.merge(first, named);
                teams.insert(first.name.to_owned(), team);
            }
        }
        teams.sort_unstable_keys();
        teams
    }

    fn merge(&mut self, first: &Named<'_>, all: &[Named<'_>]) -> Team {
        let (name, mut merged) = (first.name, first.team.clone());
        let sources: Vec<&str> = all.iter().map(|named| named.source).collect();
        let mut report =
            |rule, message: String| self.conflicts.push(Conflict::new(rule, &sources, message).place(name));
        for named in all.iter().filter(|named| named.team.kind == TeamKind::Pipeline) {
            if named.team.members.as_ref().is_none_or(|members| !members.is_empty()) {
                report(
                    &TEAM_MEMBERS,
                    format!("the pipeline team `{}` does not say that it has no members", named.name),
                );
            }
        }
        if all.iter().any(|named| named.team.kind != merged.kind) {
            report(&TEAM_KINDS, format!("the team `{name}` is of people here and of a pipeline there"));
            return merged;
        }
        if merged.kind == TeamKind::Pipeline {
            if all.len() > 1 {
                report(&TEAM_CLAIMED_TWICE, format!("several claim the pipeline team `{name}`"));
            }
            return merged;
        }
        if let Some(other) = all.iter().find(|named| named.name != name) {
            report(&TEAM_SPELLING, format!("the team `{name}` is spelt `{}` too", other.name));
        }
        for named in &all[1..] {
            // The organization's word on members needs no echo.
            let silent = first.organization && named.team.members.is_none();
            if !silent && members(named.team) != members(first.team) {
                report(&TEAM_MEMBERS, format!("the members of `{name}` are said in several ways"));
            }
            if merged.description.is_empty() {
                merged.description.clone_from(&named.team.description);
            }
            let stacks = unite(&mut merged.stacks, &named.team.stacks);
            let environments = unite(&mut merged.environments, &named.team.environments);
            for thing in stacks.into_iter().chain(environments) {
                report(&TEAM_PERMISSIONS, format!("the team `{name}` is granted {thing} in two ways"));
            }
        }
        merged
    }
}

/// Adds grants, and returns those that contradict one that is there.
fn unite<Grant: Copy + PartialEq>(into: &mut IndexMap<String, Grant>, more: &IndexMap<String, Grant>) -> Vec<String> {
    let mut contradicting = Vec::new();
    for (thing, grant) in more {
        if *into.entry(thing.clone()).or_insert(*grant) != *grant {
            contradicting.push(format!("`{thing}`"));
        }
    }
    contradicting
}

fn members(team: &Team) -> Option<BTreeSet<&str>> {
    team.members.as_ref().map(|all| all.iter().map(String::as_str).collect())
}
