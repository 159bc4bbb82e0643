//! Rules about policies: what Pulumi Cloud trusts, and what teams may do there.
//!
//! What must hold: every rule of the group is listed here, by its file's name. Deliberately absent: what Pulumi Cloud alone
//! knows, such as long-lived tokens and what an edition allows.

mod aud_unrestricted;
mod az_no_branch_claim;
mod cc_no_vcs_claims;
mod deny_shadow;
mod esc_role_excess;
mod gh_env_claim_missing;
mod gl_no_event_claim;
mod jk_pr_path;
mod org_default_permissions;
mod policy_multi_team;
mod policy_no_sub;
mod policy_provider_mismatch;
mod policy_token_type;
mod stack_role_excess;
mod sub_dot_wildcard;
mod sub_mutable_name;
mod sub_wildcard;
mod team_grant_breadth;
mod team_scope_wildcard;

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &aud_unrestricted::RULE,
    &az_no_branch_claim::RULE,
    &cc_no_vcs_claims::RULE,
    &deny_shadow::RULE,
    &esc_role_excess::RULE,
    &gh_env_claim_missing::RULE,
    &gl_no_event_claim::RULE,
    &jk_pr_path::RULE,
    &org_default_permissions::RULE,
    &policy_multi_team::RULE,
    &policy_no_sub::RULE,
    &policy_provider_mismatch::RULE,
    &policy_token_type::RULE,
    &stack_role_excess::RULE,
    &sub_dot_wildcard::RULE,
    &sub_mutable_name::RULE,
    &sub_wildcard::RULE,
    &team_grant_breadth::RULE,
    &team_scope_wildcard::RULE,
];
