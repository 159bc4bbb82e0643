//! Rules about issuers and policies: which CI job gets which token.

mod issuer_keys;
mod issuer_lifetime;
mod issuer_missing;
mod issuer_not_declared;
mod issuer_stale;
mod issuer_thumbprint;
mod policy_deny;
mod policy_lacking;
mod policy_not_declared;
mod policy_widened;

use crate::rule::ReviewRule;

pub(super) static RULES: &[&ReviewRule] = &[
    &issuer_keys::RULE,
    &issuer_lifetime::RULE,
    &issuer_missing::RULE,
    &issuer_not_declared::RULE,
    &issuer_stale::RULE,
    &issuer_thumbprint::RULE,
    &policy_deny::RULE,
    &policy_lacking::RULE,
    &policy_not_declared::RULE,
    &policy_widened::RULE,
];
