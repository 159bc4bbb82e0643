//! Rules about who starts a job that holds something: forks, comments, previews, gates that do not hold.
//!
//! What must hold: every rule of the group is listed here, by its file's name.

mod author_controlled_bypass;
mod fork_pr_mint;
mod preview_on_untrusted;
mod preview_prod_secrets;
mod preview_write_team;
mod pull_request_target;
mod self_hosted_pr;
mod unsafe_pr_checkout;
mod unsound_gate;
mod up_on_pr;

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &author_controlled_bypass::RULE,
    &fork_pr_mint::RULE,
    &preview_on_untrusted::RULE,
    &preview_prod_secrets::RULE,
    &preview_write_team::RULE,
    &pull_request_target::RULE,
    &self_hosted_pr::RULE,
    &unsafe_pr_checkout::RULE,
    &unsound_gate::RULE,
    &up_on_pr::RULE,
];
