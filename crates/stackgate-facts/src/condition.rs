//! What must be true for a job or a step to run, brought to one form for all providers.
//!
//! What must hold: an equal meaning has an equal form as far as order, nesting and repetition go; what a reader does not
//! understand is [`Condition::Opaque`] in the provider's words, and is then neither true nor false.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::reach::{Answer, Event, Ref, Situation};

/// A condition. Build groups with [`Condition::all`] and [`Condition::any`], which bring them to their one form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// True.
    Always,
    /// False.
    Never,
    /// Every one of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// The run was started by this.
    Event(Event),
    /// It runs for a branch of such a name; for a change request, the branch with the proposed commits.
    Branch(Pattern),
    /// It runs for a tag of such a name.
    Tag(Pattern),
    /// It is a change request to a branch of such a name.
    Target(Pattern),
    /// The branch or tag is protected, by the provider's own word.
    Protected,
    /// The branch is the repository's default branch.
    DefaultBranch,
    /// It is no change request of a fork.
    SameRepository,
    /// How what came before must have ended. It does not change who can start the job.
    Status(Status),
    /// One of these paths changed. Whoever proposes a change decides that.
    Changes(BTreeSet<String>),
    /// It cannot be decided from the file; the provider's own words.
    Opaque(String),
    /// It cannot be decided from the file either, and whoever starts the run has a hand in it; the provider's own words.
    Claimed(Claim, String),
}

/// What a condition takes somebody's word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// Who acted last, by his name: another's event can be made to bear it.
    Actor,
    /// What the author wrote: a commit's message, a title.
    Words,
}

/// How what came before must have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Well; what every provider takes where nothing is said.
    Success,
    /// With a failure.
    Failure,
    /// In any way, also when it was cancelled.
    Any,
    /// Cancelled.
    Cancelled,
}

/// A set of names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// This one.
    Exact(String),
    /// `*` is anything but `/`, `**` anything, `?` one character (GitHub's `?` is none or one of the character before: its
    /// reader hands such patterns over as a regular expression).
    Glob(String),
    /// A regular expression, unanchored as the providers take it.
    Regex(String),
}

impl Condition {
    /// All of them, in one form.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut flat = BTreeSet::new();
        for part in parts {
            match part {
                Condition::Always => {}
                Condition::Never => return Condition::Never,
                Condition::All(inner) => flat.extend(inner),
                other => {
                    flat.insert(other);
                }
            }
        }
        match flat.len() {
            0 => Condition::Always,
            1 => flat.pop_first().unwrap_or(Condition::Always),
            _ => Condition::All(flat.into_iter().collect()),
        }
    }

    /// Any of them, in one form.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut flat = BTreeSet::new();
        for part in parts {
            match part {
                Condition::Never => {}
                Condition::Always => return Condition::Always,
                Condition::Any(inner) => flat.extend(inner),
                other => {
                    flat.insert(other);
                }
            }
        }
        match flat.len() {
            0 => Condition::Never,
            1 => flat.pop_first().unwrap_or(Condition::Never),
            _ => Condition::Any(flat.into_iter().collect()),
        }
    }

    /// The contrary, in one form.
    #[must_use]
    pub fn negated(self) -> Condition {
        match self {
            Condition::Always => Condition::Never,
            Condition::Never => Condition::Always,
            Condition::Not(inner) => *inner,
            Condition::All(parts) => Condition::any(parts.into_iter().map(Condition::negated)),
            Condition::Any(parts) => Condition::all(parts.into_iter().map(Condition::negated)),
            other => Condition::Not(Box::new(other)),
        }
    }

    /// Whether it holds in a situation. A status and changed paths count as true: they decide when, not who.
    #[must_use]
    pub fn holds(&self, situation: &Situation) -> Answer {
        let branch = match &situation.reference {
            Ref::Branch(name) => Some(name.as_str()),
            Ref::Tag(_) => None,
        };
        match self {
            Condition::Always | Condition::Status(_) | Condition::Changes(_) => Answer::Yes,
            Condition::Never => Answer::No,
            // The first part that decides is enough.
            Condition::All(parts) => {
                let mut all = Answer::Yes;
                for part in parts {
                    all = all.and(part.holds(situation));
                    if all == Answer::No {
                        break;
                    }
                }
                all
            }
            Condition::Any(parts) => {
                let mut any = Answer::No;
                for part in parts {
                    any = any.or(part.holds(situation));
                    if any == Answer::Yes {
                        break;
                    }
                }
                any
            }
            // What decides when, and not who, holds whichever way round it is asked.
            Condition::Not(inner) if matches!(**inner, Condition::Status(_) | Condition::Changes(_)) => Answer::Yes,
            Condition::Not(inner) => inner.holds(situation).negated(),
            Condition::Event(event) => (*event == situation.event).into(),
            Condition::Branch(pattern) => branch.map_or(Answer::No, |name| pattern.matches(name)),
            Condition::Tag(pattern) => match &situation.reference {
                Ref::Tag(name) => pattern.matches(name),
                Ref::Branch(_) => Answer::No,
            },
            Condition::Target(pattern) => situation.target.as_deref().map_or(Answer::No, |name| pattern.matches(name)),
            Condition::Protected => situation.protected.into(),
            Condition::DefaultBranch => situation.default_branch.into(),
            Condition::SameRepository => (situation.event != Event::ForkChangeRequest).into(),
            Condition::Opaque(text) | Condition::Claimed(_, text) => Answer::Maybe(BTreeSet::from([text.clone()])),
        }
    }

    /// Each part that is no group, and whether it stands for its contrary.
    pub fn each(&self, found: &mut dyn FnMut(&Condition, bool)) {
        self.parts(false, found);
    }

    fn parts(&self, negated: bool, found: &mut dyn FnMut(&Condition, bool)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.parts(negated, found)),
            Condition::Not(inner) => inner.parts(!negated, found),
            part => found(part, negated),
        }
    }

    /// At most how many names a part that is no group stands for; one at least.
    pub(crate) fn alternatives(&self) -> usize {
        match self {
            Condition::Branch(Pattern::Regex(text))
            | Condition::Tag(Pattern::Regex(text))
            | Condition::Target(Pattern::Regex(text)) => 1 + text.matches('|').count(),
            _ => 1,
        }
    }

    /// Every name of a branch or tag that it speaks of, with a sample for each pattern.
    pub(crate) fn names(&self, branches: &mut BTreeSet<String>, tags: &mut BTreeSet<String>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.names(branches, tags));
            }
            Condition::Not(inner) => inner.names(branches, tags),
            Condition::Branch(pattern) | Condition::Target(pattern) => branches.extend(pattern.samples()),
            Condition::Tag(pattern) => tags.extend(pattern.samples()),
            _ => {}
        }
    }
}

impl Pattern {
    /// This name.
    pub fn exact(name: impl Into<String>) -> Pattern {
        Pattern::Exact(name.into())
    }

    /// Whether a name belongs to the set.
    #[must_use]
    pub fn matches(&self, name: &str) -> Answer {
        match self {
            Pattern::Exact(exact) => (exact == name).into(),
            Pattern::Glob(glob) => like(&globbed(glob), name).map_or_else(|| self.undecided(), Answer::from),
            Pattern::Regex(text) => like(text, name).map_or_else(|| self.undecided(), Answer::from),
        }
    }

    /// Whether every name belongs to it.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        match self {
            Pattern::Exact(_) => false,
            Pattern::Glob(glob) => glob == "**" || glob == "*",
            Pattern::Regex(text) => matches!(text.as_str(), "" | ".*" | ".+" | "^.*$" | "^.+$" | ".*?" | "^"),
        }
    }

    fn undecided(&self) -> Answer {
        Answer::Maybe(BTreeSet::from([format!("a name like {self:?}")]))
    }

    /// Names that belong to the set: one for each alternative that is plain enough to tell.
    fn samples(&self) -> Vec<String> {
        match self {
            Pattern::Exact(name) => vec![name.clone()],
            Pattern::Glob(glob) => vec![glob.replace("**", "x").replace(['*', '?'], "x")],
            // Of a plain expression the text itself, without its anchors, is a name.
            Pattern::Regex(text) => {
                let whole = text.trim_start_matches('^').trim_end_matches('$');
                let inner = whole.strip_prefix("(?:").or_else(|| whole.strip_prefix('('));
                let inner = inner.and_then(|rest| rest.strip_suffix(')')).filter(|rest| !rest.contains(['(', ')']));
                inner.unwrap_or(whole).split('|').filter_map(plain_name).collect()
            }
        }
    }
}

/// The name that a plain expression matches.
fn plain_name(text: &str) -> Option<String> {
    let plain = text.trim_start_matches('^').trim_end_matches('$');
    let plain = plain.replace(".*", "x").replace(".+", "x").replace('\\', "");
    let known = !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    known.then_some(plain)
}

fn globbed(glob: &str) -> String {
    let mut text = String::from("^");
    let mut rest = glob.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.peek() == Some(&'*') => {
                rest.next();
                text.push_str(".*");
            }
            '*' => text.push_str("[^/]*"),
            '?' => text.push_str("[^/]"),
            c => text.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    text.push('$');
    text
}

/// Most expressions that are kept made; one pipeline has a few, and is tried with each many times.
const KEPT: usize = 1_000;

thread_local! {
    static MADE: RefCell<BTreeMap<String, Option<regex_lite::Regex>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether a name is like an expression; none where that is none.
fn like(text: &str, name: &str) -> Option<bool> {
    MADE.with_borrow_mut(|made| {
        if let Some(known) = made.get(text) {
            return known.as_ref().map(|regex| regex.is_match(name));
        }
        if made.len() >= KEPT {
            made.clear();
        }
        let new = made.entry(text.to_owned()).or_insert_with(|| regex(text));
        new.as_ref().map(|regex| regex.is_match(name))
    })
}

/// A bounded one: a pattern of a stranger's file must not take our time or memory.
fn regex(text: &str) -> Option<regex_lite::Regex> {
    regex_lite::RegexBuilder::new(text).size_limit(1 << 20).nest_limit(32).build().ok()
}
