//! The picture as Mermaid, for a README.
//!
//! What must hold: it stays below what readers of Mermaid take (50,000 characters and 500 edges, by its documentation of
//! `maxTextSize` and `maxEdges`); every text is between double quotes and escaped; what is left out is said.
//!
//! Deliberately absent: directives, links, clicks, and a fence around it.

use std::fmt::Write as _;

use crate::boxes::{Block, Boxes, boxes};
use crate::escape::mermaid as escape;
use crate::model::{Column, Mark, Picture};
use crate::scenes::scenes;

/// Characters that are written before no further part is begun.
const LONGEST: usize = 40_000;
/// Edges likewise.
const EDGES: usize = 400;
/// Names that a box lists.
const NAMES: usize = 8;

const STYLES: &str = "  classDef n stroke:#b3261e,stroke-width:3px\n  classDef d stroke:#8a4b00,stroke-width:2px,stroke-dasharray:9 3 2 3\n  \
                      classDef m stroke:#0a57b5,stroke-width:2px,stroke-dasharray:6 4\n  \
                      classDef u stroke:#6b3fa0,stroke-width:2px,stroke-dasharray:2 3\n";

/// The picture as a Mermaid flowchart, without a fence.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    let scenes = scenes(picture);
    let (mut edges, mut number, mut left) = (0, 0, 0);
    for (at, scene) in scenes.iter().enumerate() {
        let boxes = boxes(picture, scene);
        let mut part = String::new();
        let several = scenes.len() > 1;
        if several {
            let _ = writeln!(part, "  subgraph s{at} [\"{}\"]", escape(&scene.title));
        }
        write_part(&mut part, &boxes, number);
        if several {
            part.push_str("  end\n");
        }
        if out.len() + part.len() > LONGEST || edges + boxes.wires.len() > EDGES {
            left += 1;
            continue;
        }
        edges += boxes.wires.len();
        number += boxes.blocks.len();
        out.push_str(&part);
    }
    if left > 0 {
        let _ = writeln!(out, "  more[\"{left} more parts: the page in HTML has them all\"]");
    }
    if picture.compared() {
        out.push_str(STYLES);
    }
    out
}

fn write_part(out: &mut String, boxes: &Boxes, first: usize) {
    for (at, block) in boxes.blocks.iter().enumerate() {
        let (open, close) = match block.column {
            Column::Identity => ("([", "])"),
            Column::Policy => ("{{", "}}"),
            Column::Team => ("[[", "]]"),
            Column::Stack => ("[", "]"),
            Column::Environment => ("[(", ")]"),
        };
        let mark = block.mark();
        let class = if mark == Mark::Both { String::new() } else { format!(":::{}", mark.class()) };
        let _ = writeln!(out, "  b{}{open}\"{}\"{close}{class}", first + at, label(block));
    }
    for wire in &boxes.wires {
        let entry = wire.entry.and_then(|entry| boxes.blocks.get(wire.to)?.entries.get(entry));
        let level = entry.map_or("", |entry| entry.difference.as_deref().unwrap_or(&entry.label));
        let words = format!("{} {}", wire.mark.sign(), escape(level));
        let arrow = match wire.mark {
            Mark::Both => "-->",
            Mark::ActualOnly => "==>",
            Mark::Differs | Mark::DeclaredOnly | Mark::Unknown => "-.->",
        };
        let words = if words.trim().is_empty() { String::new() } else { format!("|\"{}\"|", words.trim()) };
        let _ = writeln!(out, "  b{} {arrow}{words} b{}", first + wire.from, first + wire.to);
    }
}

/// What a box says: its title, then its rows. The line breaks are ours.
fn label(block: &Block) -> String {
    let mut lines = Vec::new();
    if !block.title.is_empty() {
        lines.push(escape(&block.title));
    }
    for row in block.rows.iter().take(NAMES) {
        lines.push(format!("{} {}", row.mark.sign(), escape(&row.text)).trim().to_owned());
        if matches!(block.column, Column::Identity | Column::Team) && !row.note.is_empty() {
            lines.push(escape(&row.note));
        }
    }
    if block.rows.len() > NAMES {
        lines.push(format!("and {} more", block.rows.len() - NAMES));
    }
    lines.join("<br/>")
}
