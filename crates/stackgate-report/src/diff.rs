//! The lines in which two texts differ.
//!
//! What must hold: a line ends at its line feed and nowhere else, as git sees it, so that what is shown and what a patch
//! holds is the same; a hostile text costs no more than a time that grows with its length.

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

/// A part of a diff, in order.
pub(crate) enum Part<'t> {
    /// The line between `@@` and `@@`, with both, that opens a hunk.
    Head(String),
    /// A line with its sign and its line feed, if it has one.
    Line(char, &'t str),
}

/// Gives each part of the diff that makes `new` of `old`; none where they are the same.
pub(crate) fn each<'t>(old: &'t str, new: &'t str, emit: &mut dyn FnMut(Part<'t>)) {
    if old == new {
        return;
    }
    if count(old) + count(new) > MOST {
        return coarse(old, new, emit);
    }
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let from = first.old_range().start..last.old_range().end;
        let to = first.new_range().start..last.new_range().end;
        emit(Part::Head(head(&from, &to)));
        for op in &group {
            let (tag, from, to) = op.as_tag_tuple();
            if tag == DiffTag::Equal {
                old[from].iter().for_each(|line| emit(Part::Line(' ', line)));
            } else {
                // Of an insertion the first is empty, of a deletion the second.
                old[from].iter().for_each(|line| emit(Part::Line('-', line)));
                new[to].iter().for_each(|line| emit(Part::Line('+', line)));
            }
        }
    }
}

/// How many lines a text has.
fn count(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count() + usize::from(!text.is_empty() && !text.ends_with('\n'))
}

/// Everything from the first difference to the last, as one hunk. No list of lines is made: a text of a mebibyte can have a
/// million of them.
fn coarse<'t>(old: &'t str, new: &'t str, emit: &mut dyn FnMut(Part<'t>)) {
    let both = old.split_inclusive('\n').zip(new.split_inclusive('\n'));
    let same: usize = both.take_while(|(old, new)| old == new).map(|(line, _)| line.len()).sum();
    let (mut from, mut to) = (&old[same..], &new[same..]);
    while let (Some(a), Some(b)) = (last(from), last(to))
        && a == b
    {
        (from, to) = (&from[..from.len() - a.len()], &to[..to.len() - b.len()]);
    }
    let mut before = Vec::new();
    let mut rest = &old[..same];
    while let Some(line) = last(rest).filter(|_| before.len() < CONTEXT) {
        before.push(line);
        rest = &rest[..rest.len() - line.len()];
    }
    let after: Vec<&str> = old[same + from.len()..].split_inclusive('\n').take(CONTEXT).collect();
    let start = count(rest);
    let around = before.len() + after.len();
    emit(Part::Head(head(&(start..start + around + count(from)), &(start..start + around + count(to)))));
    before.iter().rev().for_each(|line| emit(Part::Line(' ', line)));
    from.split_inclusive('\n').for_each(|line| emit(Part::Line('-', line)));
    to.split_inclusive('\n').for_each(|line| emit(Part::Line('+', line)));
    after.iter().for_each(|line| emit(Part::Line(' ', line)));
}

/// The last line of a text, with its line feed.
fn last(text: &str) -> Option<&str> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let start = body.rfind('\n').map_or(0, |at| at + 1);
    (!text.is_empty()).then(|| &text[start..])
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
    let name = |side: char, text: &Option<String>| match text {
        Some(_) => format!("{side}/{}", clean(&file.path)),
        None => "/dev/null".to_owned(),
    };
    let mut out = format!("--- {}\n+++ {}\n", name('a', &file.found), name('b', &file.expected));
    let (found, expected) = (file.found.as_deref().unwrap_or_default(), file.expected.as_deref().unwrap_or_default());
    each(found, expected, &mut |part| match part {
        Part::Head(head) => {
            out.push_str(&head);
            out.push('\n');
        }
        Part::Line(sign, line) => {
            let text = line.strip_suffix('\n');
            // The sign stands first for a CI system, the text for a runner that skips spaces.
            out.push_str(&log_line(&format!("{sign}{}", clean(text.unwrap_or(line)))));
            out.push('\n');
            if text.is_none() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    });
    out
}
