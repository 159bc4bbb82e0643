//! From what is declared, and what is there, to the picture.
//!
//! What must hold: a part that could not be read marks everything declared of it as unknown, and never as missing or fine.
//! What is drawn of a policy or a permission that differs is what is there, since that is what holds; what was declared
//! stands beside it.

mod caller;
mod grants;
mod issuers;
mod levels;
mod pairs;
mod whole;

use std::collections::BTreeMap;

use stackgate_access::Fragment;
use stackgate_cloud::Actual;

use crate::model::{Column, Edge, Mark, Node, Picture, Remark};

impl Picture {
    /// The picture of what is declared, with what is there laid over it where that was read.
    pub fn of(declared: &Fragment, actual: Option<&Actual>) -> Picture {
        let mut canvas = Canvas { declared, actual, ..Canvas::empty(declared) };
        whole::remarks(&mut canvas);
        grants::things(&mut canvas);
        grants::teams(&mut canvas);
        issuers::issuers(&mut canvas);
        grants::tokens(&mut canvas);
        canvas.finish()
    }
}

/// The picture while it is made. Nodes are known by column and key; keys of one column differ.
struct Canvas<'a> {
    declared: &'a Fragment,
    actual: Option<&'a Actual>,
    keys: BTreeMap<(Column, String), usize>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    remarks: Vec<Remark>,
}

impl<'a> Canvas<'a> {
    fn empty(declared: &'a Fragment) -> Canvas<'a> {
        Canvas {
            declared,
            actual: None,
            keys: BTreeMap::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// The number of the node with this key, which is made where there is none.
    fn node(&mut self, column: Column, key: &str, make: impl FnOnce() -> Node) -> usize {
        *self.keys.entry((column, key.to_owned())).or_insert_with(|| {
            self.nodes.push(make());
            self.nodes.len() - 1
        })
    }

    fn edge(&mut self, from: usize, to: usize, mark: Mark) {
        self.permission(from, to, String::new(), mark, None);
    }

    fn permission(&mut self, from: usize, to: usize, label: String, mark: Mark, difference: Option<String>) {
        self.edges.push(Edge { from, to, label, mark, difference });
    }

    fn remark(&mut self, mark: Mark, text: impl Into<String>) {
        self.remarks.push(Remark { mark, text: text.into() });
    }

    /// Sorted, so that nothing depends on the order in which it was said.
    fn finish(self) -> Picture {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        let key = |at: &usize| self.nodes.get(*at);
        order.sort_by(|one, other| key(one).cmp(&key(other)).then(one.cmp(other)));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*old) {
                *place = new;
            }
        }
        let moved = |at: usize| place.get(at).copied().unwrap_or_default();
        let mut edges: Vec<Edge> = self.edges;
        for edge in &mut edges {
            (edge.from, edge.to) = (moved(edge.from), moved(edge.to));
        }
        edges.sort();
        edges.dedup();
        let mut remarks = self.remarks;
        remarks.sort_by(|one, other| other.mark.cmp(&one.mark).then(one.text.cmp(&other.text)));
        Picture {
            organization: self.declared.organization.clone(),
            cloud_url: self.declared.cloud_url.clone(),
            taken: self.actual.map(|actual| actual.taken),
            nodes: order.iter().filter_map(|old| self.nodes.get(*old)).cloned().collect(),
            edges,
            remarks,
        }
    }
}

fn node(column: Column, name: impl Into<String>, note: impl Into<String>, mark: Mark) -> Node {
    Node { column, name: name.into(), note: note.into(), mark, difference: None }
}
