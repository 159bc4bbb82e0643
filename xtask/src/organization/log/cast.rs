//! Who does what in the log: pipelines with their stacks, and people with what they may read.
//!
//! What must hold: everybody does here what the declaration grants him, and nothing else.

use std::collections::BTreeMap;

use stackgate::plan::{StackPermission, Tier};
use stackgate_access::{Fragment, TeamKind};

/// A stack as the log sees it.
#[derive(Debug, Clone)]
pub(super) struct Stack {
    /// `project/stack`.
    pub(super) name: String,
    /// What it opens.
    pub(super) esc: Vec<String>,
    /// Whether it is production's.
    pub(super) production: bool,
    /// The team whose token deploys it.
    pub(super) deploys: String,
    /// The team whose token previews it.
    pub(super) previews: Option<String>,
    /// Whether Pulumi Deployments runs it.
    pub(super) hosted: bool,
}

/// Everybody.
pub(super) struct Cast {
    /// Every declared stack with a pipeline.
    pub(super) stacks: Vec<Stack>,
    /// People, each with the stacks that he may read.
    pub(super) people: Vec<(String, Vec<String>)>,
}

impl Cast {
    /// Those of a declaration.
    pub(super) fn of(declared: &Fragment) -> Cast {
        let mut deploys: BTreeMap<&str, &str> = BTreeMap::new();
        let mut previews: BTreeMap<&str, &str> = BTreeMap::new();
        let mut people: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, team) in &declared.teams {
            for (stack, permission) in team.stacks.iter().filter(|_| team.kind == TeamKind::Pipeline) {
                let of = if *permission == StackPermission::Read { &mut previews } else { &mut deploys };
                of.insert(stack, name);
            }
            for login in team.members.iter().flatten().filter(|_| team.kind == TeamKind::People) {
                people.entry(login).or_default().extend(team.stacks.keys().cloned());
            }
        }
        let hosted: Vec<String> = declared.deployments.iter().map(stackgate::plan::Deployments::reference).collect();
        let stacks = declared.stacks.iter().filter_map(|(name, entry)| {
            Some(Stack {
                name: name.clone(),
                esc: entry.esc.clone(),
                production: entry.tier == Tier::Production,
                deploys: (*deploys.get(name.as_str())?).to_owned(),
                previews: previews.get(name.as_str()).map(|team| (*team).to_owned()),
                hosted: hosted.contains(name),
            })
        });
        Cast {
            stacks: stacks.collect(),
            people: people.into_iter().map(|(login, stacks)| (login.to_owned(), stacks)).collect(),
        }
    }

    /// Somebody who has no right on that team's stacks.
    pub(super) fn stranger(&self, stack: &str, at: usize) -> Option<&str> {
        let others: Vec<&str> = self
            .people
            .iter()
            .filter(|(_, stacks)| !stacks.iter().any(|own| own == stack))
            .map(|(login, _)| login.as_str())
            .collect();
        others.get(at % others.len().max(1)).copied()
    }
}
