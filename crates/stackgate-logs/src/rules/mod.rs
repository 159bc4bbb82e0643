//! Every rule of the log.
//!
//! What must hold: an id stands once; the order is that of the ids.

mod burst;
mod deployment_source;
mod gap;
mod guard_removed;
mod long_lived_token;
mod new_pair;
mod refused;
mod secrets_taken;
mod silent;
mod token_kind;
mod trust_changed;
mod unknown_event;
mod update_outside;

use std::sync::OnceLock;

use stackgate_diagnostic::Rule;

use crate::rule::LogRule;

/// Every rule, by id.
pub static RULES: &[&LogRule] = &[
    &burst::RULE,
    &deployment_source::RULE,
    &unknown_event::RULE,
    &gap::RULE,
    &guard_removed::RULE,
    &long_lived_token::RULE,
    &new_pair::RULE,
    &refused::RULE,
    &secrets_taken::RULE,
    &silent::RULE,
    &token_kind::RULE,
    &trust_changed::RULE,
    &update_outside::RULE,
];

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static LogRule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// The same rules as `explain` knows them. Made once, of the rules' pages.
pub fn diagnostic_rules() -> &'static [&'static Rule] {
    static ALL: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A rule is a static everywhere else; these live as long as the process, and are made once.
        let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let rule = |rule: &&'static LogRule| -> &'static Rule {
            let page = rule.page();
            Box::leak(Box::new(Rule {
                id: rule.id,
                title: leaked(page.title),
                why: leaked(page.why),
                instead: leaked(page.instead),
                waivable: false,
            }))
        };
        RULES.iter().map(rule).collect()
    })
}
