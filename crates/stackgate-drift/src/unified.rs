//! The unified diff of one file, from what stands there to what should. No colour, and control characters are shown,
//! so that what is printed is what a `patch` would take and what a terminal is safe from.

use similar::TextDiff;
use stackgate_diagnostic::escape_visible;

use crate::report::{FileReport, State};

/// The diff of a file that differs; empty for one that is clean or cannot be read.
pub fn unified(file: &FileReport) -> String {
    if matches!(file.state, State::Clean | State::Unreadable) {
        return String::new();
    }
    let found = file.found.as_deref().unwrap_or_default();
    let expected = file.expected.as_deref().unwrap_or_default();
    let old = if file.found.is_some() { format!("a/{}", file.path) } else { "/dev/null".to_owned() };
    let new = if file.expected.is_some() { format!("b/{}", file.path) } else { "/dev/null".to_owned() };
    let diff = TextDiff::from_lines(found, expected);
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(&escape_visible(line));
        out.push('\n');
    }
    out
}
