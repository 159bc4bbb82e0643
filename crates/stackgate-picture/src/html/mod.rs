//! The picture, the findings and the timeline as one page that needs nothing else.
//!
//! What must hold: the page loads nothing and may load nothing (its content policy names the digests of its one style and one
//! script, and nothing more); no text of a user is in the style or the script; everything can be read without the script.

mod findings;
mod head;
mod parts;
mod picture;
mod timeline;

use stackgate_report::Report;

use crate::escape::xml;
use crate::model::{Mark, Picture};
use crate::timeline::Timeline;

/// What a page shows.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// What was found; none where nothing was looked for.
    pub report: Option<&'a Report>,
    /// What the logs say.
    pub timeline: Option<&'a Timeline>,
}

/// The page, as HTML.
pub fn html(page: &Page<'_>) -> String {
    let picture = page.picture;
    let mut out = head::head(&crate::svg::title(picture));
    out.push_str("<header>\n<h1>Access of ");
    out.push_str(&xml(&picture.organization));
    out.push_str("</h1>\n<p class=\"soft\">");
    out.push_str(&xml(&subtitle(picture)));
    out.push_str("</p>\n");
    if let Some(report) = page.report {
        out.push_str(&format!("<p>{}</p>\n", xml(&report.headline)));
    }
    navigation(&mut out, page);
    cards(&mut out, page);
    out.push_str("</header>\n<main>\n");
    remarks(&mut out, picture);
    picture::section(&mut out, picture);
    if let Some(report) = page.report {
        findings::section(&mut out, picture, report);
    }
    if let Some(timeline) = page.timeline {
        timeline::section(&mut out, timeline);
    }
    out.push_str("</main>\n<footer><p>Made by stackgate ");
    out.push_str(env!("CARGO_PKG_VERSION"));
    out.push_str(". This page loads nothing from anywhere.</p></footer>\n");
    out.push_str(&head::script());
    out.push_str("</body>\n</html>\n");
    out
}

fn subtitle(picture: &Picture) -> String {
    match picture.taken.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()) {
        // To the minute: nobody needs more, and the offset is said.
        Some(taken) => {
            let at = taken.strftime("%Y-%m-%d %H:%M UTC");
            format!("What is declared, laid over what {} holds, read {at}", picture.cloud_url)
        }
        None => format!("As declared for {}; it was not compared with what is there", picture.cloud_url),
    }
}

fn navigation(out: &mut String, page: &Page<'_>) {
    if page.report.is_none() && page.timeline.is_none() {
        return;
    }
    out.push_str("<nav aria-label=\"Parts of this page\"><a href=\"#picture\">Picture</a>");
    if page.report.is_some() {
        out.push_str("<a href=\"#findings\">Findings</a>");
    }
    if page.timeline.is_some() {
        out.push_str("<a href=\"#timeline\">Timeline</a>");
    }
    out.push_str("</nav>\n");
}

/// The figures that matter.
fn cards(out: &mut String, page: &Page<'_>) {
    if !page.picture.compared() {
        return;
    }
    out.push_str("<ul class=\"cards\" aria-label=\"Differences\">\n");
    for mark in Mark::DIFFERENCES {
        let (count, sign, words) = (page.picture.count(mark), mark.sign(), mark.words());
        let class = if count == 0 { "" } else { mark.class() };
        out.push_str(&format!("<li class=\"{class}\"><b>{count}</b>{sign} {words}</li>\n"));
    }
    out.push_str("</ul>\n");
}

/// What is of no node.
fn remarks(out: &mut String, picture: &Picture) {
    if picture.remarks.is_empty() {
        return;
    }
    out.push_str("<h2>Of the organization as a whole</h2>\n<ul class=\"told\">\n");
    for remark in &picture.remarks {
        let (class, sign) = (remark.mark.class(), remark.mark.sign());
        let text = xml(&remark.text);
        out.push_str(&format!("<li class=\"{class}\"><b class=\"{class} sign\">{sign}</b> {text}</li>\n"));
    }
    out.push_str("</ul>\n");
}
