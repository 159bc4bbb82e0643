//! How much of what happened: per team, stack, environment and week, and per day.
//!
//! What must hold: rows are in order and each is there once; a count is of events, not of what they came to.

use indexmap::IndexMap;
use serde::Serialize;

use crate::catalogue::Class;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A declared team.
    Team,
    /// A stack, as `project/stack`.
    Stack,
    /// An ESC environment, as `project/name`.
    Environment,
}

impl Part {
    /// The word of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Team => "team",
            Part::Stack => "stack",
            Part::Environment => "environment",
        }
    }
}

/// How many events of which sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Updates of stacks: their starts.
    pub updates: u64,
    /// Environments opened, and read while they were open.
    pub opens: u64,
    /// Secrets and states of stacks read.
    pub secrets: u64,
    /// Tokens minted for a job's identity.
    pub tokens: u64,
    /// Refusals.
    pub refused: u64,
    /// Anything else.
    pub other: u64,
}

impl Counts {
    /// Counts one event. The end of an update is no second one.
    pub(crate) fn add(&mut self, class: Class, refused: bool) {
        *match class {
            _ if refused => &mut self.refused,
            Class::Update => &mut self.updates,
            Class::Open => &mut self.opens,
            Class::Secrets => &mut self.secrets,
            Class::Exchange => &mut self.tokens,
            Class::Refused => &mut self.refused,
            Class::LongLived | Class::Trust | Class::Stack | Class::Guard | Class::Other => &mut self.other,
        } += 1;
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is about.
    pub part: Part,
    /// Its name.
    pub name: String,
    /// The Monday with which the week begins.
    pub week: String,
    /// How many.
    #[serde(flatten)]
    pub counts: Counts,
}

/// All figures of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// How many events were judged.
    pub events: u64,
    /// The first and the last, as `2026-11-26T04:00:00Z`; absent where there is no event.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// Per team, stack, environment and week.
    pub rows: Vec<Row>,
}

/// One day of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// `2026-11-26`.
    pub date: String,
    /// How many events by sort.
    pub counts: IndexMap<String, u64>,
    /// The messages of that day's findings, the worst first.
    pub findings: Vec<String>,
}

/// The days of a log on which anything happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The days.
    pub days: Vec<Day>,
}

/// The word for a sort of events on the timeline.
pub(crate) const fn word(class: Class) -> &'static str {
    match class {
        Class::Exchange => "tokens",
        Class::LongLived => "long-lived tokens",
        Class::Trust => "trust",
        Class::Open => "opened",
        Class::Secrets => "secrets",
        Class::Update => "updates",
        Class::Stack => "stacks",
        Class::Refused => "refused",
        Class::Guard => "guards",
        Class::Other => "other",
    }
}

impl Figures {
    /// The rows as a table for people.
    #[must_use]
    pub fn table(&self) -> Vec<String> {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(4).max(4);
        let head = format!(
            "{:<11}  {:<width$}  {:<10}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}",
            "part", "name", "week of", "updates", "opens", "secrets", "tokens", "refused", "other"
        );
        let row = |row: &Row| {
            let Counts { updates, opens, secrets, tokens, refused, other } = row.counts;
            let (part, name, week) = (row.part.as_str(), &row.name, &row.week);
            format!(
                "{part:<11}  {name:<width$}  {week:<10}  {updates:>8}  {opens:>8}  {secrets:>8}  {tokens:>8}  {refused:>8}  {other:>8}"
            )
        };
        std::iter::once(head).chain(self.rows.iter().map(row)).collect()
    }
}
