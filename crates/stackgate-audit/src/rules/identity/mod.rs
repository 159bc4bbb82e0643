//! Rules about whom a token is for, where it is sent and who sees it.
//!
//! What must hold: every rule of the group is listed here, by its file's name.

mod auth_scope_missing;
mod auth_unknown_input;
mod backend_url_unpinned;
mod cli_oidc_team_missing;
mod dangerous_pulumi_env;
mod inputs;
mod issuer_max_expiration_default;
mod orb_static_token;
mod pulumi_static_token;
mod scope_malformed;
mod stack_outputs_exposed;
mod task_gets_all_variables;
mod token_admin_scope;
mod token_expiry_long;
mod token_on_argv;
mod token_type_org;
mod token_type_personal;
mod token_visible_to_untrusted_step;

use crate::rule::AuditRule;

/// The rules of this group.
pub(super) static RULES: &[&AuditRule] = &[
    &auth_scope_missing::RULE,
    &auth_unknown_input::RULE,
    &backend_url_unpinned::RULE,
    &cli_oidc_team_missing::RULE,
    &dangerous_pulumi_env::RULE,
    &issuer_max_expiration_default::RULE,
    &orb_static_token::RULE,
    &pulumi_static_token::RULE,
    &scope_malformed::RULE,
    &stack_outputs_exposed::RULE,
    &task_gets_all_variables::RULE,
    &token_admin_scope::RULE,
    &token_expiry_long::RULE,
    &token_on_argv::RULE,
    &token_type_org::RULE,
    &token_type_personal::RULE,
    &token_visible_to_untrusted_step::RULE,
];
