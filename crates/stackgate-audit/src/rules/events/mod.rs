//! Rules about events; see the group's title.
//!
//! What must hold: every rule of the group is listed here, by its file's name.

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[];
