//! The rules that the spec as a whole is held to, by what they are about.
//!
//! What must always hold: every rule has a case under `snapshots/errors/`; a rule is waivable only where somebody with a
//! reason may knowingly take the risk that it names. Deliberately absent: how a rule is checked; that is `lower`'s.

mod access;
mod deployments;
mod names;
mod order;
mod teams;
mod tools;
mod waivers;

use stackgate_diagnostic::Rule;

pub use access::{
    ACCESS_UNKNOWN_STACK, ORGANIZATION_DEFAULT, PEOPLE_OPEN_PRODUCTION, PEOPLE_WRITE_PRODUCTION,
    REFERENCE_TO_PRODUCTION, REFERENCE_UNKNOWN_STACK, TEAM_OF_PEOPLE_AND_PIPELINE,
};
pub use deployments::{
    DEPLOYMENTS_AFTER, DEPLOYMENTS_PREVIEW, DEPLOYMENTS_SOURCE, DEPLOYMENTS_UNUSED, DEPLOYMENTS_WITHOUT_GATE,
};
pub use names::{ENVIRONMENT_SHARED, ILLEGAL_DERIVED_NAME, NAME_COLLISION};
pub use order::{
    AFTER_ACROSS_PROVIDERS, AFTER_CYCLE, AFTER_NOT_DEPLOYED, AFTER_UNKNOWN, AMBIGUOUS_PROVIDER, MERGE_PREVIEW_PROVIDER,
    NO_PRODUCTION_GATE, PREVIEW_ENVIRONMENT, PREVIEW_WITHOUT_DEPLOY,
};
pub use teams::{
    PREVIEW_PRODUCTION_AT_CHANGE, PREVIEW_TEAM_DEPLOYS, PRODUCTION_TEAM_MIXED, TEAM_ACROSS_CLASSES, TOKEN_OUTLIVES_JOB,
};
pub use tools::{CLI_TOO_OLD, RUNTIME_MISSING, RUNTIME_NOT_EXACT, UNKNOWN_ACTION, UNPINNED_CLI};
pub use waivers::{WAIVER_EXPIRED, WAIVER_NOT_WAIVABLE, WAIVER_UNKNOWN_PLACE, WAIVER_UNKNOWN_RULE};

/// Every rule of this crate.
pub static RULES: &[&Rule] = &[
    &AMBIGUOUS_PROVIDER,
    &AFTER_UNKNOWN,
    &AFTER_NOT_DEPLOYED,
    &AFTER_CYCLE,
    &AFTER_ACROSS_PROVIDERS,
    &MERGE_PREVIEW_PROVIDER,
    &PREVIEW_WITHOUT_DEPLOY,
    &PREVIEW_ENVIRONMENT,
    &NO_PRODUCTION_GATE,
    &PREVIEW_PRODUCTION_AT_CHANGE,
    &PREVIEW_TEAM_DEPLOYS,
    &PRODUCTION_TEAM_MIXED,
    &TEAM_ACROSS_CLASSES,
    &TOKEN_OUTLIVES_JOB,
    &ENVIRONMENT_SHARED,
    &NAME_COLLISION,
    &ILLEGAL_DERIVED_NAME,
    &RUNTIME_MISSING,
    &RUNTIME_NOT_EXACT,
    &UNPINNED_CLI,
    &CLI_TOO_OLD,
    &UNKNOWN_ACTION,
    &ORGANIZATION_DEFAULT,
    &PEOPLE_WRITE_PRODUCTION,
    &TEAM_OF_PEOPLE_AND_PIPELINE,
    &ACCESS_UNKNOWN_STACK,
    &PEOPLE_OPEN_PRODUCTION,
    &REFERENCE_TO_PRODUCTION,
    &REFERENCE_UNKNOWN_STACK,
    &DEPLOYMENTS_UNUSED,
    &DEPLOYMENTS_SOURCE,
    &DEPLOYMENTS_WITHOUT_GATE,
    &DEPLOYMENTS_AFTER,
    &DEPLOYMENTS_PREVIEW,
    &WAIVER_UNKNOWN_RULE,
    &WAIVER_NOT_WAIVABLE,
    &WAIVER_UNKNOWN_PLACE,
    &WAIVER_EXPIRED,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_prose_is_there() {
        let mut ids: Vec<&str> = RULES.iter().chain(stackgate_spec::RULES).map(|rule| rule.id).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
        for rule in RULES.iter().chain(stackgate_spec::RULES) {
            assert!(!rule.title.ends_with('.'), "{}: a title has no full stop", rule.id);
            assert!(rule.why.ends_with('.') && rule.instead.ends_with('.'), "{}: prose is sentences", rule.id);
            assert!(rule.why.len() > 80, "{}: say why", rule.id);
        }
    }
}
