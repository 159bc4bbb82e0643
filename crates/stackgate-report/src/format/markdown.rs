//! Markdown for a comment on a change request.
//!
//! What must hold: no text of a user becomes a link, a picture, a mention, a heading, HTML or a quick action; whatever is
//! not a plain word stands in a code span. The comment fits where it is posted (GitHub takes 65,536 characters). Its first
//! line is the same in every run, so that a job can find its comment and write over it.

use stackgate_diagnostic::clean;

use crate::diff::unified;
use crate::model::{Finding, Report, Status};
use crate::sink::log_line;

/// Bytes after which nothing is added but a note that there is more.
const LONGEST: usize = 60_000;

pub(super) fn print(report: &Report) -> String {
    let mut out = format!("<!-- stackgate {} -->\n\n", report.command);
    out.push_str(&format!("### stackgate {}\n\n{}\n", report.command, prose(&report.headline)));
    let mut left = report.findings().len();
    for finding in report.findings() {
        let text = one(finding);
        if out.len() + text.len() > LONGEST {
            break;
        }
        out.push_str(&text);
        left -= 1;
    }
    if left > 0 {
        out.push_str(&format!("\n{left} more are not shown here.\n"));
    }
    for file in report.files.iter().filter(|file| file.found.is_some() && file.expected.is_some()) {
        let diff = unified(file);
        let fence = "`".repeat(longest_run(&diff).max(2) + 1);
        let text = format!(
            "\n<details><summary>Difference</summary>\n\n{}\n\n{fence}diff\n{diff}{fence}\n\n</details>\n",
            span(&file.path)
        );
        if out.len() + text.len() > LONGEST {
            out.push_str("\nThe other differences are too long for a comment.\n");
            break;
        }
        out.push_str(&text);
    }
    out.lines().map(|line| log_line(line) + "\n").collect()
}

fn one(finding: &Finding) -> String {
    let at = finding.place.as_ref().map_or_else(String::new, |place| format!("{} ", span(&place.to_string())));
    let class = finding.class.map_or_else(String::new, |class| format!(", {class}"));
    let status = match &finding.status {
        Status::Fails => String::new(),
        Status::Passes => ", does not fail".to_owned(),
        Status::Suppressed { reason, until } => format!(", set aside until {}: {}", prose(until), prose(reason)),
    };
    let level = finding.level.as_str();
    let mut out = format!("\n- {at}{}\n  **{level}**{class}, `{}`{status}\n", prose(&finding.message), finding.rule.id);
    let mut add = |what: &str, text: &str| out.push_str(&format!("  - {what}{text}\n"));
    if let Some(label) = &finding.label {
        add("", &prose(label));
    }
    if let Some(before) = &finding.before {
        add("before: ", &span(before));
    }
    if let Some(after) = &finding.after {
        add("after: ", &span(after));
    }
    for related in &finding.related {
        add("", &format!("{} {}", span(&related.place.to_string()), prose(&related.message)));
    }
    if let Some(help) = &finding.help {
        add("help: ", &prose(help));
    }
    for detail in &finding.details {
        add("", &span(detail));
    }
    out
}

/// A code span that holds any text, with a fence longer than any run of backticks in it.
fn span(text: &str) -> String {
    let text = clean(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    // One space at each end is taken away again; without it, a backtick would be part of the fence.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A sentence: what stands between backticks stays a code span, and of the rest every word that is not plain becomes one.
fn prose(text: &str) -> String {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks closes nothing.
    if parts.len().is_multiple_of(2) {
        return span(&text);
    }
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        match (index % 2, part.is_empty()) {
            (_, true) => {}
            (1, _) => out.push_str(&span(part)),
            // A span that follows another without a space would share its backticks.
            _ if !part.starts_with(' ') && !plain(part.split(' ').next().unwrap_or_default()) && index > 0 => {
                return span(&text);
            }
            _ if !part.ends_with(' ')
                && !plain(part.rsplit(' ').next().unwrap_or_default())
                && index + 1 < parts.len() =>
            {
                return span(&text);
            }
            _ => {
                let words = part.split(' ').map(|word| if plain(word) { word.to_owned() } else { span(word) });
                out.push_str(&words.collect::<Vec<_>>().join(" "));
            }
        }
    }
    out
}

/// Whether a word means nothing to any dialect of Markdown: no mark-up, no mention, no reference, no address, no emoji.
fn plain(word: &str) -> bool {
    let inert = |c: char| {
        c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ':' | '\'' | '"' | '(' | ')' | '-' | '?' | '%' | '…' | '/')
    };
    word.chars().all(inert)
        && word.matches(':').count() < 2
        && !word.contains("://")
        && !word.starts_with(['/', '-'])
        && !word.to_lowercase().contains("www.")
}
