//! The rule of a finding, as a report shows it.
//!
//! What must hold: two rules are the same when their ids are. It may come from a static, or from a page that was read at
//! run time.

use std::borrow::Cow;

/// A rule with its texts.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What `explain` takes and what a report tracks a finding by, in kebab-case.
    pub id: Cow<'static, str>,
    /// What the rule asks, in one line.
    pub title: Cow<'static, str>,
    /// Why the rule exists.
    pub why: Cow<'static, str>,
    /// What to write instead.
    pub instead: Cow<'static, str>,
}

impl From<&'static stackgate_diagnostic::Rule> for Rule {
    fn from(rule: &'static stackgate_diagnostic::Rule) -> Rule {
        Rule { id: rule.id.into(), title: rule.title.into(), why: rule.why.into(), instead: rule.instead.into() }
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}
