//! An observation as a flat, sorted list of facts: what drift compares, and what people and tests read.
//!
//! What must hold: two observations with equal lists behave equally; no fact speaks of a place, of a name for people, or of a
//! step by its number, so that a step added in front changes only what it changes. Deliberately absent: any judgement.

mod job;
mod step;
mod words;

use crate::model::{Observation, Setting};
use crate::place::Place;

/// The closed list of what a fact can be.
pub const KINDS: &[&str] = &[
    "job",
    "trigger",
    "need",
    "gate",
    "permission",
    "credential",
    "mint",
    "verb",
    "deed",
    "exec",
    "order",
    "embedded",
    "code",
    "runner",
    "channel",
    "variable",
    "limit",
    "setting",
    "undecided",
];

/// One fact. Two are equal when what they say is, wherever it stands.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The job that it is about; none for the whole pipeline.
    pub job: Option<String>,
    /// What it is: one of [`KINDS`], or `presentation`.
    pub kind: &'static str,
    /// What it says, in one spelling and on one line.
    pub text: String,
    /// Where.
    pub place: Place,
}

impl Fact {
    fn key(&self) -> (&Option<String>, usize, &str) {
        let order = KINDS.iter().position(|kind| *kind == self.kind).unwrap_or(KINDS.len());
        (&self.job, order, &self.text)
    }
}

impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Fact {}

impl PartialOrd for Fact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// How a step is called in a fact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// By the digest of what it is: a comparison must not see a number.
    Digest,
    /// By its number from 1: people count.
    Number,
}

impl Observation {
    /// What it says about behaviour, sorted. The same fact twice is there twice.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        self.flattened(Naming::Digest)
    }

    /// What it says for people alone, sorted: a difference here is cosmetic.
    #[must_use]
    pub fn presentation_facts(&self) -> Vec<Fact> {
        let mut all = Vec::new();
        let mut say = |job: Option<&str>, text: String, place: Place| {
            all.push(Fact { job: job.map(str::to_owned), kind: "presentation", text, place });
        };
        self.presentation.iter().for_each(|text| say(None, words::line(text), Place::default()));
        for code in &self.code {
            code.comment.iter().for_each(|comment| say(None, comment_of(&code.name, comment), code.place));
        }
        for job in &self.jobs {
            let id = Some(job.id.as_str());
            job.presentation.iter().for_each(|text| say(id, words::line(text), job.place));
            for step in &job.steps {
                step.name.iter().for_each(|name| say(id, format!("step {}", words::quoted(name)), step.place));
            }
            for code in job.every_code() {
                code.comment.iter().for_each(|comment| say(id, comment_of(&code.name, comment), code.place));
            }
        }
        all.sort();
        all
    }

    /// One line for each fact, grouped by job in the order of the file; steps by their number from 1.
    #[must_use]
    pub fn print(&self) -> String {
        let facts = self.flattened(Naming::Number);
        let mut by_job: std::collections::BTreeMap<Option<&str>, Vec<&Fact>> = std::collections::BTreeMap::new();
        facts.iter().for_each(|fact| by_job.entry(fact.job.as_deref()).or_default().push(fact));
        let mut out = String::new();
        let mut group = |title: &str, job: Option<&str>| {
            let Some(lines) = by_job.get(&job) else { return };
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(title);
            out.push('\n');
            for fact in lines {
                out.push_str("  ");
                out.push_str(fact.kind);
                out.push(' ');
                out.push_str(&fact.text);
                out.push('\n');
            }
        };
        group("pipeline", None);
        let mut seen = std::collections::BTreeSet::new();
        for job in &self.jobs {
            // What two jobs of one name say stands together.
            if seen.insert(job.id.as_str()) {
                group(&format!("job {}", words::line(&job.id)), Some(&job.id));
            }
        }
        let others: std::collections::BTreeSet<&str> =
            facts.iter().filter_map(|fact| fact.job.as_deref()).filter(|job| !seen.contains(job)).collect();
        for job in others {
            group(&format!("job {}", words::line(job)), Some(job));
        }
        out
    }

    fn flattened(&self, naming: Naming) -> Vec<Fact> {
        let mut all: Vec<Fact> = Vec::new();
        for Setting { key, value, place } in &self.settings {
            all.push(Fact { job: None, kind: "setting", text: setting(key, value), place: *place });
        }
        for code in &self.code {
            all.push(Fact { job: None, kind: "code", text: words::code(code), place: code.place });
        }
        for job in &self.jobs {
            job::flatten(job, naming, &mut all);
        }
        for undecided in &self.undecided {
            let text = format!("{}: {}", words::kebab(undecided.aspect), words::line(&undecided.why));
            all.push(Fact { job: undecided.job.clone(), kind: "undecided", text, place: undecided.place });
        }
        all.sort();
        all
    }
}

fn setting(key: &str, value: &str) -> String {
    format!("{} = {}", words::line(key), words::line(value))
}

fn comment_of(name: &str, comment: &str) -> String {
    format!("{} # {}", words::line(name), words::line(comment))
}
