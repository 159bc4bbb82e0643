//! An ordinary day: deploys in their rhythm, previews, and people who look.
//!
//! What must hold: nothing that happens here is above a notice for anybody. A pipeline takes its secrets evenly over its
//! hours, and a stack is deployed every so many working days, so that neither a burst nor a silence is a matter of chance.

use std::collections::{BTreeMap, BTreeSet};

use super::super::random::Random;
use super::cast::{Cast, Stack};
use super::event::Event;

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;

/// How many days the log has.
pub(super) const DAYS: i64 = 56;

/// Events of one run of a pipeline on a stack with one environment.
const RUN: usize = 5;

/// So many secrets somebody takes in an hour at most: more than twenty would look like a burst.
const MOST: usize = 18;

/// The first and the number of working hours.
const MORNING: i64 = 6;
const HOURS: usize = 12;

/// How everybody lives.
pub(super) struct Life<'a> {
    cast: &'a Cast,
    /// After how many working days each stack is deployed.
    rhythm: Vec<usize>,
    /// Stacks that fall silent, each with the first day of its silence.
    pub(super) silent: BTreeMap<String, i64>,
    /// Days on which nothing is in the log.
    pub(super) gap: BTreeSet<i64>,
}

impl<'a> Life<'a> {
    /// A life in which deploys make up about half of the events of a working day.
    pub(super) fn of(cast: &'a Cast, events: usize) -> Life<'a> {
        let daily = events as f64 / (DAYS as f64 * 5.0 / 7.0);
        let runs = daily * 0.5 / RUN as f64;
        let count = cast.stacks.len().max(1) as f64;
        // A tenth is deployed every day, and the others as often as the number of events allows.
        let rest = ((runs - count * 0.1) / (count * 0.9)).max(0.05);
        let slow = [1usize, 2, 5, 10, 20].into_iter().find(|days| 1.0 / *days as f64 <= rest).unwrap_or(20);
        let rhythm = (0..cast.stacks.len()).map(|index| if index % 10 == 0 { 1 } else { slow }).collect();
        Life { cast, rhythm, silent: BTreeMap::new(), gap: BTreeSet::new() }
    }

    /// Stacks that are deployed every working day and of which nothing else is known: such a silence is heard.
    pub(super) fn daily(&self) -> impl Iterator<Item = &'a Stack> {
        let daily = self.rhythm.iter().zip(&self.cast.stacks);
        let daily = daily.filter(|(days, stack)| **days == 1 && stack.production && !stack.hosted);
        daily.map(|(_, stack)| stack)
    }

    /// The events of one day, of which there are about so many, by time.
    pub(super) fn day(&self, day: i64, begin: i64, budget: usize, random: &mut Random) -> Vec<Event> {
        let mut events = Vec::with_capacity(budget + 64);
        if self.gap.contains(&day) {
            return events;
        }
        let mut load: BTreeMap<(&str, i64), usize> = BTreeMap::new();
        let start = begin + day * DAY;
        if let Some(working) = working(day) {
            for (index, stack) in self.cast.stacks.iter().enumerate() {
                let due = (working + index).is_multiple_of(self.rhythm[index]);
                let silent = self.silent.get(&stack.name).is_some_and(|from| day >= *from);
                if due && !silent && events.len() + RUN < budget {
                    run(stack, &stack.deploys, true, start, &mut load, random, &mut events);
                }
            }
            let mut tries = budget;
            while events.len() * 10 < budget * 9 && tries > 0 {
                tries -= 1;
                let Some(stack) = random.pick(&self.cast.stacks) else { break };
                if let Some(team) = &stack.previews {
                    run(stack, team, false, start, &mut load, random, &mut events);
                }
            }
        }
        while events.len() < budget && !self.cast.people.is_empty() {
            let Some((login, stacks)) = random.pick(&self.cast.people) else { break };
            events.push(person(login, stacks, start, &mut load, random));
        }
        events.sort();
        events
    }
}

/// The number of a working day; the log begins on a Monday.
fn working(day: i64) -> Option<usize> {
    let (week, of_week) = (day.div_euclid(7), day.rem_euclid(7));
    (of_week < 5).then(|| usize::try_from(week * 5 + of_week).unwrap_or_default())
}

/// How much a day weighs, in events.
pub(super) fn weight(day: i64) -> usize {
    if working(day).is_some() { 100 } else { 3 }
}

/// One run of a pipeline on a stack, in an hour that has room for it.
fn run<'a>(
    stack: &Stack,
    team: &'a str,
    deploy: bool,
    start: i64,
    load: &mut BTreeMap<(&'a str, i64), usize>,
    random: &mut Random,
    events: &mut Vec<Event>,
) {
    let takes = stack.esc.len() + 1;
    let first = random.below(HOURS);
    let hours = (0..HOURS).map(|more| MORNING + ((first + more) % HOURS) as i64);
    let free = hours.into_iter().find(|hour| load.get(&(team, *hour)).copied().unwrap_or_default() + takes <= MOST);
    let Some(hour) = free else { return };
    *load.entry((team, hour)).or_default() += takes;
    let time = start + hour * HOUR + random.below(3_400) as i64;
    let ip = format!("192.0.2.{}", random.below(250) + 1);
    let event = |after: i64, slug: &str, description: String| Event {
        time: time + after,
        slug: slug.into(),
        description,
        login: "acme".into(),
        actor: format!("team:{team}"),
        ip: ip.clone(),
        ..Event::default()
    };
    events.push(event(0, "team-token-created-for-oidc-issuer", format!("Created token for team \"{team}\"")));
    for name in &stack.esc {
        events.push(event(20, "environment-open", format!("Opened environment \"{name}\"")));
    }
    let name = &stack.name;
    events.push(event(25, "secrets-batch-decrypted", format!("Decrypted secrets of stack \"{name}\"")));
    let (number, kind) = (random.next(), if deploy { "update" } else { "preview" });
    let text = format!("\"{number:016x}\" for stack \"{name}\"");
    events.push(event(30, "stack-update-started", format!("Started {kind} {text}")));
    events.push(event(150, "stack-update-completed", format!("Completed {kind} {text}")));
}

/// Something that a person does.
fn person<'a>(
    login: &'a str,
    stacks: &[String],
    start: i64,
    load: &mut BTreeMap<(&'a str, i64), usize>,
    random: &mut Random,
) -> Event {
    let hour = 6 + random.below(13) as i64;
    let mut event = Event {
        time: start + hour * HOUR + random.below(3_600) as i64,
        login: login.into(),
        ip: format!("198.51.100.{}", random.below(250) + 1),
        ..Event::default()
    };
    let stack = random.pick(stacks);
    let taken = load.entry((login, hour)).or_default();
    (event.slug, event.description) = match (random.below(20), stack) {
        (0..=2, _) => ("user-login".into(), "Logged in".into()),
        (3, Some(stack)) if *taken < MOST => {
            *taken += 1;
            ("secret-decrypted".into(), format!("Decrypted a secret of stack \"{stack}\""))
        }
        (_, Some(stack)) => ("stack-outputs-read".into(), format!("Read outputs of stack \"{stack}\"")),
        (_, None) => ("user-login".into(), "Logged in".into()),
    };
    event
}
