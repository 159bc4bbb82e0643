//! Rules about teams and who is in them.

mod pipeline_team_member;
mod team_admin;
mod team_kind;
mod team_member;
mod team_missing;
mod team_not_declared;
mod team_role;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[
    &pipeline_team_member::RULE,
    &team_admin::RULE,
    &team_kind::RULE,
    &team_member::RULE,
    &team_missing::RULE,
    &team_not_declared::RULE,
    &team_role::RULE,
];
