//! What a rule of the review is.
//!
//! What must hold: everything that people read of a rule comes from its file's doc comment; the id never changes; a rule
//! finds one kind of difference.

use std::fmt;

use stackgate_report::Page;

use crate::difference::{Difference, Told};
use crate::view::View;

/// A rule.
pub struct ReviewRule {
    /// Its id, in kebab-case: what `explain` takes.
    pub id: &'static str,
    /// The group that it belongs to.
    pub group: Group,
    /// The text of its file; the doc comment in it is its page.
    pub text: &'static str,
    /// What it does.
    pub(crate) check: fn(&View<'_>, &mut Differences),
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The organization as a whole.
    Organization,
    /// Teams and their members.
    Teams,
    /// What teams may do.
    Grants,
    /// Issuers and policies.
    Trust,
    /// Gates before ESC environments.
    Gates,
    /// How Pulumi Deployments runs stacks.
    Deployments,
    /// Long-lived tokens.
    Tokens,
    /// Stacks, environments and what could not be read.
    Entities,
}

impl Group {
    /// All, in the order of pages.
    pub const ALL: [Group; 8] = [
        Group::Organization,
        Group::Teams,
        Group::Grants,
        Group::Trust,
        Group::Gates,
        Group::Deployments,
        Group::Tokens,
        Group::Entities,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Group::Organization => "The organization",
            Group::Teams => "Teams and members",
            Group::Grants => "Grants",
            Group::Trust => "Issuers and policies",
            Group::Gates => "Gates",
            Group::Deployments => "Pulumi Deployments",
            Group::Tokens => "Long-lived tokens",
            Group::Entities => "Stacks, environments, and what could not be read",
        }
    }
}

impl ReviewRule {
    /// Its page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::of(self.text, |_| "actual.jsonl")
    }
}

impl PartialEq for ReviewRule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for ReviewRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// What one rule finds.
pub struct Differences {
    rule: &'static ReviewRule,
    found: Vec<Difference>,
}

impl Differences {
    pub(crate) fn new(rule: &'static ReviewRule) -> Differences {
        Differences { rule, found: Vec::new() }
    }

    pub(crate) fn add(&mut self, told: Told) {
        let Told { class, level, subject, what, permits, mend, declared, actual, key } = told;
        let rule = self.rule;
        self.found.push(Difference { rule, class, level, subject, what, permits, mend, declared, actual, key });
    }

    pub(crate) fn into_vec(self) -> Vec<Difference> {
        self.found
    }
}
