//! The section of the review's page on the scheduled audit: what no file sets, in the words of its CI system.
//!
//! What must hold: it stands there whenever the organization has an audit. Deliberately absent: its policies and its team,
//! which stand among the others.

use std::fmt::Write as _;

use stackgate_provider::CheckItem;

use super::markdown::{code, prose};

pub(super) fn section(out: &mut String, items: &[CheckItem]) {
    if items.is_empty() {
        return;
    }
    out.push_str("\n## The scheduled audit\n\nWhat nobody but you can set for it:\n\n");
    for item in items {
        let _ = writeln!(out, "- {}. {} How: {}", prose(&item.what), prose(&item.why), code(&item.how));
    }
}
