//! A difference: what is, what was declared, what that permits, and the mend.

use stackgate_report::Level;

use crate::rule::ReviewRule;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Somebody may do more than was declared.
    Widened,
    /// Nobody declared it.
    NotDeclared,
    /// It could not be read, or is of a kind that this version does not know.
    Unknown,
    /// It was declared and is not there.
    Missing,
    /// Somebody may do less than was declared.
    Narrowed,
    /// Nobody used it for long.
    Stale,
}

impl Class {
    /// Every class, the most urgent first.
    pub const ALL: [Class; 6] =
        [Class::Widened, Class::NotDeclared, Class::Unknown, Class::Missing, Class::Narrowed, Class::Stale];

    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Widened => "widened",
            Class::NotDeclared => "not-declared",
            Class::Unknown => "unknown",
            Class::Missing => "missing",
            Class::Narrowed => "narrowed",
            Class::Stale => "stale",
        }
    }

    /// What it means, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Class::Widened => "Somebody may do more than was declared.",
            Class::NotDeclared => "It is there, and nobody declared it.",
            Class::Unknown => "It could not be read, or this version does not know its kind, so nothing is said of it.",
            Class::Missing => "It was declared, and is not there.",
            Class::Narrowed => "Somebody may do less than was declared.",
            Class::Stale => "Nobody has used it for long.",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The rule that found it.
    pub rule: &'static ReviewRule,
    /// Its class.
    pub class: Class,
    /// How bad it is.
    pub level: Level,
    /// What it is about: `team operators`, `stack app/production`.
    pub subject: String,
    /// What is different, without a full stop.
    pub what: String,
    /// What that permits, or what it breaks, without a full stop.
    pub permits: String,
    /// How to mend it.
    pub mend: String,
    /// What was declared, where that is one value.
    pub declared: Option<String>,
    /// What is there, where that is one value.
    pub actual: Option<String>,
    /// What makes it the same difference tomorrow, besides its rule: no time and no count of days.
    pub key: String,
}

/// A difference before its rule signs it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) class: Class,
    pub(crate) level: Level,
    pub(crate) subject: String,
    pub(crate) what: String,
    pub(crate) permits: String,
    pub(crate) mend: String,
    pub(crate) declared: Option<String>,
    pub(crate) actual: Option<String>,
    pub(crate) key: String,
}

impl Default for Told {
    fn default() -> Told {
        Told {
            class: Class::Unknown,
            level: Level::Medium,
            subject: String::new(),
            what: String::new(),
            permits: String::new(),
            mend: String::new(),
            declared: None,
            actual: None,
            key: String::new(),
        }
    }
}

impl Told {
    pub(crate) fn new(class: Class, level: Level, subject: impl Into<String>, what: impl Into<String>) -> Told {
        let (subject, what) = (subject.into(), what.into());
        Told { class, level, key: format!("{subject} {what}"), subject, what, ..Told::default() }
    }

    /// What it permits or breaks.
    pub(crate) fn permits(mut self, permits: impl Into<String>) -> Told {
        self.permits = permits.into();
        self
    }

    /// The mend.
    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Told {
        self.mend = mend.into();
        self
    }

    /// Both values.
    pub(crate) fn facts(mut self, declared: impl Into<Option<String>>, actual: impl Into<Option<String>>) -> Told {
        self.declared = declared.into();
        self.actual = actual.into();
        self
    }

    /// Another key than subject and sentence, where the sentence holds what changes by itself.
    pub(crate) fn key(mut self, key: impl Into<String>) -> Told {
        self.key = format!("{} {}", self.subject, key.into());
        self
    }
}
