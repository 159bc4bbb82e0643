//! Who can start a job: every situation of a finite universe, tried against its conditions.
//!
//! What must hold: the universe of two pipelines is made of the names that either speaks of, so that a name which only one
//! of them admits is found; a condition that cannot be decided makes the answer "maybe", with its text.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use serde::Serialize;

use crate::condition::Condition;
use crate::model::{Job, Observation};

/// What started a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Commits pushed to a branch.
    Push,
    /// A tag.
    Tag,
    /// A change request from a branch of the same repository.
    ChangeRequest,
    /// A change request from a fork.
    ForkChangeRequest,
    /// A change request of anybody, run with the target's privilege: `pull_request_target` and its like.
    PrivilegedChangeRequest,
    /// A comment, an issue, a review: text of anybody.
    Comment,
    /// Another pipeline that ended, whatever started that.
    AfterPipeline,
    /// Somebody who may start runs by hand.
    Manual,
    /// The clock.
    Schedule,
    /// A call of the provider's interface, or of a webhook.
    Api,
    /// A merge queue or train.
    MergeQueue,
    /// Another event, by the provider's word.
    Other(String),
}

impl Event {
    /// Those that every provider is tried with.
    pub const COMMON: &[Event] = &[
        Event::Push,
        Event::Tag,
        Event::ChangeRequest,
        Event::ForkChangeRequest,
        Event::PrivilegedChangeRequest,
        Event::Comment,
        Event::AfterPipeline,
        Event::Manual,
        Event::Schedule,
        Event::Api,
        Event::MergeQueue,
    ];

    /// Whether code or text of a change request is what the run works on.
    #[must_use]
    pub fn is_change_request(&self) -> bool {
        matches!(self, Event::ChangeRequest | Event::ForkChangeRequest | Event::PrivilegedChangeRequest)
    }

    /// The words for people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Event::Push => "a push".into(),
            Event::Tag => "a tag".into(),
            Event::ChangeRequest => "a change request".into(),
            Event::ForkChangeRequest => "a change request of a fork".into(),
            Event::PrivilegedChangeRequest => "anybody's change request, with the target's privilege".into(),
            Event::Comment => "a comment".into(),
            Event::AfterPipeline => "the end of another pipeline".into(),
            Event::Manual => "a manual run".into(),
            Event::Schedule => "a schedule".into(),
            Event::Api => "a call of the API".into(),
            Event::MergeQueue => "a merge queue".into(),
            Event::Other(word) => format!("the event `{word}`"),
        }
    }
}

/// A branch or a tag, by its short name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ref {
    /// A branch.
    Branch(String),
    /// A tag.
    Tag(String),
}

impl Ref {
    /// Whether a file speaks of that name, or it stands for every other one.
    #[must_use]
    pub fn is_named(&self) -> bool {
        let (Ref::Branch(name) | Ref::Tag(name)) = self;
        name != OTHER
    }
}

/// One way in which a run can begin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Situation {
    /// What started it.
    pub event: Event,
    /// What it runs for; of a change request, the branch with the proposed commits.
    pub reference: Ref,
    /// The branch that a change request wants to change.
    pub target: Option<String>,
    /// Whether the branch or tag is protected.
    pub protected: bool,
    /// Whether it is the repository's default branch.
    pub default_branch: bool,
}

impl Situation {
    /// Whether it runs for a branch or tag of a name that no file speaks of: then it runs for any.
    #[must_use]
    pub fn is_of_any_name(&self) -> bool {
        let (Ref::Branch(name) | Ref::Tag(name)) = &self.reference;
        name == OTHER
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.event.words())?;
        match (&self.reference, &self.target) {
            (_, Some(target)) if target == OTHER => f.write_str(" to any other branch"),
            (_, Some(target)) => write!(f, " to `{target}`"),
            (Ref::Branch(name), None) if name == OTHER => f.write_str(" on any other branch"),
            (Ref::Branch(name), None) => write!(f, " on branch `{name}`"),
            (Ref::Tag(name), None) if name == OTHER => f.write_str(" of any name"),
            (Ref::Tag(name), None) => write!(f, " `{name}`"),
        }
    }
}

/// A name that no file speaks of.
pub(crate) const OTHER: &str = "stackgate-any-other-name";

/// Whether something holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It does not.
    No,
    /// It depends on what cannot be decided from the file; each in the provider's words.
    Maybe(BTreeSet<String>),
    /// It does.
    Yes,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Answer {
        if yes { Answer::Yes } else { Answer::No }
    }
}

impl Answer {
    /// Both.
    #[must_use]
    pub fn and(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Yes, other) | (other, Answer::Yes) => other,
            (Answer::Maybe(mut left), Answer::Maybe(right)) => {
                left.extend(right);
                Answer::Maybe(left)
            }
        }
    }

    /// One of both.
    #[must_use]
    pub fn or(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, other) | (other, Answer::No) => other,
            (Answer::Maybe(mut left), Answer::Maybe(right)) => {
                left.extend(right);
                Answer::Maybe(left)
            }
        }
    }

    /// The contrary.
    #[must_use]
    pub fn negated(self) -> Answer {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Maybe(texts) => Answer::Maybe(texts.into_iter().map(|text| format!("not {text}")).collect()),
        }
    }

    /// Whether it can be.
    #[must_use]
    pub fn possible(&self) -> bool {
        *self != Answer::No
    }
}

/// In which situations a job can run: those with another answer than "no", in the order of the universe.
pub type Reach = Vec<(Situation, Answer)>;

impl Job {
    /// Whether the job can run in a situation, by its own clauses; what it needs is [`Observation::reach`]'s to add.
    #[must_use]
    pub fn runs(&self, situation: &Situation) -> Answer {
        self.when.iter().fold(Answer::Yes, |all, clause| match all {
            Answer::No => Answer::No,
            all => all.and(clause.condition.holds(situation)),
        })
    }
}

impl Observation {
    /// Whether a job runs in each of the situations, in their order: its own clauses, and those of the jobs that it cannot
    /// run without.
    #[must_use]
    pub fn answers(&self, job: &Job, universe: &[Situation]) -> Vec<Answer> {
        let conditions = self.conditions(job);
        let answer = |situation: &Situation| all_hold(&conditions, situation);
        universe.iter().map(answer).collect()
    }

    /// The conditions that have to hold for a job to run: its own, and those of the jobs that it cannot run without. Many
    /// jobs have the same ones; each stands here once.
    #[must_use]
    pub fn conditions<'a>(&'a self, job: &'a Job) -> BTreeSet<&'a Condition> {
        let needed = self.needed(job);
        let clauses = needed.into_iter().chain([job]).flat_map(|job| &job.when);
        clauses.map(|clause| &clause.condition).collect()
    }

    /// In which situations a job can run: its own clauses, and those of the jobs that it cannot run without.
    #[must_use]
    pub fn reach(&self, job: &Job, universe: &[Situation]) -> Reach {
        let answers = self.answers(job, universe).into_iter();
        let possible = universe.iter().zip(answers).filter(|(_, answer)| answer.possible());
        possible.map(|(situation, answer)| (situation.clone(), answer)).collect()
    }

    /// The jobs that a job cannot run without, and those that these cannot run without, each once.
    #[must_use]
    pub fn needed(&self, job: &Job) -> Vec<&Job> {
        let mut found: Vec<&Job> = Vec::new();
        if job.needs.is_empty() {
            return found;
        }
        let mut by_id: HashMap<&str, &Job> = HashMap::with_capacity(self.jobs.len());
        for job in &self.jobs {
            by_id.entry(&job.id).or_insert(job);
        }
        let mut known: HashSet<&str> = HashSet::from([job.id.as_str()]);
        let mut waiting = vec![job];
        while let Some(next) = waiting.pop() {
            for need in next.needs.iter().filter(|need| need.blocks) {
                let Some(needed) = by_id.get(need.job.as_str()) else { continue };
                if known.insert(&needed.id) {
                    found.push(needed);
                    waiting.push(needed);
                }
            }
        }
        found
    }
}

/// Whether all of some conditions hold in a situation.
#[must_use]
pub fn all_hold(conditions: &BTreeSet<&Condition>, situation: &Situation) -> Answer {
    conditions.iter().fold(Answer::Yes, |all, condition| match all {
        Answer::No => Answer::No,
        all => all.and(condition.holds(situation)),
    })
}
