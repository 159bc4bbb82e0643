//! What a rule of the log is.
//!
//! What must hold: everything that people read of a rule comes from its file's doc comment; the id never changes.

use std::borrow::Cow;
use std::fmt;

use stackgate_report::{Level, Page, Rule};

use crate::catalogue::Class;
use crate::context::{Context, Who};
use crate::deployment::Deployment;
use crate::event::Event;
use crate::finding::LogFinding;
use crate::ledger::Ledger;

/// A rule.
pub struct LogRule {
    /// Its id, in kebab-case: what `explain` takes.
    pub id: &'static str,
    /// How bad it is, unless a finding says otherwise.
    pub level: Level,
    /// The text of its file; the doc comment in it is its page.
    pub text: &'static str,
    /// What it does.
    pub(crate) check: Check,
}

/// What a rule looks at.
pub(crate) enum Check {
    /// Each event of some classes; what it hits is gathered by day, actor and object.
    Each { classes: &'static [Class], see: for<'a> fn(&Seen<'a>) -> Option<Hit<'a>>, tell: fn(&Hits<'_>) -> Words },
    /// What was gathered of the whole log.
    End(fn(&'static LogRule, &Ledger, &Context) -> Vec<LogFinding>),
    /// Each deployment.
    Deployment(fn(&Deployment, &Context) -> Option<Words>),
}

/// An event, with what it names.
pub(crate) struct Seen<'a> {
    pub(crate) event: &'a Event<'a>,
    pub(crate) class: Class,
    pub(crate) who: &'a Who<'a>,
    pub(crate) stack: Option<&'a str>,
    pub(crate) environment: Option<&'a str>,
    pub(crate) context: &'a Context,
    /// Whether the deployments were told of.
    pub(crate) told: bool,
}

/// That a rule has something to say.
pub(crate) struct Hit<'a> {
    pub(crate) level: Level,
    /// Another event's name, where both are one thing to the rule.
    pub(crate) as_if: Option<&'static str>,
    /// What it was done to; empty where nothing is named.
    pub(crate) object: Cow<'a, str>,
}

impl<'a> Hit<'a> {
    pub(crate) fn new(level: Level, object: impl Into<Cow<'a, str>>) -> Option<Hit<'a>> {
        Some(Hit { level, as_if: None, object: object.into() })
    }
}

/// The hits of one day, actor, kind of event and object.
pub(crate) struct Hits<'a> {
    pub(crate) level: Level,
    pub(crate) slug: &'a str,
    pub(crate) who: &'a str,
    pub(crate) object: &'a str,
    pub(crate) count: u64,
    pub(crate) context: &'a Context,
}

/// What a rule says.
pub(crate) struct Words {
    pub(crate) level: Level,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl LogRule {
    /// Its page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::of(self.text, |_| "events.jsonl")
    }

    /// The same, as a report shows it.
    pub(crate) fn of_report(&self) -> Rule {
        let page = self.page();
        Rule { id: self.id.into(), title: page.title.into(), why: page.why.into(), instead: page.instead.into() }
    }
}

impl PartialEq for LogRule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for LogRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
