//! Rules about whom a token is for, where it is sent and who sees it.
//!
//! What must hold: every rule of the group is listed here, by its file's name.

mod cli_oidc_team_missing;

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[&cli_oidc_team_missing::RULE];
