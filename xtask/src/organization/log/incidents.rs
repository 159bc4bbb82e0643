//! Incidents of many kinds, one day each.
//!
//! What must hold: an incident is of a person, a stack or a team that no other incident is of; it happens after the first
//! week, from which some rules learn, and not on a day without a log.

use std::collections::BTreeSet;

use super::super::planted::Plant;
use super::super::random::Random;
use super::cast::{Cast, Stack};
use super::event::Event;
use super::life::{DAY, HOUR, Life};

/// Where incidents are planted.
pub(super) struct Scene<'a, 'b> {
    pub(super) cast: &'a Cast,
    pub(super) life: &'b mut Life<'a>,
    pub(super) declared: &'a stackgate_access::Fragment,
    pub(super) random: Random,
    /// When the log begins.
    pub(super) begin: i64,
    pub(super) events: Vec<Event>,
    pub(super) deployments: Vec<serde_json::Value>,
    pub(super) used: BTreeSet<String>,
}

/// One kind.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) rule: &'static str,
    pub(super) also: &'static [&'static str],
    pub(super) level: &'static str,
    /// Does it; tells the words of the finding, and the events that it rests on.
    pub(super) plant: fn(&mut Scene<'_, '_>) -> Option<Done>,
}

/// What was done.
pub(super) struct Done {
    pub(super) words: Vec<String>,
    pub(super) events: Vec<serde_json::Value>,
}

/// Plants so many incidents: one of each kind in an order of the seed, then more of those that find another place.
pub(super) fn plant(scene: &mut Scene<'_, '_>, count: usize) -> Vec<Plant> {
    let mut kinds: Vec<&'static Kind> = super::kinds::KINDS.iter().collect();
    scene.random.shuffle(&mut kinds);
    // These change the life of all; others must see it changed.
    kinds.sort_by_key(|kind| !matches!(kind.name, "gap" | "silent"));
    let mut planted = Vec::new();
    for kind in kinds.into_iter().cycle().take(count * 10) {
        if planted.len() == count {
            break;
        }
        let Some(done) = (kind.plant)(scene) else { continue };
        planted.push(Plant {
            kind: kind.name.into(),
            rule: kind.rule.into(),
            also: kind.also.iter().map(|rule| (*rule).to_owned()).collect(),
            place: done.words,
            class: String::new(),
            level: kind.level.into(),
            events: done.events,
        });
    }
    planted
}

impl Scene<'_, '_> {
    /// Takes one that no other incident took.
    pub(super) fn take(&mut self, what: &str, all: Vec<String>) -> Option<String> {
        let free: Vec<String> = all.into_iter().filter(|one| !self.used.contains(&format!("{what} {one}"))).collect();
        let one = self.random.pick(&free)?.clone();
        self.used.insert(format!("{what} {one}"));
        Some(one)
    }

    /// A second of an ordinary working day after the first week.
    pub(super) fn moment(&mut self) -> i64 {
        loop {
            let day = 8 + self.random.below(46) as i64;
            if day % 7 < 5 && !self.life.gap.contains(&day) {
                return self.begin + day * DAY + 9 * HOUR + self.random.below(6 * 3_600) as i64;
            }
        }
    }

    /// Somebody whom no other incident is of.
    pub(super) fn person(&mut self) -> Option<String> {
        let all = self.cast.people.iter().map(|(login, _)| login.clone()).collect();
        self.take("person", all)
    }

    /// Somebody who has no right on a stack.
    pub(super) fn stranger(&mut self, stack: &str) -> Option<String> {
        for _ in 0..50 {
            let at = self.random.below(10_000);
            let login = self.cast.stranger(stack, at)?.to_owned();
            if self.used.insert(format!("person {login}")) {
                return Some(login);
            }
        }
        None
    }

    /// A stack that no other incident is of.
    pub(super) fn stack(&mut self, fits: impl Fn(&Stack) -> bool) -> Option<Stack> {
        let all = self.cast.stacks.iter().filter(|stack| fits(stack)).map(|stack| stack.name.clone()).collect();
        let name = self.take("stack", all)?;
        self.cast.stacks.iter().find(|stack| stack.name == name).cloned()
    }

    /// An event of a person.
    pub(super) fn of_person(&mut self, login: &str, slug: &str, description: String) -> Event {
        Event {
            time: self.moment(),
            slug: slug.into(),
            description,
            login: login.into(),
            ip: format!("203.0.113.{}", self.random.below(250) + 1),
            ..Event::default()
        }
    }

    /// An event of something that is no person.
    pub(super) fn of_actor(&mut self, actor: String, slug: &str, description: String) -> Event {
        Event { actor, ..self.of_person("acme", slug, description) }
    }

    /// Puts events into the log.
    pub(super) fn done<const N: usize>(&mut self, events: Vec<Event>, words: [&str; N]) -> Option<Done> {
        let told = events.iter().take(5).map(Event::json).collect();
        self.events.extend(events);
        Some(Done { words: words.iter().map(|word| (*word).to_owned()).collect(), events: told })
    }
}
