//! A scene as elements of SVG, in coordinates of its own.
//!
//! What must hold: each text is one escaped text of its own, cut to its box; where it was cut, or differs, the whole is in a
//! `<title>`. Styles are classes alone, so that a page with a strict content policy shows it too.

use std::fmt::Write as _;

use stackgate_diagnostic::clean;

use crate::boxes::{Block, Entry, ROWS, Row};
use crate::escape::xml;
use crate::fit::fit;
use crate::layout::{LINE, Laid, PAD, Place, SMALL, entries_height, entry_middle, is_tall, short};
use crate::model::Mark;

/// The size of ordinary letters and of small ones.
const SIZE: f64 = 12.0;
const SMALL_SIZE: f64 = 11.0;
/// As if bold letters were larger: they are wider.
const BOLD: f64 = 13.5;
/// From the middle of a line to its baseline.
const BASE: f64 = 4.0;
/// The room that a sign takes.
const SIGN: f64 = 13.0;

/// Draws the boxes and wires. Wires first, so that boxes are above them; what differs is above what does not.
pub(crate) fn draw(blocks: &[Block], laid: &Laid) -> String {
    let mut out = String::new();
    for (column, x) in &laid.columns {
        text(&mut out, *x, 18.0, "h", column.title(), None);
    }
    let mut routes: Vec<_> = laid.routes.iter().collect();
    routes.sort_by_key(|route| route.mark);
    for route in routes {
        let _ = write!(out, "<path class=\"w{}\" d=\"{}\"/>", class(route.mark), route.path);
    }
    for (block, place) in blocks.iter().zip(&laid.places) {
        draw_block(&mut out, block, place);
    }
    out
}

/// The class of a mark, after that of the element; nothing where all is as declared.
fn class(mark: Mark) -> String {
    if mark == Mark::Both { String::new() } else { format!(" {}", mark.class()) }
}

fn draw_block(out: &mut String, block: &Block, place: &Place) {
    let _ = write!(
        out,
        "<rect class=\"x{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        class(block.mark()),
        short(place.x),
        short(place.y),
        short(place.width),
        short(place.height)
    );
    let room = place.width - 2.0 * PAD;
    let left = place.x + PAD;
    let mut y = place.y + PAD;
    if !block.title.is_empty() {
        text(out, left, y + LINE / 2.0 + BASE, "k", &fit(&block.title, BOLD, room), None);
        y += LINE;
    }
    let shown = block.shown();
    for (at, entry) in shown.iter().enumerate() {
        draw_entry(out, entry, left, place.y + entry_middle(block, at), room);
    }
    if shown.len() < block.entries.len() {
        let more = format!("and {} more teams", block.entries.len() - shown.len());
        let middle = place.y + entry_middle(block, shown.len()) - (LINE - SMALL) / 2.0;
        text(out, left, middle + BASE, "o", &more, None);
    }
    if !shown.is_empty() {
        y += entries_height(block);
        let (right, line) = (short(place.x + place.width), short(y - 2.5));
        let _ = write!(out, "<path class=\"v\" d=\"M{} {line}H{right}\"/>", short(place.x));
    }
    for row in block.rows.iter().take(ROWS) {
        draw_row(out, block, row, left, y, room);
        y += LINE + if is_tall(block, row.difference.is_some()) { SMALL } else { 0.0 };
    }
    if block.hidden() > 0 {
        let more = format!("and {} more, all of them in the table", block.hidden());
        text(out, left, y + SMALL / 2.0 + BASE, "o", &fit(&more, SMALL_SIZE, room), None);
    }
}

fn draw_entry(out: &mut String, entry: &Entry, x: f64, middle: f64, room: f64) {
    let level = entry.difference.as_deref().unwrap_or(&entry.label);
    let whole = format!("{level} · {}", entry.team);
    let shown = fit(&whole, SMALL_SIZE, sign_room(entry.mark, room));
    let title = whole_title(&whole, &shown, entry.mark, None);
    signed(out, x, middle + BASE, "o", entry.mark, &shown, title.as_deref());
}

fn draw_row(out: &mut String, block: &Block, row: &Row, x: f64, y: f64, room: f64) {
    let bold = is_tall(block, false);
    let shown = fit(&row.text, if bold { BOLD } else { SIZE }, sign_room(row.mark, room));
    let mut whole = row.text.clone();
    if !row.note.is_empty() && row.note != block.title {
        whole = format!("{whole}: {}", row.note);
    }
    let title = whole_title(&whole, &shown, row.mark, row.difference.as_deref());
    let class = if bold { "k" } else { "" };
    signed(out, x, y + LINE / 2.0 + BASE, class, row.mark, &shown, title.as_deref());
    let second = row.difference.as_deref().unwrap_or(&row.note);
    if is_tall(block, row.difference.is_some()) && !second.is_empty() {
        let shown = fit(second, SMALL_SIZE, room);
        text(out, x, y + LINE + SMALL / 2.0 + BASE - 1.0, "o", &shown, None);
    }
}

const fn sign_room(mark: Mark, room: f64) -> f64 {
    if mark.sign().is_empty() { room } else { room - SIGN }
}

/// What a text is in full, where it does not say it all.
fn whole_title(whole: &str, shown: &str, mark: Mark, difference: Option<&str>) -> Option<String> {
    let mut parts = Vec::new();
    if clean(whole) != shown || mark != Mark::Both {
        parts.push(whole.to_owned());
    }
    if mark != Mark::Both {
        parts.push(mark.words().to_owned());
    }
    parts.extend(difference.map(str::to_owned));
    (!parts.is_empty()).then(|| parts.join(" — "))
}

/// A text with the sign of its mark before it.
fn signed(out: &mut String, x: f64, y: f64, class: &str, mark: Mark, shown: &str, title: Option<&str>) {
    if mark == Mark::Both {
        return text(out, x, y, class, shown, title);
    }
    let class = format!("{class} {}", mark.class());
    let (x, y) = (short(x), short(y));
    let _ = write!(out, "<text class=\"{}\" x=\"{x}\" y=\"{y}\"><tspan>{}</tspan> ", class.trim(), mark.sign());
    out.push_str(&xml(shown));
    end(out, title);
}

/// One text.
pub(crate) fn text(out: &mut String, x: f64, y: f64, class: &str, shown: &str, title: Option<&str>) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = write!(out, "<text{class} x=\"{}\" y=\"{}\">{}", short(x), short(y), xml(shown));
    end(out, title);
}

fn end(out: &mut String, title: Option<&str>) {
    if let Some(title) = title {
        let _ = write!(out, "<title>{}</title>", xml(title));
    }
    out.push_str("</text>");
}
