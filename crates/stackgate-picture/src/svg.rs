//! The picture as one SVG file.
//!
//! What must hold: it loads nothing, runs nothing and names nothing outside itself; it is light or dark as its reader is.
//! What it leaves out, it says.

use std::fmt::Write as _;

use crate::boxes::boxes;
use crate::drawing::{draw, text};
use crate::escape::xml;
use crate::layout::{layout, short};
use crate::model::{Mark, Picture};
use crate::scenes::{Scene, scenes};

/// The styles of a picture, in an SVG file or in a page.
pub(crate) const STYLE: &str = include_str!("../assets/picture.css");

/// Scenes that one file shows.
const SCENES: usize = 12;
/// Scenes without a difference that it shows at most.
const CLEAN: usize = 4;
const TITLE: f64 = 30.0;

/// The picture as SVG. Of a large organization it shows the scenes that differ, up to a dozen, and says how many more
/// there are.
pub fn svg(picture: &Picture) -> String {
    let scenes = scenes(picture);
    let (mut body, mut y, mut wide) = (String::new(), 0.0, 480.0_f64);
    let mut shown = 0;
    let differing = scenes.iter().filter(|scene| scene.worst(picture) > Mark::Both).count();
    for scene in scenes.iter().take(SCENES.min(differing.max(CLEAN))) {
        let several = scenes.len() > 1;
        let Some((scene, width, height)) = part(picture, scene, several) else { continue };
        let _ = write!(body, "<g transform=\"translate(0 {})\">{scene}</g>", short(y));
        y += height;
        wide = wide.max(width);
        shown += 1;
    }
    if shown < scenes.len() {
        let more = format!("{} more parts are not shown; the page in HTML has them all.", scenes.len() - shown);
        text(&mut body, 12.0, y + 18.0, "o", &more, None);
        y += TITLE;
    }
    if picture.compared() {
        wide = wide.max(legend(&mut body, picture, y));
        y += TITLE;
    }
    let (wide, high) = (short(wide), short(y));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sg\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\" \
         role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">{}</title><desc id=\"d\">{}</desc><style>{STYLE}</style>\
         <rect class=\"bg\" width=\"{wide}\" height=\"{high}\"/>{body}</svg>\n",
        xml(&title(picture)),
        xml(&description(picture))
    )
}

/// The title of the whole.
pub(crate) fn title(picture: &Picture) -> String {
    format!("Who gets which token of {}, and what it reaches", picture.organization)
}

/// What the picture shows, in a sentence or two.
pub(crate) fn description(picture: &Picture) -> String {
    let count = |column| picture.nodes.iter().filter(|node| node.column == column).count();
    let mut parts = Vec::new();
    for column in crate::model::Column::ALL {
        parts.push(format!("{} {}", column.title(), count(column)));
    }
    let mut text = format!("From the left: {}.", parts.join(", "));
    if picture.compared() {
        let told = Mark::DIFFERENCES.map(|mark| format!("{} {}", picture.count(mark), mark.words()));
        text += &format!(" Differences: {}.", told.join(", "));
    }
    text
}

/// One scene with its size; none where it has too many boxes.
fn part(picture: &Picture, scene: &Scene, several: bool) -> Option<(String, f64, f64)> {
    let mut boxes = boxes(picture, scene);
    let laid = layout(&mut boxes)?;
    let mut out = String::new();
    let mut top = 0.0;
    if several {
        let left_out = if boxes.reduced { " (without teams of other parts)" } else { "" };
        let title = format!("{}{left_out}", scene.title);
        text(&mut out, 12.0, 22.0, "s", &crate::fit::fit(&title, 16.5, laid.width.max(480.0) - 24.0), None);
        top = TITLE;
    }
    let _ = write!(out, "<g transform=\"translate(0 {})\">{}</g>", short(top), draw(&boxes.blocks, &laid));
    Some((out, laid.width, laid.height + top))
}

/// The marks that occur; returns where it ends.
fn legend(out: &mut String, picture: &Picture, y: f64) -> f64 {
    let mut x = 12.0;
    for mark in [Mark::Both].into_iter().chain(Mark::DIFFERENCES) {
        if mark != Mark::Both && picture.count(mark) == 0 {
            continue;
        }
        let class = if mark == Mark::Both { String::new() } else { format!(" {}", mark.class()) };
        let line = short(y + 13.5);
        let _ = write!(out, "<path class=\"w{class}\" d=\"M{} {line}H{}\"/>", short(x), short(x + 34.0));
        let words = format!("{} {}", mark.sign(), mark.words());
        text(out, x + 40.0, y + 18.0, class.trim(), words.trim(), None);
        x += 56.0 + crate::fit::width(&words, 12.0);
    }
    x
}
