//! Where each box of a scene stands, and how the wires run.
//!
//! What must hold: boxes of one column never meet, whatever the library answers; a wire runs between boxes, not through
//! them. Columns are where the model says; the library orders what is in a column and says how high it stands.

use std::collections::BTreeMap;

use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::RankDir;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

use crate::boxes::{Block, Boxes, ROWS, Wire};
use crate::model::{Column, Mark};

/// More boxes than these are not drawn: nobody would find anything, and the library would take seconds.
pub(crate) const MOST: usize = 140;
/// From the edge of a box to what is in it.
pub(crate) const PAD: f64 = 8.0;
/// The height of one line.
pub(crate) const LINE: f64 = 18.0;
/// The height of a line in small letters.
pub(crate) const SMALL: f64 = 15.0;
/// Above everything: the titles of the columns.
const HEAD: f64 = 34.0;
/// Between columns; wires need room.
const GAP: f64 = 58.0;
/// Around everything.
const MARGIN: f64 = 12.0;
/// Between boxes of a column.
const BETWEEN: f64 = 14.0;
/// The height of the room that a wire gets where it passes a column.
const PASS: f64 = 8.0;

/// The width of a column.
pub(crate) const fn width(column: Column) -> f64 {
    match column {
        Column::Identity | Column::Team => 184.0,
        Column::Policy | Column::Stack => 240.0,
        Column::Environment => 226.0,
    }
}

/// A box's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A wire as a path of SVG.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) mark: Mark,
}

/// A scene with places.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Laid {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The columns that are not empty, with their left edges.
    pub(crate) columns: Vec<(Column, f64)>,
    /// Of each box, in order.
    pub(crate) places: Vec<Place>,
    pub(crate) routes: Vec<Route>,
}

/// The height of a box.
fn height(block: &Block) -> f64 {
    let shown = block.rows.iter().take(ROWS);
    let rows: f64 = shown.map(|row| LINE + if is_tall(block, row.difference.is_some()) { SMALL } else { 0.0 }).sum();
    let title = if block.title.is_empty() { 0.0 } else { LINE };
    let hidden = if block.hidden() > 0 { SMALL } else { 0.0 };
    title + entries_height(block) + rows + hidden + 2.0 * PAD
}

/// The height of a box's permissions, and of the line below them.
pub(crate) fn entries_height(block: &Block) -> f64 {
    let shown = block.shown().len();
    let more = if shown < block.entries.len() { SMALL } else { 0.0 };
    if shown == 0 { 0.0 } else { shown as f64 * LINE + more + 5.0 }
}

/// Whether a row has a second line: what it is, or what differs.
pub(crate) fn is_tall(block: &Block, differs: bool) -> bool {
    differs || matches!(block.column, Column::Identity | Column::Team)
}

/// A box, or the room that a wire needs where it passes a column.
#[derive(Clone, Copy)]
struct Item {
    rank: usize,
    height: f64,
    /// The middle.
    y: f64,
}

/// Lays a scene out; none where it has too many boxes.
pub(crate) fn layout(boxes: &mut Boxes) -> Option<Laid> {
    if boxes.blocks.len() > MOST {
        return None;
    }
    let used: Vec<Column> =
        Column::ALL.into_iter().filter(|column| boxes.blocks.iter().any(|block| block.column == *column)).collect();
    let rank = |column: Column| used.iter().position(|other| *other == column).unwrap_or_default();
    let mut items: Vec<Item> =
        boxes.blocks.iter().map(|block| Item { rank: rank(block.column), height: height(block), y: 0.0 }).collect();
    let chains: Vec<Vec<usize>> = boxes.wires.iter().map(|wire| chain(wire, &mut items)).collect();
    place(&mut items, &chains);
    settle(&mut items, used.len());
    let mut columns = Vec::new();
    let mut x = MARGIN;
    for column in &used {
        columns.push((*column, x));
        x += width(*column) + GAP;
    }
    let of = |at: usize| columns.get(at).map_or((Column::Identity, 0.0), |found| *found);
    let places: Vec<Place> = items
        .iter()
        .take(boxes.blocks.len())
        .map(|item| {
            let (column, x) = of(item.rank);
            Place { x, y: item.y - item.height / 2.0, width: width(column), height: item.height }
        })
        .collect();
    sort_entries(boxes, &places);
    let bottom = items.iter().map(|item| item.y + item.height / 2.0).fold(HEAD, f64::max);
    let routes = routes(boxes, &items, &chains, &places, &columns);
    Some(Laid { width: x - GAP + MARGIN, height: bottom + MARGIN, columns, places, routes })
}

/// The items that a wire passes, its ends included.
fn chain(wire: &Wire, items: &mut Vec<Item>) -> Vec<usize> {
    let rank = |items: &[Item], at: usize| items.get(at).map_or(0, |item| item.rank);
    let (from, to) = (rank(items, wire.from), rank(items, wire.to));
    let mut chain = vec![wire.from];
    for rank in from + 1..to {
        chain.push(items.len());
        items.push(Item { rank, height: PASS, y: 0.0 });
    }
    chain.push(wire.to);
    chain
}

/// Asks the library how high each item stands.
fn place(items: &mut [Item], chains: &[Vec<usize>]) {
    let options = GraphOptions { directed: true, multigraph: false, compound: false };
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(options);
    for (at, item) in items.iter().enumerate() {
        let label = NodeLabel { width: 100.0, height: item.height, ..NodeLabel::default() };
        graph.set_node(at.to_string(), Some(label));
    }
    let mut has_before = vec![false; items.len()];
    for pair in chains.iter().flat_map(|chain| chain.windows(2)) {
        if let [from, to] = pair {
            graph.set_edge(from.to_string(), to.to_string(), Some(EdgeLabel::default()), None);
            if let Some(has) = has_before.get_mut(*to) {
                *has = true;
            }
        }
    }
    // What nothing leads to is held in its column from a common beginning.
    graph.set_node("root", Some(NodeLabel::default()));
    for (at, item) in items.iter().enumerate().filter(|(at, _)| has_before.get(*at) == Some(&false)) {
        let minlen = i32::try_from(item.rank + 1).unwrap_or(1);
        graph.set_edge("root", at.to_string(), Some(EdgeLabel { minlen, ..EdgeLabel::default() }), None);
    }
    let options = LayoutOptions { rankdir: RankDir::LR, nodesep: BETWEEN, edgesep: PASS, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    for (at, item) in items.iter_mut().enumerate() {
        item.y = graph.node(&at.to_string()).and_then(|label| label.y).unwrap_or_default();
    }
}

/// Moves what meets apart, column by column, keeping the order, and everything below the titles.
fn settle(items: &mut [Item], ranks: usize) {
    for rank in 0..ranks {
        let mut column: Vec<usize> =
            (0..items.len()).filter(|at| items.get(*at).is_some_and(|i| i.rank == rank)).collect();
        let y = |at: &usize| items.get(*at).map_or(0.0, |item| item.y);
        column.sort_by(|one, other| y(one).total_cmp(&y(other)).then(one.cmp(other)));
        let mut free = f64::NEG_INFINITY;
        for at in column {
            if let Some(item) = items.get_mut(at) {
                item.y = item.y.max(free + item.height / 2.0);
                free = item.y + item.height / 2.0 + if item.height > PASS { BETWEEN } else { PASS };
            }
        }
    }
    let top = items.iter().map(|item| item.y - item.height / 2.0).fold(f64::INFINITY, f64::min);
    for item in items.iter_mut() {
        // Half pixels at most: shorter bytes, sharper lines.
        item.y = ((item.y - top + HEAD) * 2.0).round() / 2.0;
    }
}

/// Puts the permissions of each box into the order in which their wires come in.
fn sort_entries(boxes: &mut Boxes, places: &[Place]) {
    let mut orders: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
    for wire in &boxes.wires {
        if let (Some(entry), Some(place)) = (wire.entry, places.get(wire.from)) {
            orders.entry(wire.to).or_default().push((entry, place.y));
        }
    }
    for (at, mut order) in orders {
        order.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(&other.0)));
        let Some(block) = boxes.blocks.get_mut(at) else { continue };
        let mut sorted: Vec<_> = order.iter().filter_map(|(entry, _)| block.entries.get(*entry)).cloned().collect();
        sorted.extend(block.entries.iter().skip(block.own).cloned());
        if sorted.len() != block.entries.len() {
            continue;
        }
        block.entries = sorted;
        for wire in boxes.wires.iter_mut().filter(|wire| wire.to == at) {
            wire.entry = wire.entry.and_then(|entry| order.iter().position(|(other, _)| *other == entry));
        }
    }
}

/// The middle of an entry's line, from the top of its box.
pub(crate) fn entry_middle(block: &Block, entry: usize) -> f64 {
    let title = if block.title.is_empty() { 0.0 } else { LINE };
    PAD + title + (entry as f64 + 0.5) * LINE
}

fn routes(
    boxes: &Boxes,
    items: &[Item],
    chains: &[Vec<usize>],
    places: &[Place],
    columns: &[(Column, f64)],
) -> Vec<Route> {
    let y = |at: usize| items.get(at).map_or(0.0, |item| item.y);
    // Where wires leave and come in: spread over the side of a box, in the order of their other ends.
    let port = |at: usize, wire: usize, leaving: bool| {
        let mut ends: Vec<(f64, usize)> = boxes
            .wires
            .iter()
            .zip(chains)
            .enumerate()
            .filter(|(_, (other, _))| if leaving { other.from == at } else { other.to == at })
            .map(|(number, (_, chain))| {
                let next = if leaving { chain.get(1) } else { chain.len().checked_sub(2).and_then(|at| chain.get(at)) };
                (next.map_or(0.0, |next| y(*next)), number)
            })
            .collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let index = ends.iter().position(|(_, number)| *number == wire).unwrap_or_default();
        let place = places.get(at).copied().unwrap_or(Place { x: 0.0, y: 0.0, width: 0.0, height: 0.0 });
        let step = (place.height / (ends.len() as f64 + 1.0)).min(LINE);
        place.y + place.height / 2.0 + (index as f64 - (ends.len() as f64 - 1.0) / 2.0) * step
    };
    let mut routes = Vec::new();
    for (number, (wire, chain)) in boxes.wires.iter().zip(chains).enumerate() {
        let (Some(from), Some(to)) = (places.get(wire.from), places.get(wire.to)) else { continue };
        let mut path = Path::start(from.x + from.width, port(wire.from, number, true));
        for at in chain.iter().skip(1).take(chain.len().saturating_sub(2)) {
            let Some((column, x)) = items.get(*at).and_then(|item| columns.get(item.rank)) else { continue };
            path.curve(*x, y(*at));
            path.line(x + width(*column), y(*at));
        }
        let end = match (wire.entry, boxes.blocks.get(wire.to)) {
            (Some(entry), Some(block)) => to.y + entry_middle(block, entry),
            _ => port(wire.to, number, false),
        };
        path.curve(to.x, end);
        routes.push(Route { path: path.text, mark: wire.mark });
    }
    routes
}

/// A path of SVG while it is made.
struct Path {
    text: String,
    x: f64,
    y: f64,
}

impl Path {
    fn start(x: f64, y: f64) -> Path {
        Path { text: format!("M{} {}", short(x), short(y)), x, y }
    }

    fn curve(&mut self, x: f64, y: f64) {
        let bend = (x - self.x) * 0.55;
        let (one, other) = (short(self.x + bend), short(x - bend));
        self.text += &format!("C{one} {} {other} {} {} {}", short(self.y), short(y), short(x), short(y));
        (self.x, self.y) = (x, y);
    }

    fn line(&mut self, x: f64, y: f64) {
        self.text += &format!("H{}", short(x));
        (self.x, self.y) = (x, y);
    }
}

/// A number with one digit after the point at most.
pub(crate) fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
