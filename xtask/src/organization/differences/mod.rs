//! Differences between what was declared and what is there, planted by kind.
//!
//! What must hold: two differences never touch the same team, stack, environment or issuer, so that each is found by
//! itself; the first of them cover every class and every area. A kind that finds no place is left out, and another takes
//! its place.

mod deployments;
mod entities;
mod gates;
mod grants;
mod issuers;
mod organization;
mod policies;
mod teams;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stackgate::plan::Tier;
use stackgate_access::{Fragment, Team, TeamKind};
use stackgate_cloud_fixtures::World;

use super::planted::Plant;
use super::random::Random;

/// One kind of difference.
struct Kind {
    /// Its name.
    name: &'static str,
    /// The rule that finds it.
    rule: &'static str,
    /// Others that have reason to speak of it.
    also: &'static [&'static str],
    /// Its class.
    class: &'static str,
    /// Its level at least.
    level: &'static str,
    /// Does it; tells the words that the finding must hold, or nothing where there is no place for it.
    plant: fn(&mut Plot<'_>) -> Option<Vec<String>>,
}

const fn kind(
    name: &'static str,
    rule: &'static str,
    class: &'static str,
    level: &'static str,
    plant: fn(&mut Plot<'_>) -> Option<Vec<String>>,
) -> Kind {
    Kind { name, rule, also: &[], class, level, plant }
}

/// Every area.
const AREAS: [&[Kind]; 8] = [
    organization::KINDS,
    teams::KINDS,
    grants::KINDS,
    issuers::KINDS,
    policies::KINDS,
    gates::KINDS,
    deployments::KINDS,
    entities::KINDS,
];

const CLASSES: [&str; 6] = ["widened", "narrowed", "missing", "not-declared", "stale", "unknown"];

/// Where differences are planted.
struct Plot<'a> {
    world: &'a mut World,
    declared: &'a Fragment,
    random: Random,
    used: BTreeSet<String>,
}

/// Plants so many differences.
pub(super) fn plant(world: &mut World, declared: &Fragment, seed: u64, count: usize) -> Vec<Plant> {
    let mut plot = Plot { world, declared, random: Random::of(seed, "differences"), used: BTreeSet::new() };
    let mut planted = Vec::new();
    for kind in order(&mut plot.random).into_iter().cycle().take(count * 10) {
        if planted.len() == count {
            break;
        }
        if let Some(place) = (kind.plant)(&mut plot) {
            planted.push(Plant {
                kind: kind.name.to_owned(),
                rule: kind.rule.to_owned(),
                also: kind.also.iter().map(|rule| (*rule).to_owned()).collect(),
                place,
                class: kind.class.to_owned(),
                level: kind.level.to_owned(),
                events: Vec::new(),
            });
        }
    }
    planted
}

/// How many kinds there are.
#[cfg(test)]
pub(super) fn kinds() -> usize {
    AREAS.iter().map(|area| area.len()).sum()
}

/// Every kind: one of each class first, then one of each area in turn.
fn order(random: &mut Random) -> Vec<&'static Kind> {
    let mut areas: Vec<Vec<&'static Kind>> = AREAS.iter().map(|area| area.iter().collect()).collect();
    areas.iter_mut().for_each(|area| random.shuffle(area));
    let longest = areas.iter().map(Vec::len).max().unwrap_or_default();
    let turn = (0..longest).flat_map(|at| areas.iter().filter_map(move |area| area.get(at).copied()));
    let turn: Vec<&'static Kind> = turn.collect();
    let of_class = |class: &&str| turn.iter().copied().find(|kind| kind.class == *class);
    let mut all: Vec<&'static Kind> = CLASSES.iter().filter_map(of_class).collect();
    for kind in turn {
        if !all.iter().any(|other| other.name == kind.name) {
            all.push(kind);
        }
    }
    all
}

impl Plot<'_> {
    /// Takes one that nobody took before.
    fn take(&mut self, what: &str, all: Vec<String>) -> Option<String> {
        let free: Vec<String> = all.into_iter().filter(|one| !self.used.contains(&format!("{what} {one}"))).collect();
        let one = self.random.pick(&free)?.clone();
        self.used.insert(format!("{what} {one}"));
        Some(one)
    }

    /// Does something once.
    fn once(&mut self, what: &str) -> Option<()> {
        self.used.insert(format!("once {what}")).then_some(())
    }

    /// A declared team that no other difference touches. The approvers are left alone: gates name them.
    fn team(&mut self, fits: impl Fn(&Team) -> bool) -> Option<String> {
        let teams = self.declared.teams.iter().filter(|(name, team)| !name.starts_with("release-") && fits(team));
        let all = teams.map(|(name, _)| name.clone()).collect();
        self.take("team", all)
    }

    /// A pipeline's team that writes to production.
    fn production_team(&mut self) -> Option<String> {
        self.team(|team| team.kind == TeamKind::Pipeline && deploys_production(team))
    }

    /// A declared stack that no other difference touches.
    fn stack(&mut self, tier: Tier) -> Option<String> {
        let deployed = |stack: &str| self.declared.deployments.iter().any(|one| one.reference() == stack);
        let stacks = self.declared.stacks.iter().filter(|(name, entry)| entry.tier == tier && !deployed(name));
        let all = stacks.map(|(name, _)| name.clone()).collect();
        self.take("stack", all)
    }

    /// A stack that Pulumi Deployments runs.
    fn deployed(&mut self) -> Option<String> {
        let all = self.declared.deployments.iter().map(stackgate::plan::Deployments::reference).collect();
        self.take("stack", all)
    }

    /// An environment of production.
    fn production_environment(&mut self) -> Option<String> {
        let stacks = self.declared.stacks.values().filter(|entry| entry.tier == Tier::Production);
        let all: BTreeSet<String> = stacks.flat_map(|entry| entry.esc.iter().cloned()).collect();
        self.take("environment", all.into_iter().collect())
    }

    /// A person whom some spec names.
    fn person(&mut self) -> String {
        let logins: Vec<String> =
            self.declared.teams.values().flat_map(|team| team.members.iter().flatten().cloned()).collect();
        self.random.pick(&logins).cloned().unwrap_or_else(|| "ada-abe".into())
    }

    /// The body of a team that is there.
    fn body(&mut self, team: &str) -> Option<&mut Value> {
        self.world.team_mut(team)
    }

    /// One of the grants in a team's list.
    fn grant(&mut self, team: &str, list: &str, fits: impl Fn(&Value) -> bool) -> Option<&mut Value> {
        let fitting: Vec<usize> = {
            let grants = self.world.teams.get(team)?[list].as_array()?;
            grants.iter().enumerate().filter(|(_, grant)| fits(grant)).map(|(index, _)| index).collect()
        };
        let index = *self.random.pick(&fitting)?;
        self.world.team_mut(team)?[list].get_mut(index)
    }
}

/// Whether a team writes to a stack of production.
fn deploys_production(team: &Team) -> bool {
    team.stacks.iter().any(|(stack, permission)| stack.contains("/production") && permission.number() > 101)
}

/// `project/stack` of a grant on a stack.
fn stack_of(grant: &Value) -> String {
    format!("{}/{}", grant["projectName"].as_str().unwrap_or_default(), grant["stackName"].as_str().unwrap_or_default())
}

/// `project/name` of a grant on an environment.
fn environment_of(grant: &Value) -> String {
    format!("{}/{}", grant["projectName"].as_str().unwrap_or_default(), grant["envName"].as_str().unwrap_or_default())
}

/// A user, as bodies have him.
fn user(login: &str) -> Value {
    json!({ "name": login, "githubLogin": login, "avatarUrl": "" })
}

/// Texts of their own.
fn words<const N: usize>(all: [&str; N]) -> Option<Vec<String>> {
    Some(all.iter().map(|word| (*word).to_owned()).collect())
}
