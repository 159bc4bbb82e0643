//! Judges a log in one pass.
//!
//! What must hold: an event is looked at once and forgotten, but for what the ledger keeps of it; findings come in one order,
//! whatever the order of events.

use std::collections::BTreeMap;

use stackgate_diagnostic::clean;
use stackgate_report::{Level, log_line};

use crate::catalogue::{Class, kind};
use crate::context::{Context, Who};
use crate::deployment::Deployment;
use crate::event::Event;
use crate::figures::{Counts, Day, Figures, Part, Row, Timeline, word};
use crate::finding::{Evidence, LogFinding, Sample};
use crate::ledger::{Key, Ledger};
use crate::names::Name;
use crate::rule::{Check, Hits, Seen};
use crate::rules::RULES;
use crate::state::{HOURS, Past, State, digest, whole};
use crate::time;
use crate::who::{environment, quoted, stack, who};

/// How many events of the last second are known by their digests.
const MOST_SEEN: usize = 10_000;
/// How far the clocks of a deployment and of its update may be apart.
const MINUTE: i64 = 60;

/// A judge at work.
pub struct Judge<'a> {
    context: &'a Context,
    ledger: Ledger,
    /// The events of the last second so far.
    newest: Vec<String>,
    deployments: Vec<LogFinding>,
    /// The spans of deployments by stack, each with who asked for it.
    windows: BTreeMap<String, Vec<(i64, i64, String)>>,
    /// Whether the deployments were told of, be it that there are none.
    told: bool,
    /// What lies behind this second is no event that can have happened.
    until: i64,
    future: u64,
    repeated: u64,
    name: String,
}

/// What a log came to.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What was found, the worst first.
    pub findings: Vec<LogFinding>,
    /// How much of what happened.
    pub figures: Figures,
    /// Its days.
    pub timeline: Timeline,
    /// What the next run goes on from; `None` where there was no event, now or before.
    pub state: Option<State>,
    /// How many events an earlier run had judged.
    pub repeated: u64,
    /// How many events lie in the future, so that they were not judged.
    pub future: u64,
    /// What there was more of than can be kept, so that not everything was judged.
    pub full: Vec<&'static str>,
}

impl<'a> Judge<'a> {
    /// A judge who goes on from what an earlier run left.
    #[must_use]
    pub fn new(context: &'a Context, state: Option<State>) -> Judge<'a> {
        let past = state.map(State::past).unwrap_or_default();
        let ledger = Ledger::new(past);
        Judge {
            context,
            ledger,
            newest: Vec::new(),
            deployments: Vec::new(),
            windows: BTreeMap::new(),
            told: false,
            until: i64::MAX,
            future: 0,
            repeated: 0,
            name: String::new(),
        }
    }

    /// The same judge, for whom nothing can have happened after a second: one event from the future, and the next run would
    /// take all others for judged.
    #[must_use]
    pub fn until(mut self, until: i64) -> Judge<'a> {
        self.until = until;
        self
    }

    /// The same judge, who is told of every deployment, so that an update without one is an update without one.
    #[must_use]
    pub fn with_deployments(mut self) -> Judge<'a> {
        self.told = true;
        self
    }

    /// Takes a deployment; all of them come before the events, which they explain.
    pub fn deployment(&mut self, deployment: &Deployment) {
        let window = (deployment.from, deployment.to, deployment.login.clone());
        self.windows.entry(deployment.stack.clone()).or_default().push(window);
        for rule in RULES.iter().copied() {
            let Check::Deployment(check) = rule.check else { continue };
            let Some(words) = check(deployment, self.context) else { continue };
            let sample = Sample {
                timestamp: deployment.from,
                slug: format!("deployment {}", deployment.version).into(),
                who: deployment.login.as_str().into(),
                ip: Box::default(),
            };
            self.deployments.push(LogFinding {
                rule,
                level: words.level,
                timestamp: deployment.from,
                message: words.message,
                help: words.help,
                known_by: deployment.id.clone(),
                evidence: Evidence { count: 1, first: vec![sample] },
            });
        }
    }

    /// Takes an event.
    pub fn take(&mut self, event: &Event<'_>) {
        if event.timestamp > self.until {
            self.future += 1;
            return;
        }
        if self.ledger.past.holds(event) {
            self.repeated += 1;
            return;
        }
        self.newest(event);
        let known = kind(&event.slug);
        let class = known.map_or(Class::Other, |kind| kind.class);
        let class = if event.refused && class != Class::Exchange { Class::Refused } else { class };
        if known.is_none() {
            self.ledger.unknown(&event.slug);
        }
        self.ledger.time(event.timestamp, class);
        let context = self.context;
        let by = who(event, context);
        let opened = event.slug.starts_with("environment-") || event.slug == "auth-failure-environment";
        let environment = if opened { environment(event, context) } else { None };
        let stack = if opened || class == Class::Exchange { None } else { stack(event, context) };
        by.write(&mut self.name);
        let name = self.ledger.names.of(&self.name);
        self.count(event, class, &by, stack, environment.as_deref());
        if !event.refused {
            self.gather(event, class, &by, name, stack, environment.as_deref());
        }
        let seen =
            Seen { event, class, who: &by, stack, environment: environment.as_deref(), context, told: self.told };
        if class == Class::Update && self.explained(&seen) {
            return;
        }
        self.hits(&seen, name);
    }

    /// Keeps what an event says where its second is the last so far.
    fn newest(&mut self, event: &Event<'_>) {
        let last = self.ledger.span.map(|(_, last)| last);
        if last.is_none_or(|last| event.timestamp > last) {
            self.newest.clear();
        }
        if last.is_none_or(|last| event.timestamp >= last) && self.newest.len() < MOST_SEEN {
            self.newest.push(whole(event));
        }
    }

    /// Counts the event for the parts of the organization that it names.
    fn count(&mut self, event: &Event<'_>, class: Class, by: &Who<'_>, stack: Option<&str>, environment: Option<&str>) {
        let when = event.timestamp;
        let declared = |stack: &&str| self.context.tier(stack).is_some();
        let team = match by {
            Who::Team(team) => Some(*team),
            _ if class == Class::Exchange => quoted(&event.description).filter(|name| self.context.is_team(name)),
            _ => None,
        };
        let environment = environment.filter(|name| self.context.production(name).is_some());
        let parts = [(Part::Team, team), (Part::Stack, stack.filter(declared)), (Part::Environment, environment)];
        for (part, name) in parts.into_iter().filter_map(|(part, name)| Some((part, name?))) {
            let name = self.ledger.names.of(name);
            self.ledger.count(part, name, when, class, event.refused);
        }
    }

    /// Gathers what rules ask of the log as a whole.
    fn gather(
        &mut self,
        event: &Event<'_>,
        class: Class,
        by: &Who<'_>,
        name: Name,
        stack: Option<&str>,
        environment: Option<&str>,
    ) {
        let when = event.timestamp;
        if matches!(class, Class::Open | Class::Secrets) {
            self.ledger.hour(name, when, || sample(event, &self.name));
        }
        // Change requests are still previewed where nothing deploys any more; only the start says which of both it is.
        let update = class == Class::Update && event.slug == "stack-update-started" && !event.is_preview();
        if let (true, Some(stack)) = (update, stack.filter(|stack| self.context.tier(stack).is_some())) {
            let stack = self.ledger.names.of(stack);
            self.ledger.update(stack, when);
        }
        if let (Class::Open, Some(environment)) = (class, environment) {
            let granted = self.context.may_open(by, environment);
            let object = self.ledger.names.of(environment);
            if let Some(pair) = self.ledger.pair(name, object, granted) {
                pair.evidence.add(when, || sample(event, &self.name));
            }
        }
    }

    /// Whether an update belongs to a deployment that was told of.
    fn explained(&self, seen: &Seen<'_>) -> bool {
        let Some(windows) = seen.stack.and_then(|stack| self.windows.get(stack)) else { return false };
        let when = seen.event.timestamp;
        windows.iter().any(|(from, to, login)| {
            let his = !matches!(seen.who, Who::Person(person) if person != login);
            his && (from.saturating_sub(MINUTE)..=to.saturating_add(MINUTE)).contains(&when)
        })
    }

    fn hits(&mut self, seen: &Seen<'_>, name: Name) {
        for (number, rule) in RULES.iter().enumerate() {
            let Check::Each { classes, see, .. } = rule.check else { continue };
            if !classes.contains(&seen.class) {
                continue;
            }
            let Some(hit) = see(seen) else { continue };
            let key = Key {
                day: seen.event.timestamp.div_euclid(time::DAY),
                rule: number,
                slug: self.ledger.names.of(hit.as_if.unwrap_or(&seen.event.slug)),
                who: name,
                object: self.ledger.names.of(&hit.object),
            };
            if let Some(incident) = self.ledger.incident(key, hit.level) {
                incident.evidence.add(seen.event.timestamp, || sample(seen.event, &self.name));
            }
        }
    }

    /// What it all came to.
    #[must_use]
    pub fn finish(mut self) -> Judgement {
        let mut findings = std::mem::take(&mut self.deployments);
        for (key, incident) in &self.ledger.incidents {
            let Some(rule) = RULES.get(key.rule).copied() else { continue };
            let Check::Each { tell, .. } = rule.check else { continue };
            let names = &self.ledger.names;
            let (slug, by, object) = (names.get(key.slug), names.get(key.who), names.get(key.object));
            let hits = Hits {
                level: incident.level,
                slug,
                who: by,
                object,
                count: incident.evidence.count,
                context: self.context,
            };
            let words = tell(&hits);
            findings.push(LogFinding {
                rule,
                level: words.level,
                timestamp: incident.evidence.first.first().map_or(key.day * time::DAY, |first| first.timestamp),
                message: words.message,
                help: words.help,
                known_by: format!("{slug} {by} {object}"),
                evidence: incident.evidence.clone(),
            });
        }
        for rule in RULES.iter().copied() {
            if let Check::End(check) = rule.check {
                findings.append(&mut check(rule, &self.ledger, self.context));
            }
        }
        findings.sort_by(|a, b| {
            (b.level, a.timestamp, a.rule.id, &a.message).cmp(&(a.level, b.timestamp, b.rule.id, &b.message))
        });
        let (figures, timeline) = (self.figures(), self.timeline(&findings));
        let full = self.ledger.full();
        Judgement {
            findings,
            figures,
            timeline,
            repeated: self.repeated,
            future: self.future,
            full,
            state: self.state(),
        }
    }

    fn figures(&self) -> Figures {
        let row = |((part, name, week), counts): (&(Part, Name, i64), &Counts)| Row {
            part: *part,
            name: self.ledger.names.get(*name).to_owned(),
            week: time::day(*week),
            counts: *counts,
        };
        let mut rows: Vec<Row> = self.ledger.rows.iter().map(row).collect();
        rows.sort_by(|a, b| (a.part, &a.name, &a.week).cmp(&(b.part, &b.name, &b.week)));
        let span = self.ledger.span;
        Figures {
            events: self.ledger.events,
            first: span.map(|(first, _)| time::shown(first)),
            last: span.map(|(_, last)| time::shown(last)),
            rows,
        }
    }

    fn timeline(&self, findings: &[LogFinding]) -> Timeline {
        let mut told: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.level > Level::Notice) {
            told.entry(finding.timestamp.div_euclid(time::DAY)).or_default().push(log_line(&clean(&finding.message)));
        }
        let day = |(day, counts): (&i64, &BTreeMap<Class, u64>)| Day {
            date: time::day(day.saturating_mul(time::DAY)),
            counts: counts.iter().map(|(class, count)| (word(*class).to_owned(), *count)).collect(),
            findings: told.get(day).cloned().unwrap_or_default(),
        };
        Timeline { days: self.ledger.days.iter().map(day).collect() }
    }

    /// What the next run goes on from.
    fn state(self) -> Option<State> {
        let Judge { context, ledger, newest, .. } = self;
        let mut past: Past = ledger.past;
        let span = ledger.span.or(past.span)?;
        let mut seen: std::collections::BTreeSet<String> = newest.iter().map(|one| digest(one)).collect();
        if past.span.is_some_and(|(_, last)| last == span.1) {
            seen.extend(past.seen().iter().cloned());
        }
        let name = |name: Name| ledger.names.get(name).to_owned();
        for (by, environment) in ledger.pairs.keys() {
            past.opened.entry(name(*by)).or_default().insert(name(*environment));
        }
        let mut hours: BTreeMap<Name, Vec<(i64, u32)>> = BTreeMap::new();
        for ((by, hour), count) in &ledger.hours {
            hours.entry(*by).or_default().push((*hour, *count));
        }
        for (by, mut new) in hours {
            new.sort_unstable();
            let all = past.hours.entry(name(by)).or_default();
            all.extend(new.into_iter().map(|(_, count)| count));
            all.drain(..all.len().saturating_sub(HOURS));
        }
        for (stack, times) in ledger.updates {
            let all = past.updates.entry(ledger.names.get(stack).to_owned()).or_default();
            all.extend(times);
            all.sort_unstable();
            all.drain(..all.len().saturating_sub(HOURS));
        }
        Some(State::new(&context.organization, span, seen, past))
    }
}

fn sample(event: &Event<'_>, who: &str) -> Sample {
    Sample {
        timestamp: event.timestamp,
        slug: event.slug.chars().take(100).collect::<String>().into(),
        who: who.chars().take(200).collect::<String>().into(),
        ip: event.ip.chars().take(60).collect::<String>().into(),
    }
}
