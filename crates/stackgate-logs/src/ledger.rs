//! What is kept of a log while it is read.
//!
//! What must hold: each part has a limit, and one that is reached is told; nothing depends on the order of events.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use stackgate_report::Level;

use crate::catalogue::Class;
use crate::context::May;
use crate::figures::{Counts, Part};
use crate::finding::{Evidence, Sample};

use crate::names::{Name, Names};
use crate::time::{DAY, HOUR, week};

/// How many incidents are kept.
const MOST_INCIDENTS: usize = 5_000;
/// How many pairs of who and environment.
const MOST_PAIRS: usize = 100_000;
/// How many hours in which somebody took secrets.
const MOST_HOURS: usize = 300_000;
/// What an hour of somebody holds at least that may be a burst.
pub(crate) const LEAST_BURST: u32 = 20;
/// How many rows of figures.
const MOST_ROWS: usize = 200_000;
/// How many hours and days of the log.
const MOST_TIMES: usize = 200_000;
/// How many updates of one stack, the newest.
const MOST_UPDATES: usize = 64;
/// How many kinds of events that nobody knows.
const MOST_UNKNOWN: usize = 100;

/// What makes hits one incident: the rule, the kind of event, who, what, and the day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) day: i64,
    pub(crate) rule: usize,
    pub(crate) slug: Name,
    pub(crate) who: Name,
    pub(crate) object: Name,
}

/// Hits of one key.
pub(crate) struct Incident {
    pub(crate) level: Level,
    pub(crate) evidence: Evidence,
}

/// Somebody and an environment that he opened.
pub(crate) struct Pair {
    /// Whether the declaration grants it.
    pub(crate) granted: May,
    pub(crate) evidence: Evidence,
}

/// What is kept.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) names: Names,
    pub(crate) events: u64,
    /// The first and the last second.
    pub(crate) span: Option<(i64, i64)>,
    pub(crate) incidents: HashMap<Key, Incident>,
    pub(crate) pairs: HashMap<(Name, Name), Pair>,
    pub(crate) hours: HashMap<(Name, i64), u32>,
    pub(crate) bursts: HashMap<(Name, i64), Evidence>,
    pub(crate) updates: HashMap<Name, Vec<i64>>,
    pub(crate) active: BTreeSet<i64>,
    pub(crate) rows: HashMap<(Part, Name, i64), Counts>,
    pub(crate) days: BTreeMap<i64, BTreeMap<Class, u64>>,
    pub(crate) unknown: BTreeMap<String, u64>,
    pub(crate) past: crate::state::Past,
    last_hour: i64,
    full: BTreeSet<&'static str>,
}

impl Ledger {
    /// One that goes on from what was known before.
    pub(crate) fn new(past: crate::state::Past) -> Ledger {
        Ledger { past, ..Ledger::default() }
    }

    /// Marks the time of an event.
    pub(crate) fn time(&mut self, timestamp: i64, class: Class) {
        self.events += 1;
        let (from, to) = self.span.unwrap_or((timestamp, timestamp));
        self.span = Some((from.min(timestamp), to.max(timestamp)));
        let hour = timestamp.div_euclid(HOUR);
        if hour != self.last_hour || self.active.is_empty() {
            self.last_hour = hour;
            if self.active.len() < MOST_TIMES {
                self.active.insert(hour);
            } else {
                self.full.insert("hours of the log");
            }
        }
        let day = timestamp.div_euclid(DAY);
        if self.days.len() < MOST_TIMES || self.days.contains_key(&day) {
            *self.days.entry(day).or_default().entry(class).or_default() += 1;
        }
    }

    /// The incident of a key, unless there are too many.
    pub(crate) fn incident(&mut self, key: Key, level: Level) -> Option<&mut Incident> {
        if self.incidents.len() >= MOST_INCIDENTS && !self.incidents.contains_key(&key) {
            self.full.insert("incidents");
            return None;
        }
        let incident = self.incidents.entry(key).or_insert_with(|| Incident { level, evidence: Evidence::default() });
        incident.level = incident.level.max(level);
        Some(incident)
    }

    /// The pair of somebody and an environment, unless there are too many.
    pub(crate) fn pair(&mut self, who: Name, environment: Name, granted: May) -> Option<&mut Pair> {
        if self.pairs.len() >= MOST_PAIRS && !self.pairs.contains_key(&(who, environment)) {
            self.full.insert("pairs of who and environment");
            return None;
        }
        let pair = || Pair { granted, evidence: Evidence::default() };
        Some(self.pairs.entry((who, environment)).or_insert_with(pair))
    }

    /// Counts somebody's taking of secrets in an hour. Where it may become a burst, its events are kept from there on.
    pub(crate) fn hour(&mut self, who: Name, timestamp: i64, sample: impl FnOnce() -> Sample) {
        let key = (who, timestamp.div_euclid(HOUR));
        if self.hours.len() >= MOST_HOURS && !self.hours.contains_key(&key) {
            self.full.insert("hours of somebody");
            return;
        }
        let count = self.hours.entry(key).or_default();
        *count = count.saturating_add(1);
        if *count > LEAST_BURST && (self.bursts.len() < MOST_INCIDENTS || self.bursts.contains_key(&key)) {
            self.bursts.entry(key).or_default().add(timestamp, sample);
        }
    }

    /// Marks an update of a stack; the newest are kept, in order.
    pub(crate) fn update(&mut self, stack: Name, timestamp: i64) {
        let times = self.updates.entry(stack).or_default();
        let at = times.partition_point(|time| *time <= timestamp);
        if times.len() < MOST_UPDATES {
            times.insert(at, timestamp);
        } else if at > 0 {
            times.remove(0);
            times.insert(at - 1, timestamp);
        }
    }

    /// Counts an event for a part of the organization.
    pub(crate) fn count(&mut self, part: Part, name: Name, timestamp: i64, class: Class, refused: bool) {
        let key = (part, name, week(timestamp));
        if self.rows.len() >= MOST_ROWS && !self.rows.contains_key(&key) {
            self.full.insert("rows of figures");
            return;
        }
        self.rows.entry(key).or_default().add(class, refused);
    }

    /// Keeps the name of a kind of event that nobody knows.
    pub(crate) fn unknown(&mut self, slug: &str) {
        if let Some(count) = self.unknown.get_mut(slug) {
            *count += 1;
        } else if self.unknown.len() < MOST_UNKNOWN {
            self.unknown.insert(slug.chars().take(100).collect(), 1);
        } else {
            self.full.insert("kinds of unknown events");
        }
    }

    /// What more there was than is kept.
    pub(crate) fn full(&self) -> Vec<&'static str> {
        let names = self.names.is_full().then_some("names");
        self.full.iter().copied().chain(names).collect()
    }
}
