//! The table of findings, with filters that appear where scripts run.
//!
//! What must hold: without the script every finding is shown. Teams of a finding are those of the picture whose names stand
//! in its texts as words.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use stackgate_diagnostic::clean;
use stackgate_report::{Finding, Level, Report, Status};

use super::parts::{TABLE_END, choice, table_head};
use crate::escape::xml;
use crate::model::{Column, Picture};

pub(super) fn section(out: &mut String, picture: &Picture, report: &Report) {
    out.push_str(
        "<section id=\"findings\" aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n",
    );
    let mut findings: Vec<&Finding> = report.findings().iter().collect();
    if findings.is_empty() {
        out.push_str("<p>Nothing was found.</p>\n</section>\n");
        return;
    }
    findings.sort_by_key(|finding| (!finding.fails(), std::cmp::Reverse(finding.level)));
    let teams: BTreeSet<String> =
        picture.nodes.iter().filter(|node| node.column == Column::Team).map(|node| clean(&node.name)).collect();
    let of: Vec<BTreeSet<&str>> = findings.iter().map(|finding| teams_of(finding, &teams)).collect();
    bar(out, &findings, &of);
    table_head(out, "Table of findings", &["Level", "Class", "What", "Rule", "Teams"]);
    for (finding, teams) in findings.iter().zip(&of) {
        row(out, finding, teams);
    }
    out.push_str(TABLE_END);
    out.push_str("</section>\n");
}

/// The teams that a finding names.
fn teams_of<'a>(finding: &Finding, teams: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
    let texts = [Some(&finding.message), finding.before.as_ref(), finding.after.as_ref(), finding.help.as_ref()];
    let texts = texts.into_iter().flatten().chain(&finding.details);
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    texts
        .flat_map(|text| text.split(part))
        .filter_map(|word| teams.get(word.trim_end_matches('.')))
        .map(String::as_str)
        .collect()
}

fn bar(out: &mut String, findings: &[&Finding], of: &[BTreeSet<&str>]) {
    let sorted = |words: BTreeSet<String>| words.into_iter().collect::<Vec<_>>();
    let levels: Vec<String> = Level::ALL
        .iter()
        .filter(|level| findings.iter().any(|finding| finding.level == **level))
        .map(|level| level.as_str().to_owned())
        .collect();
    let classes = sorted(findings.iter().filter_map(|finding| finding.class).map(str::to_owned).collect());
    let rules = sorted(findings.iter().map(|finding| finding.rule.id.to_string()).collect());
    let teams = sorted(of.iter().flatten().map(|team| (*team).to_owned()).collect());
    out.push_str("<form class=\"bar\" id=\"findings-bar\" hidden aria-label=\"Which findings are shown\">\n");
    choice(out, "f-level", "Level", &levels);
    choice(out, "f-class", "Class", &classes);
    choice(out, "f-rule", "Rule", &rules);
    choice(out, "f-team", "Team", &teams);
    out.push_str(
        "<label>Text<input id=\"f-text\" type=\"search\"></label>\n<button type=\"reset\">All</button>\n\
         <output id=\"f-left\" aria-live=\"polite\"></output>\n</form>\n",
    );
}

fn row(out: &mut String, finding: &Finding, teams: &BTreeSet<&str>) {
    let level = finding.level.as_str();
    let teams: Vec<&str> = teams.iter().copied().collect();
    let class = finding.class.unwrap_or_default();
    let _ = write!(
        out,
        "<tr data-level=\"{level}\" data-class=\"{}\" data-rule=\"{}\" data-teams=\"{}\"><td class=\"word\">\
         <span class=\"lv {level}\">{level}</span></td><td class=\"word\">{}</td><td>{}",
        xml(class),
        xml(&finding.rule.id),
        xml(&teams.join(" ")),
        xml(&class.replace('-', " ")),
        xml(&finding.message)
    );
    for line in lines(finding) {
        let _ = write!(out, "<small>{}</small>", xml(&line));
    }
    if !finding.details.is_empty() {
        let _ = write!(out, "<details><summary>{} more lines</summary>", finding.details.len());
        for line in &finding.details {
            let _ = write!(out, "<small>{}</small>", xml(line));
        }
        out.push_str("</details>");
    }
    let (id, title, why) = (xml(&finding.rule.id), xml(&finding.rule.title), xml(&finding.rule.why));
    let _ = writeln!(
        out,
        "</td><td>{id}<small title=\"{why}\">{title}</small></td><td>{}</td></tr>",
        xml(&teams.join(", "))
    );
}

/// The lines below the message.
fn lines(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(finding.place.as_ref().map(|place| format!("at {place}")));
    lines.extend(finding.label.clone());
    if finding.before.is_some() || finding.after.is_some() {
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        lines.push(format!("{} → {}", word(&finding.before), word(&finding.after)));
    }
    lines.extend(finding.related.iter().map(|related| format!("{}: {}", related.place, related.message)));
    lines.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    match &finding.status {
        Status::Fails => {}
        Status::Passes => lines.push("below the bar".to_owned()),
        Status::Suppressed { reason, until } => lines.push(format!("set aside until {until}: {reason}")),
    }
    lines
}
