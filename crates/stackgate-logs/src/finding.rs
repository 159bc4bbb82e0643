//! A finding, and the events that it rests on.
//!
//! What must hold: a finding names its first events and how many there are; it is known from run to run by what it is about
//! and by its day, so that the same log gives the same finding whatever window it was read in.

use stackgate_report::{Finding, Level};

use crate::rule::LogRule;
use crate::time;

/// How many events of a finding are kept.
const MOST: usize = 5;

/// An event that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample {
    /// When, in seconds since 1970.
    pub timestamp: i64,
    /// What, by its stable name.
    pub slug: Box<str>,
    /// Who.
    pub who: Box<str>,
    /// From which address.
    pub ip: Box<str>,
}

/// The first events by time, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<Sample>,
}

impl Evidence {
    /// Takes one more; the sample is made only where it is kept.
    pub(crate) fn add(&mut self, timestamp: i64, sample: impl FnOnce() -> Sample) {
        self.count += 1;
        if self.first.len() == MOST {
            if self.first.last().is_some_and(|last| last.timestamp <= timestamp) {
                return;
            }
            self.first.pop();
        }
        let at = self.first.partition_point(|one| one.timestamp <= timestamp);
        self.first.insert(at, sample());
    }

    fn lines(&self) -> Vec<String> {
        let line = |one: &Sample| {
            let ip = if one.ip.is_empty() { "an address that is not told" } else { &one.ip };
            format!("{} {} by {} from {ip}", time::shown(one.timestamp), one.slug, one.who)
        };
        let mut lines: Vec<String> = self.first.iter().map(line).collect();
        let more = self.count.saturating_sub(self.first.len() as u64);
        if more > 0 && !lines.is_empty() {
            lines.push(format!("and {more} more"));
        }
        lines
    }
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFinding {
    /// The rule.
    pub rule: &'static LogRule,
    /// How bad it is here.
    pub level: Level,
    /// When it happened first, in seconds since 1970.
    pub timestamp: i64,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// What makes it the same in another run.
    pub known_by: String,
    /// The events that it rests on.
    pub evidence: Evidence,
}

impl LogFinding {
    /// The same, for a report.
    #[must_use]
    pub fn report(&self) -> Finding {
        let mut finding = Finding::new(self.rule.of_report(), self.level, &self.message)
            .help(&self.help)
            .content(format!("{} {}", time::day(self.timestamp), self.known_by));
        finding.details = self.evidence.lines();
        finding
    }
}
