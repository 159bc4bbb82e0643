//! Every rule, by group.
//!
//! What must hold: an id stands once; the order is that of the groups, and within a group that of the ids.

mod events;
mod gates;
mod identity;
mod permissions;
mod policies;
mod supply;

use std::sync::{LazyLock, OnceLock};

use stackgate_diagnostic::Rule;

use crate::rule::AuditRule;

/// Every rule.
pub static RULES: LazyLock<Vec<&'static AuditRule>> = LazyLock::new(|| {
    let groups = [identity::RULES, permissions::RULES, events::RULES, gates::RULES, supply::RULES, policies::RULES];
    let mut all: Vec<&'static AuditRule> = groups.into_iter().flatten().copied().collect();
    all.sort_by_key(|rule| (rule.group, rule.id));
    all
});

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static AuditRule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// The same rules as diagnostics and `explain` know them. Made once, of the rules' pages.
pub fn diagnostic_rules() -> &'static [&'static Rule] {
    static ALL: OnceLock<Vec<&'static Rule>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A rule is a static everywhere else; these live as long as the process, and are made once.
        let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let rule = |rule: &&'static AuditRule| -> &'static Rule {
            let page = rule.page();
            Box::leak(Box::new(Rule {
                id: rule.id,
                title: leaked(page.title),
                why: leaked(page.why),
                instead: leaked(page.instead),
                waivable: true,
            }))
        };
        RULES.iter().map(rule).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use stackgate_report::Verdict;

    use super::*;

    #[test]
    fn every_rule_has_one_id_and_a_whole_page() {
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES.iter() {
            let page = rule.page();
            assert!(!page.title.is_empty() && !page.why.is_empty() && !page.instead.is_empty(), "{}", rule.id);
            for provider in rule.providers {
                for verdict in [Verdict::Bad, Verdict::Good] {
                    let has = page.examples.iter().any(|one| one.provider == *provider && one.verdict == verdict);
                    assert!(has, "{}: no {verdict:?} example for {provider}", rule.id);
                }
            }
        }
    }
}
