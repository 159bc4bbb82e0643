//! Rules about what declared teams may do.

mod creator_grant;
mod environment_grant_lacking;
mod environment_grant_wider;
mod open_duration;
mod permission_unknown;
mod stack_grant_lacking;
mod stack_grant_wider;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[
    &creator_grant::RULE,
    &environment_grant_lacking::RULE,
    &environment_grant_wider::RULE,
    &open_duration::RULE,
    &permission_unknown::RULE,
    &stack_grant_lacking::RULE,
    &stack_grant_wider::RULE,
];
