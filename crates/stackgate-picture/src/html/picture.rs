//! The picture in the page: a legend, an overview where there is much, and each scene with its table.
//!
//! What must hold: whatever is drawn stands in a table too; scenes with a difference come first and are open, up to a dozen.

use std::fmt::Write as _;

use super::parts::{TABLE_END, mark, table_head};
use crate::boxes::{Block, Boxes, Row, boxes};
use crate::drawing::draw;
use crate::escape::xml;
use crate::layout::{layout, short};
use crate::model::{Column, Mark, Picture};
use crate::scenes::{Scene, scenes};

/// Scenes that are open from the beginning.
const OPEN: usize = 12;

/// Said where boxes do not name every team.
const REDUCED: &str =
    "The boxes of this part name its own teams alone: with all that reach the same, they would be too many.";

pub(super) fn section(out: &mut String, picture: &Picture) {
    let scenes = scenes(picture);
    out.push_str("<section id=\"picture\" aria-labelledby=\"picture-title\">\n<h2 id=\"picture-title\">Who gets which token, and what it reaches</h2>\n");
    legend(out, picture);
    if let [only] = scenes.as_slice() {
        return single(out, picture, only);
    }
    overview(out, picture, &scenes);
    bar(out);
    for (at, scene) in scenes.iter().enumerate() {
        let open = at < OPEN && (at == 0 || scene.worst(picture) > Mark::Unknown);
        let differs = differences(picture, scene);
        let state = if open { " open" } else { "" };
        let _ = write!(
            out,
            "<details class=\"scene\" id=\"s{at}\" data-differs=\"{differs}\"{state}><summary>{} ",
            xml(&scene.title)
        );
        for (found, count) in counts(picture, scene) {
            let (class, sign, words) = (found.class(), found.sign(), found.words());
            let _ = write!(out, "<span class=\"{class}\">{sign} {count} {words}</span>");
        }
        out.push_str("</summary>\n");
        content(out, picture, scene, at);
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

/// Everything as one scene, without anything to open.
fn single(out: &mut String, picture: &Picture, scene: &Scene) {
    out.push_str("<div class=\"scene\" id=\"s0\">\n");
    content(out, picture, scene, 0);
    out.push_str("</div>\n</section>\n");
}

fn differences(picture: &Picture, scene: &Scene) -> usize {
    Mark::DIFFERENCES.iter().map(|mark| scene.count(picture, *mark)).sum()
}

fn counts(picture: &Picture, scene: &Scene) -> Vec<(Mark, usize)> {
    let counts = Mark::DIFFERENCES.iter().map(|mark| (*mark, scene.count(picture, *mark)));
    counts.filter(|(_, count)| *count > 0).collect()
}

fn legend(out: &mut String, picture: &Picture) {
    out.push_str("<ul class=\"legend\">\n");
    for mark in [Mark::Both].into_iter().chain(Mark::DIFFERENCES) {
        if !picture.compared() {
            break;
        }
        let class = if mark == Mark::Both { String::new() } else { format!(" {}", mark.class()) };
        let _ = writeln!(
            out,
            "<li><svg class=\"sg few\" width=\"36\" height=\"10\" aria-hidden=\"true\"><path class=\"w{class}\" d=\"M0 5H36\"/></svg>\
             <b class=\"{}\">{}</b> {}</li>",
            class.trim(),
            mark.sign(),
            mark.words()
        );
    }
    out.push_str("<li class=\"soft\">A box holds what the same teams reach with the same permissions.</li>\n</ul>\n");
}

fn overview(out: &mut String, picture: &Picture, scenes: &[Scene]) {
    let _ = writeln!(out, "<details><summary>Overview: {} parts</summary>", scenes.len());
    table_head(out, "Overview", &["Part", "#Teams", "#Stacks", "#Environments", "Differences"]);
    for (at, scene) in scenes.iter().enumerate() {
        let of = |column| scene.of(picture, column);
        let _ = write!(
            out,
            "<tr><td><a href=\"#s{at}\">{}</a></td><td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td><td>",
            xml(&scene.title),
            of(Column::Team),
            of(Column::Stack),
            of(Column::Environment)
        );
        let counts: Vec<String> = counts(picture, scene)
            .iter()
            .map(|(mark, count)| {
                format!("<span class=\"{}\">{} {count} {}</span>", mark.class(), mark.sign(), mark.words())
            })
            .collect();
        let _ = writeln!(out, "{}</td></tr>", if counts.is_empty() { "none".to_owned() } else { counts.join(", ") });
    }
    out.push_str(TABLE_END);
    out.push_str("</details>\n");
}

fn bar(out: &mut String) {
    out.push_str(
        "<form class=\"bar\" id=\"scenes-bar\" hidden aria-label=\"Which parts are shown\">\n\
         <label>Find<input id=\"s-text\" type=\"search\" placeholder=\"stack, team, repository\"></label>\n\
         <label class=\"check\"><input id=\"s-differs\" type=\"checkbox\">differences only</label>\n\
         <button type=\"button\" id=\"s-open\">Open all</button>\n<button type=\"button\" id=\"s-close\">Close all</button>\n\
         <output id=\"s-left\" aria-live=\"polite\"></output>\n</form>\n",
    );
}

fn content(out: &mut String, picture: &Picture, scene: &Scene, at: usize) {
    let mut boxes = boxes(picture, scene);
    if boxes.reduced {
        let _ = writeln!(out, "<p class=\"view soft\">{REDUCED}</p>");
    }
    match layout(&mut boxes) {
        Some(laid) => {
            let (width, height) = (short(laid.width), short(laid.height));
            let few = if laid.columns.len() < 4 { " few" } else { "" };
            let _ = writeln!(
                out,
                "<div class=\"view\" tabindex=\"0\" role=\"region\" aria-label=\"Picture {}: {}\"><svg class=\"sg{few}\" \
                 width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
                 aria-labelledby=\"t{at} d{at}\"><title id=\"t{at}\">{}</title><desc id=\"d{at}\">{}</desc>{}</svg></div>",
                at + 1,
                xml(&scene.title),
                xml(&scene.title),
                xml(&description(picture, scene)),
                draw(&boxes.blocks, &laid)
            );
        }
        None => {
            let _ = writeln!(
                out,
                "<p class=\"view soft\">{} boxes are too many for a picture. The table has them.</p>",
                boxes.blocks.len()
            );
        }
    }
    out.push_str("<details><summary>The same as a table</summary>\n");
    tables(out, &boxes, at);
    out.push_str("</details>\n");
}

fn description(picture: &Picture, scene: &Scene) -> String {
    let of = |column: Column| format!("{} {}", column.title(), scene.of(picture, column));
    let columns: Vec<String> = Column::ALL.map(of).to_vec();
    let found = differences(picture, scene);
    format!("{}. Differences: {found}. The table below has all of it.", columns.join(", "))
}

/// What is drawn, in rows.
fn tables(out: &mut String, boxes: &Boxes, at: usize) {
    let name = |at: usize| boxes.blocks.get(at).map(names).unwrap_or_default();
    let ways: Vec<_> = boxes.wires.iter().filter(|wire| wire.entry.is_none()).collect();
    if !ways.is_empty() {
        table_head(out, &format!("Who may ask, part {}", at + 1), &["From", "Leads to", "How it stands"]);
        for wire in ways {
            let _ = write!(out, "<tr><td>{}</td><td>{}</td><td class=\"word\">", name(wire.from), name(wire.to));
            mark(out, wire.mark);
            out.push_str("</td></tr>\n");
        }
        out.push_str(TABLE_END);
    }
    let reached: Vec<&Block> = boxes.blocks.iter().filter(|block| block.column > Column::Team).collect();
    if !reached.is_empty() {
        table_head(out, &format!("What is reached, part {}", at + 1), &["Team", "Permission", "On", "How it stands"]);
        for block in reached {
            permissions(out, block);
        }
        out.push_str(TABLE_END);
    }
}

fn permissions(out: &mut String, block: &Block) {
    let names = names(block);
    let what = if block.column == Column::Stack { "Stacks" } else { "Environments" };
    if block.entries.is_empty() {
        let _ = writeln!(out, "<tr><td>no team</td><td></td><td>{names}</td><td></td></tr>");
    }
    for (at, entry) in block.entries.iter().enumerate() {
        let level = entry.difference.as_deref().unwrap_or(&entry.label);
        // What several teams reach is listed once.
        let on = if at == 0 { names.clone() } else { format!("{what} of the row above") };
        let _ = write!(out, "<tr><td>{}</td><td>{}</td><td>{on}</td><td class=\"word\">", xml(&entry.team), xml(level));
        mark(out, entry.mark);
        out.push_str("</td></tr>\n");
    }
}

/// What is in a box, with the difference of each thing.
fn names(block: &Block) -> String {
    let one = |row: &Row| {
        let mut text = String::new();
        if row.mark != Mark::Both {
            let (class, sign) = (row.mark.class(), row.mark.sign());
            let _ = write!(text, "<b class=\"{class}\" title=\"{}\">{sign}</b> ", row.mark.words());
        }
        text.push_str(&xml(&row.text));
        if let Some(difference) = &row.difference {
            let _ = write!(text, " ({})", xml(difference));
        }
        text
    };
    let names: Vec<String> = block.rows.iter().map(one).collect();
    names.join(", ")
}
