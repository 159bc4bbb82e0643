//! Every rule, by group.
//!
//! What must hold: an id stands once; the order is that of the groups, and within a group that of the ids.

mod deployments;
mod entities;
mod gates;
mod grants;
mod organization;
mod teams;
mod tokens;
mod trust;

use std::sync::{LazyLock, OnceLock};

use stackgate_diagnostic::Rule;

use crate::rule::ReviewRule;

/// Every rule.
pub static RULES: LazyLock<Vec<&'static ReviewRule>> = LazyLock::new(|| {
    let groups = [
        organization::RULES,
        teams::RULES,
        grants::RULES,
        trust::RULES,
        gates::RULES,
        deployments::RULES,
        tokens::RULES,
        entities::RULES,
    ];
    let mut all: Vec<&'static ReviewRule> = groups.into_iter().flatten().copied().collect();
    all.sort_by_key(|rule| (rule.group, rule.id));
    all
});

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static ReviewRule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// The same rules as `explain` knows them. Made once, of the rules' pages.
pub fn diagnostic_rules() -> &'static [&'static Rule] {
    static ALL: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A rule is a static everywhere else; these live as long as the process, and are made once.
        let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let rule = |rule: &&'static ReviewRule| -> &'static Rule {
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
