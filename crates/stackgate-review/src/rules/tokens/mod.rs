//! Rules about long-lived tokens.

mod long_lived_token;
mod token_unused;

use stackgate_cloud::ApiToken;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[&long_lived_token::RULE, &token_unused::RULE];

/// Whether a token can still be used.
fn lives(token: &ApiToken, now: i64) -> bool {
    token.expires.is_none_or(|end| end <= 0 || end > now)
}
