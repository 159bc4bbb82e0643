//! The lines in which two texts differ.
//!
//! What must hold: a line ends at its line feed and nowhere else, as git sees it, so that what is shown and what a patch
//! holds is the same; a hostile text costs no more than a time that grows with its length.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices, group_diff_ops};
use stackgate_diagnostic::clean;

use crate::model::File;
use crate::sink::log_line;

/// How many lines that are the same are shown around a difference.
const CONTEXT: usize = 3;
/// With more lines than this, the lines between the first and the last difference are not compared one by one: finding
/// the shortest diff of long texts takes a time that grows with the square of their length.
const MOST: usize = 20_000;

/// One place where the texts differ.
pub(crate) struct Hunk<'t> {
    /// The line between `@@` and `@@`, with both.
    pub(crate) head: String,
    /// Each line with its sign and its line feed, if it has one.
    pub(crate) lines: Vec<(char, &'t str)>,
}

/// The hunks that make `new` of `old`.
pub(crate) fn hunks<'t>(old: &'t str, new: &'t str) -> Vec<Hunk<'t>> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    if old == new {
        return Vec::new();
    }
    if old.len() + new.len() > MOST {
        return vec![coarse(&old, &new)];
    }
    let groups = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);
    let hunks = groups.iter().filter(|group| !group.is_empty()).map(|group| {
        let mut lines = Vec::new();
        for op in group {
            let (tag, from, to) = op.as_tag_tuple();
            match tag {
                DiffTag::Equal => lines.extend(old[from].iter().map(|line| (' ', *line))),
                DiffTag::Delete => lines.extend(old[from].iter().map(|line| ('-', *line))),
                DiffTag::Insert => lines.extend(new[to].iter().map(|line| ('+', *line))),
                DiffTag::Replace => {
                    lines.extend(old[from].iter().map(|line| ('-', *line)));
                    lines.extend(new[to].iter().map(|line| ('+', *line)));
                }
            }
        }
        let first = |range: fn(&similar::DiffOp) -> Range<usize>| group.first().map_or(0, |op| range(op).start);
        let last = |range: fn(&similar::DiffOp) -> Range<usize>| group.last().map_or(0, |op| range(op).end);
        let old = first(similar::DiffOp::old_range)..last(similar::DiffOp::old_range);
        let new = first(similar::DiffOp::new_range)..last(similar::DiffOp::new_range);
        Hunk { head: head(&old, &new), lines }
    });
    hunks.collect()
}

/// Everything from the first difference to the last, as one hunk.
fn coarse<'t>(old: &[&'t str], new: &[&'t str]) -> Hunk<'t> {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - same;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let (before, after) = (same.min(CONTEXT), end.min(CONTEXT));
    let (old_at, new_at) = (same..old.len() - end, same..new.len() - end);
    let mut lines: Vec<(char, &str)> = old[same - before..same].iter().map(|line| (' ', *line)).collect();
    lines.extend(old[old_at.clone()].iter().map(|line| ('-', *line)));
    lines.extend(new[new_at.clone()].iter().map(|line| ('+', *line)));
    lines.extend(old[old_at.end..old_at.end + after].iter().map(|line| (' ', *line)));
    let around = |at: Range<usize>| at.start - before..at.end + after;
    Hunk { head: head(&around(old_at), &around(new_at)), lines }
}

fn head(old: &Range<usize>, new: &Range<usize>) -> String {
    format!("@@ -{} +{} @@", range(old), range(new))
}

/// Lines from 1, and how many; an empty range is said to be at the line before it.
fn range(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// Whether there is a text on one of the sides.
fn is_text(file: &File) -> bool {
    file.found.is_some() || file.expected.is_some()
}

/// The diff of a file from what stands there to what should, for people: each line is cleaned and opens no command of a CI
/// system. Empty for a file that is as it should be, or that is no text.
#[must_use]
pub fn unified(file: &File) -> String {
    if file.is_clean() || !is_text(file) {
        return String::new();
    }
    let hunks = hunks(file.found.as_deref().unwrap_or_default(), file.expected.as_deref().unwrap_or_default());
    let name = |side: char, text: &Option<String>| match text {
        Some(_) => format!("{side}/{}", clean(&file.path)),
        None => "/dev/null".to_owned(),
    };
    let mut out = format!("--- {}\n+++ {}\n", name('a', &file.found), name('b', &file.expected));
    for hunk in hunks {
        out.push_str(&hunk.head);
        out.push('\n');
        for (sign, line) in hunk.lines {
            let text = line.strip_suffix('\n');
            // The sign stands first for a CI system, the text for a runner that skips spaces.
            let shown = log_line(&format!("{sign}{}", clean(text.unwrap_or(line))));
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{shown}");
            if text.is_none() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
}
