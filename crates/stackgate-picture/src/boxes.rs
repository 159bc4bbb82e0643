//! The nodes of a scene put into boxes: what is reached in the same way by the same teams stands in one.
//!
//! What must hold: each node is in a row of one box, those with a difference first; a box says by itself, without its wires,
//! which team has which permission on what is in it.

use std::collections::BTreeMap;

use crate::model::{Column, Edge, Mark, Node, Picture};
use crate::scenes::Scene;

/// Rows that a box shows.
pub(crate) const ROWS: usize = 24;

/// Boxes of a scene in which other scenes' teams are named too.
const PLENTY: usize = 60;
/// Permissions of other scenes' teams that a box shows.
const OTHERS: usize = 6;

/// One line of a box: a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) text: String,
    /// What it is.
    pub(crate) note: String,
    pub(crate) mark: Mark,
    pub(crate) difference: Option<String>,
}

/// A permission on everything in a box.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Whose: a team's name.
    pub(crate) team: String,
    pub(crate) label: String,
    pub(crate) mark: Mark,
    pub(crate) difference: Option<String>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) column: Column,
    /// What is in it, where that is more than one thing or has a tier.
    pub(crate) title: String,
    /// Permissions of teams of this scene, at which wires end, and after them those of others.
    pub(crate) entries: Vec<Entry>,
    /// How many of them are of this scene's teams.
    pub(crate) own: usize,
    pub(crate) rows: Vec<Row>,
}

impl Block {
    /// How it stands, for its border: as its rows where they all stand the same.
    pub(crate) fn mark(&self) -> Mark {
        let first = self.rows.first().map_or(Mark::Both, |row| row.mark);
        if self.rows.iter().all(|row| row.mark == first) { first } else { Mark::Both }
    }

    /// How many rows are not shown.
    pub(crate) fn hidden(&self) -> usize {
        self.rows.len().saturating_sub(ROWS)
    }

    /// The permissions that are shown: all that wires end at, and some of the others, the worst first.
    pub(crate) fn shown(&self) -> &[Entry] {
        self.entries.get(..self.entries.len().min(self.own + OTHERS)).unwrap_or_default()
    }
}

/// That one box leads to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wire {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The permission that it ends at.
    pub(crate) entry: Option<usize>,
    pub(crate) mark: Mark,
}

/// The boxes of a scene, by column, and what leads from one to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Boxes {
    pub(crate) blocks: Vec<Block>,
    pub(crate) wires: Vec<Wire>,
    /// Whether boxes name this scene's teams alone.
    pub(crate) reduced: bool,
}

/// What nodes must have in common to stand in one box: column, what it is, how many ends are of this scene (or which node it
/// is), ends at the left and at the right.
type Likeness<'a> = (Column, &'a str, usize, Vec<(usize, &'a str, Mark, Option<&'a str>)>, Vec<usize>);

/// Puts a scene into boxes. Where what other scenes' teams reach cuts it into too many, their permissions are left out.
pub(crate) fn boxes(picture: &Picture, scene: &Scene) -> Boxes {
    let all = grouped(picture, scene, true);
    if all.blocks.len() <= PLENTY {
        return all;
    }
    let fewer = grouped(picture, scene, false);
    if fewer.blocks.len() < all.blocks.len() { Boxes { reduced: true, ..fewer } } else { all }
}

fn grouped(picture: &Picture, scene: &Scene, with_others: bool) -> Boxes {
    let mut into: BTreeMap<usize, Vec<&Edge>> = BTreeMap::new();
    let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in scene.edges.iter().filter_map(|at| picture.edges.get(*at)) {
        into.entry(edge.to).or_default().push(edge);
        out.entry(edge.from).or_default().push(edge.to);
    }
    let mut others: BTreeMap<usize, Vec<&Edge>> = BTreeMap::new();
    for (at, edge) in picture.edges.iter().enumerate() {
        if with_others && scene.nodes.binary_search(&edge.to).is_ok() && scene.edges.binary_search(&at).is_err() {
            others.entry(edge.to).or_default().push(edge);
        }
    }
    others.values_mut().for_each(|edges| edges.sort_by_key(|edge| std::cmp::Reverse(edge.mark)));
    let mut groups: BTreeMap<Likeness<'_>, Vec<usize>> = BTreeMap::new();
    for at in &scene.nodes {
        let Some(node) = picture.nodes.get(*at) else { continue };
        let own = into.get(at).map_or(0, Vec::len);
        let ends = into.get(at).into_iter().chain(others.get(at)).flatten();
        let ends = ends.map(|edge| (edge.from, edge.label.as_str(), edge.mark, edge.difference.as_deref())).collect();
        let likeness = match node.column {
            // Each of these is by itself.
            Column::Identity | Column::Team => (node.column, "", *at, Vec::new(), Vec::new()),
            Column::Policy => (node.column, "", 0, ends, out.get(at).cloned().unwrap_or_default()),
            Column::Stack | Column::Environment => (node.column, node.note.as_str(), own, ends, Vec::new()),
        };
        groups.entry(likeness).or_default().push(*at);
    }
    let mut found = Boxes::default();
    let mut at_block: BTreeMap<usize, usize> = BTreeMap::new();
    for (likeness, nodes) in &groups {
        for node in nodes {
            at_block.insert(*node, found.blocks.len());
        }
        found.blocks.push(block(picture, likeness, nodes));
    }
    for (number, (likeness, nodes)) in groups.iter().enumerate() {
        let permissions = likeness.0 > Column::Team;
        let ends = nodes.first().and_then(|at| into.get(at)).into_iter().flatten();
        for (index, edge) in ends.enumerate() {
            if let Some(from) = at_block.get(&edge.from) {
                let entry = permissions.then_some(index);
                found.wires.push(Wire { from: *from, to: number, entry, mark: edge.mark });
            }
        }
    }
    found.wires.sort();
    found.wires.dedup();
    found
}

fn block(picture: &Picture, likeness: &Likeness<'_>, nodes: &[usize]) -> Block {
    let (column, note, own, ends, _) = likeness;
    let mut rows: Vec<Row> = nodes.iter().filter_map(|at| picture.nodes.get(*at)).map(row).collect();
    rows.sort_by(|one, other| other.mark.cmp(&one.mark).then(one.text.cmp(&other.text)));
    let number = rows.len();
    if *column == Column::Policy {
        merge(&mut rows);
    }
    let entries = ends.iter().filter(|_| *column > Column::Team).map(|(from, label, mark, difference)| Entry {
        team: picture.nodes.get(*from).map(|node| node.name.clone()).unwrap_or_default(),
        label: (*label).to_owned(),
        mark: *mark,
        difference: difference.map(str::to_owned),
    });
    let count = match (column, number) {
        (Column::Stack, 2..) => format!("{number} stacks"),
        (Column::Environment, 2..) => format!("{number} environments"),
        (Column::Policy, 2..) => format!("{number} policies"),
        _ => String::new(),
    };
    let parts: Vec<&str> = [count.as_str(), note].into_iter().filter(|part| !part.is_empty()).collect();
    Block { column: *column, title: parts.join(", "), entries: entries.collect(), own: *own, rows }
}

/// Makes one row of policies that say the same in short, such as those for two forms of one subject.
fn merge(rows: &mut Vec<Row>) {
    rows.dedup_by(|row, kept| {
        let same = (&row.text, row.mark, &row.difference) == (&kept.text, kept.mark, &kept.difference);
        if same {
            kept.note = format!("{}; or {}", kept.note, row.note);
        }
        same
    });
}

fn row(node: &Node) -> Row {
    Row { text: node.name.clone(), note: node.note.clone(), mark: node.mark, difference: node.difference.clone() }
}
