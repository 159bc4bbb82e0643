//! Rules about stacks, environments and roles by themselves, and about what could not be read.

mod environment_missing;
mod environment_unprotected;
mod review_unread;
mod role_differs;
mod role_not_declared;
mod stack_missing;
mod stack_not_declared;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[
    &environment_missing::RULE,
    &environment_unprotected::RULE,
    &review_unread::RULE,
    &role_differs::RULE,
    &role_not_declared::RULE,
    &stack_missing::RULE,
    &stack_not_declared::RULE,
];
