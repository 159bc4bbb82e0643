//! Rules about what a job may do beside its work: the right to ask for tokens, the repository token, secrets.
//!
//! What must hold: every rule of the group is listed here, by its file's name.

mod id_token_workflow_wide;
mod permissions_excess;
mod permissions_missing;
mod persisted_git_credentials;
mod secrets_inherit;

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &id_token_workflow_wide::RULE,
    &permissions_excess::RULE,
    &permissions_missing::RULE,
    &persisted_git_credentials::RULE,
    &secrets_inherit::RULE,
];
