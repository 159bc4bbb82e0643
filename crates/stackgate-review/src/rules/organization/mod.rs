//! Rules about the organization as a whole.

mod audit_logs_off;
mod default_permission;
mod default_role;
mod edition;
mod member_rights;
mod member_role;
mod organization_admin;
mod token_lifetime;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[
    &audit_logs_off::RULE,
    &default_permission::RULE,
    &default_role::RULE,
    &edition::RULE,
    &member_rights::RULE,
    &member_role::RULE,
    &organization_admin::RULE,
    &token_lifetime::RULE,
];
