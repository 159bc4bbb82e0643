//! The picture cut into scenes that can be looked at: one where it is small, else one for each repository or team.
//!
//! What must hold: every node and every edge is in some scene; scenes with differences come first; no scene grows with the
//! organization, but for what really meets in one place.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Column, Mark, Picture};

/// Teams, and stacks, that one scene may have when it shows everything: what two repositories need.
const SMALL: (usize, usize) = (7, 24);
/// Teams that one scene may have.
const TEAMS: usize = 12;
/// Identities that a team may have before it no longer ties them together.
const HUB: usize = 6;

/// A part of the picture, drawn by itself.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What it is about.
    pub(crate) title: String,
    /// Nodes, by their numbers, sorted.
    pub(crate) nodes: Vec<usize>,
    /// Edges, by their numbers, sorted.
    pub(crate) edges: Vec<usize>,
}

impl Scene {
    /// How many nodes and edges have this mark.
    pub(crate) fn count(&self, picture: &Picture, mark: Mark) -> usize {
        let nodes = self.nodes.iter().filter(|at| picture.nodes.get(**at).is_some_and(|node| node.mark == mark));
        let edges = self.edges.iter().filter(|at| picture.edges.get(**at).is_some_and(|edge| edge.mark == mark));
        nodes.count() + edges.count()
    }

    /// The worst mark of its nodes and edges.
    pub(crate) fn worst(&self, picture: &Picture) -> Mark {
        let nodes = self.nodes.iter().filter_map(|at| picture.nodes.get(*at)).map(|node| node.mark);
        let edges = self.edges.iter().filter_map(|at| picture.edges.get(*at)).map(|edge| edge.mark);
        nodes.chain(edges).max().unwrap_or(Mark::Both)
    }

    /// How many of its nodes stand in a column.
    pub(crate) fn of(&self, picture: &Picture, column: Column) -> usize {
        self.nodes.iter().filter(|at| column_of(picture, **at) == Some(column)).count()
    }
}

fn column_of(picture: &Picture, at: usize) -> Option<Column> {
    picture.nodes.get(at).map(|node| node.column)
}

/// The scenes, the worst first.
pub(crate) fn scenes(picture: &Picture) -> Vec<Scene> {
    let count = |column| picture.nodes.iter().filter(|node| node.column == column).count();
    if count(Column::Team) <= SMALL.0 && count(Column::Stack).max(count(Column::Environment)) <= SMALL.1 {
        return vec![Scene {
            title: picture.organization.clone(),
            nodes: (0..picture.nodes.len()).collect(),
            edges: (0..picture.edges.len()).collect(),
        }];
    }
    let mut scenes = Cutter::new(picture).cut();
    scenes.sort_by_cached_key(|scene| {
        let differences: usize = Mark::DIFFERENCES.iter().map(|mark| scene.count(picture, *mark)).sum();
        (std::cmp::Reverse((scene.worst(picture), differences)), scene.title.clone(), scene.nodes.clone())
    });
    scenes
}

struct Cutter<'a> {
    picture: &'a Picture,
    /// Edges by the node that they come from, and by the one that they go to.
    out: Vec<Vec<usize>>,
    into: Vec<Vec<usize>>,
    /// The node that a node is tied to; itself where it is the first of its group.
    tied: Vec<usize>,
}

impl<'a> Cutter<'a> {
    fn new(picture: &'a Picture) -> Cutter<'a> {
        let (mut out, mut into) = (vec![Vec::new(); picture.nodes.len()], vec![Vec::new(); picture.nodes.len()]);
        for (at, edge) in picture.edges.iter().enumerate() {
            if let (Some(out), Some(into)) = (out.get_mut(edge.from), into.get_mut(edge.to)) {
                out.push(at);
                into.push(at);
            }
        }
        Cutter { picture, out, into, tied: (0..picture.nodes.len()).collect() }
    }

    fn cut(mut self) -> Vec<Scene> {
        let hubs: BTreeSet<usize> = (0..self.picture.nodes.len()).filter(|at| self.is_hub(*at)).collect();
        for edge in &self.picture.edges {
            if column_of(self.picture, edge.to).is_some_and(|column| column <= Column::Team) && !hubs.contains(&edge.to)
            {
                let (one, other) = (self.first(edge.from), self.first(edge.to));
                if let Some(tied) = self.tied.get_mut(one.max(other)) {
                    *tied = one.min(other);
                }
            }
        }
        let mut groups: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for at in 0..self.picture.nodes.len() {
            if column_of(self.picture, at).is_some_and(|column| column <= Column::Team) && !hubs.contains(&at) {
                groups.entry(self.first(at)).or_default().insert(at);
            }
        }
        let mut scenes = Vec::new();
        for group in groups.into_values() {
            let teams: Vec<usize> =
                group.iter().copied().filter(|at| column_of(self.picture, *at) == Some(Column::Team)).collect();
            if teams.len() > TEAMS {
                scenes.extend(teams.into_iter().map(|team| self.of_team(team)));
            } else {
                scenes.push(self.scene(group));
            }
        }
        scenes.extend(hubs.iter().map(|hub| self.of_team(*hub)));
        scenes.extend(self.rest());
        scenes
    }

    fn first(&self, mut at: usize) -> usize {
        while let Some(next) = self.tied.get(at).copied().filter(|next| *next != at) {
            at = next;
        }
        at
    }

    /// The nodes that lead to this one.
    fn before(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.into.get(at).into_iter().flatten().filter_map(|edge| self.picture.edges.get(*edge)).map(|edge| edge.from)
    }

    /// Whether a team is one that many identities lead to.
    fn is_hub(&self, at: usize) -> bool {
        if column_of(self.picture, at) != Some(Column::Team) {
            return false;
        }
        let mut identities = BTreeSet::new();
        for before in self.before(at) {
            match column_of(self.picture, before) {
                Some(Column::Identity) => identities.extend([before]),
                _ => identities.extend(self.before(before)),
            }
        }
        identities.len() > HUB
    }

    /// One team with all that leads to it.
    fn of_team(&self, team: usize) -> Scene {
        let mut group = BTreeSet::from([team]);
        for before in self.before(team) {
            group.insert(before);
            group.extend(self.before(before));
        }
        let mut scene = self.scene(group);
        // What the others are tied to besides is in their own scenes.
        let keep: BTreeSet<usize> = scene.nodes.iter().copied().collect();
        scene.edges.retain(|at| {
            self.picture.edges.get(*at).is_some_and(|edge| {
                keep.contains(&edge.to) && (edge.to == team || edge.from == team || self.leads(edge.to, team))
            })
        });
        let ends: BTreeSet<usize> = scene
            .edges
            .iter()
            .filter_map(|at| self.picture.edges.get(*at))
            .flat_map(|edge| [edge.from, edge.to])
            .chain([team])
            .collect();
        scene.nodes.retain(|at| ends.contains(at));
        scene.title = self.picture.nodes.get(team).map(|node| node.name.clone()).unwrap_or_default();
        scene
    }

    fn leads(&self, from: usize, to: usize) -> bool {
        self.before(to).any(|before| before == from)
    }

    /// A group with all that it reaches.
    fn scene(&self, group: BTreeSet<usize>) -> Scene {
        let edges: BTreeSet<usize> = group.iter().filter_map(|at| self.out.get(*at)).flatten().copied().collect();
        let mut nodes = group;
        nodes.extend(edges.iter().filter_map(|at| self.picture.edges.get(*at)).map(|edge| edge.to));
        let title = self.title(&nodes);
        Scene { title, nodes: nodes.into_iter().collect(), edges: edges.into_iter().collect() }
    }

    fn title(&self, nodes: &BTreeSet<usize>) -> String {
        for column in [Column::Identity, Column::Team] {
            let of = nodes.iter().filter_map(|at| self.picture.nodes.get(*at)).filter(|node| node.column == column);
            // Whoever is declared first: the scene is theirs.
            let mut names: Vec<(Mark, &str)> = of.map(|node| (node.mark, node.name.as_str())).collect();
            names.sort_unstable();
            let mut names: Vec<&str> = names.into_iter().map(|(_, name)| name).collect();
            names.dedup();
            let shown: Vec<&str> = names.iter().copied().take(3).collect();
            match names.len() {
                0 => {}
                1..=3 => return shown.join(", "),
                more => return format!("{} and {} more", shown.join(", "), more - 3),
            }
        }
        "Reached by no team".to_owned()
    }

    /// What nothing leads to.
    fn rest(&self) -> Option<Scene> {
        let alone = |at: &usize| {
            column_of(self.picture, *at).is_some_and(|column| column > Column::Team)
                && self.into.get(*at).is_none_or(Vec::is_empty)
        };
        let nodes: BTreeSet<usize> = (0..self.picture.nodes.len()).filter(alone).collect();
        (!nodes.is_empty()).then(|| self.scene(nodes))
    }
}
