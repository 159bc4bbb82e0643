//! What a difference permits: seven classes, each with its words.
//!
//! What must hold: the order is from the least to the worst, and a bar is a class of this list; a difference that cannot be
//! judged counts as the worst.

use std::fmt;

use serde::Serialize;

/// What a difference between a pipeline and what the spec says permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Every fact is the same; the text differs.
    Cosmetic,
    /// A pin names another version of the same thing, as firmly as before.
    Pin,
    /// It runs otherwise, and may do no more than before.
    Behaviour,
    /// Other foreign code runs, or it is named less firmly.
    SupplyChain,
    /// Something that stops, delays, serialises or refuses is gone or weaker.
    RemovesGate,
    /// Somebody, or some code, reaches a token, a secret or a right that it could not reach.
    WidensPrivilege,
    /// It cannot be told from the file.
    Undecidable,
}

impl Class {
    /// All, from the least to the worst.
    pub const ALL: [Class; 7] = [
        Class::Cosmetic,
        Class::Pin,
        Class::Behaviour,
        Class::SupplyChain,
        Class::RemovesGate,
        Class::WidensPrivilege,
        Class::Undecidable,
    ];

    /// Its id on the command line and in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Class::Cosmetic => "cosmetic",
            Class::Pin => "pin",
            Class::Behaviour => "behaviour",
            Class::SupplyChain => "supply-chain",
            Class::RemovesGate => "removes-gate",
            Class::WidensPrivilege => "widens-privilege",
            Class::Undecidable => "undecidable",
        }
    }

    /// What it says, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Class::Cosmetic => "cosmetic",
            Class::Pin => "pin only",
            Class::Behaviour => "changes behaviour",
            Class::SupplyChain => "changes the supply chain",
            Class::RemovesGate => "removes a gate",
            Class::WidensPrivilege => "widens privilege",
            Class::Undecidable => "undecidable",
        }
    }

    /// The class of that id.
    #[must_use]
    pub fn of(id: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.id() == id)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Which way a difference goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is possible than the spec says.
    Widening,
    /// Less is.
    Narrowing,
    /// Neither, or it cannot be told.
    Sideways,
}

/// One difference in facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it permits.
    pub class: Class,
    /// Which way it goes.
    pub direction: Direction,
    /// The job, where it is one's.
    pub job: Option<String>,
    /// What of it differs, in one or two words: `trigger`, `gate`, `token`.
    pub fact: &'static str,
    /// The fact that the spec asks for.
    pub before: Option<String>,
    /// The fact that is there.
    pub after: Option<String>,
    /// What an attacker or an accident can do now, in one sentence.
    pub so: String,
    /// Where in the file on disk; for something that is gone, the job that lacks it.
    pub place: stackgate_facts::Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_found_by_its_id() {
        for class in Class::ALL {
            assert_eq!(Class::of(class.id()), Some(class));
        }
        assert!(Class::ALL.is_sorted());
        assert_eq!(Class::of("privilege"), None);
    }
}
