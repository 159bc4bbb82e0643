//! The timeline: a row of bars for each kind of event, days with findings marked, and the same as a table.
//!
//! What must hold: each row has its own scale, and says its greatest number; nothing is told by colour alone.

use std::fmt::Write as _;

use indexmap::IndexSet;

use super::parts::{TABLE_END, table_head};
use crate::drawing::text;
use crate::escape::xml;
use crate::fit::fit;
use crate::layout::short;
use crate::timeline::{Day, Timeline};

/// Days that are drawn; the last ones.
const DAYS: usize = 400;
/// Where the bars begin, and how wide they are together.
const LEFT: f64 = 220.0;
const WIDTH: f64 = 900.0;
/// A row's height, and that of its highest bar.
const ROW: f64 = 44.0;
const HIGHEST: f64 = 30.0;

pub(super) fn section(out: &mut String, timeline: &Timeline) {
    out.push_str(
        "<section id=\"timeline\" aria-labelledby=\"timeline-title\">\n<h2 id=\"timeline-title\">Timeline</h2>\n",
    );
    if timeline.days.is_empty() {
        out.push_str("<p>The logs hold nothing of this time.</p>\n</section>\n");
        return;
    }
    let days = timeline.days.get(timeline.days.len().saturating_sub(DAYS)..).unwrap_or_default();
    if days.len() < timeline.days.len() {
        let _ = writeln!(out, "<p>The last {} of {} days.</p>", days.len(), timeline.days.len());
    }
    let kinds: IndexSet<&String> = days.iter().flat_map(|day| day.counts.keys()).collect();
    chart(out, days, &kinds);
    table(out, days, &kinds);
    out.push_str("</section>\n");
}

fn chart(out: &mut String, days: &[Day], kinds: &IndexSet<&String>) {
    let step = WIDTH / days.len() as f64;
    let height = kinds.len() as f64 * ROW + 44.0;
    let whole = LEFT + WIDTH + 20.0;
    let _ = write!(
        out,
        "<div class=\"chart\" tabindex=\"0\" role=\"region\" aria-label=\"Chart of the timeline\"><svg class=\"sg\" width=\"{0}\" \
         height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-labelledby=\"tl-t\"><title id=\"tl-t\">Events by day, a row for \
         each kind; the table below has the numbers</title>",
        short(whole),
        short(height)
    );
    for (row, kind) in kinds.iter().enumerate() {
        let floor = row as f64 * ROW + HIGHEST + 8.0;
        let most = days.iter().filter_map(|day| day.counts.get(*kind)).copied().max().unwrap_or_default().max(1);
        text(out, 4.0, floor - 14.0, "", &fit(kind, 12.0, LEFT - 16.0), None);
        text(out, 4.0, floor, "o", &format!("at most {most} a day"), None);
        let mut bars = String::new();
        for (at, day) in days.iter().enumerate() {
            let count = day.counts.get(*kind).copied().unwrap_or_default();
            if count > 0 {
                let high = (count as f64 / most as f64 * HIGHEST).max(1.0);
                let (x, wide) = (short(LEFT + at as f64 * step), short((step - 1.0).max(1.0)));
                let _ = write!(bars, "M{x} {}h{wide}v-{}h-{wide}z", short(floor), short(high));
            }
        }
        let end = short(LEFT + WIDTH);
        let _ = write!(out, "<path class=\"v\" d=\"M{LEFT} {}H{end}\"/><path class=\"y\" d=\"{bars}\"/>", short(floor));
    }
    let floor = kinds.len() as f64 * ROW + 16.0;
    text(out, 4.0, floor, "", "findings", None);
    for (at, day) in days.iter().enumerate().filter(|(_, day)| !day.findings.is_empty()) {
        let title = format!("{}: {}", day.date, day.findings.join("; "));
        text(out, LEFT + at as f64 * step, floor, "n k", &day.findings.len().to_string(), Some(&title));
    }
    for (at, anchor) in [(0, 0.0), (days.len() - 1, 66.0)] {
        if let Some(day) = days.get(at) {
            let x = if at == 0 { LEFT } else { LEFT + WIDTH - anchor };
            text(out, x, floor + 20.0, "o", &day.date, None);
        }
    }
    out.push_str("</svg></div>\n");
}

fn table(out: &mut String, days: &[Day], kinds: &IndexSet<&String>) {
    out.push_str("<details><summary>The same as a table</summary>\n");
    let numbers: Vec<String> = kinds.iter().map(|kind| format!("#{}", xml(kind))).collect();
    let mut headings = vec!["Day"];
    headings.extend(numbers.iter().map(String::as_str));
    headings.push("Findings");
    table_head(out, "Table of the timeline", &headings);
    for day in days {
        let _ = write!(out, "<tr><td class=\"word\">{}</td>", xml(&day.date));
        for kind in kinds {
            let _ = write!(out, "<td class=\"num\">{}</td>", day.counts.get(*kind).copied().unwrap_or_default());
        }
        let findings: Vec<String> = day.findings.iter().map(|finding| xml(finding)).collect();
        let _ = writeln!(out, "<td>{}</td></tr>", findings.join("<br>"));
    }
    out.push_str(TABLE_END);
    out.push_str("</details>\n");
}
