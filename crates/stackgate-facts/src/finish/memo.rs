//! What a script was found to do, for the jobs that have the same script: those of one pipeline share most of theirs, and so
//! do both sides of a comparison.
//!
//! What must hold: everything that the look at a script asks of its job is asked through [`Asked`], and what was found is
//! taken for another job only where that one answers every question alike; how much is kept is bounded. Deliberately
//! absent: places in files, which differ from job to job and are found when the facts are taken.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Known;
use super::found::Found;
use crate::shell::Dialect;
use crate::value::Value;

/// Most that is kept, in bytes of texts; what is found in them is a part of that.
const MOST: usize = 1 << 19;

/// Most outcomes of one text that are kept: for as many jobs that differ in what the script sees.
const OUTCOMES: usize = 16;

/// What a script asks of its job, with the answers.
pub(super) struct Asked<'a> {
    known: &'a Known<'a>,
    variables: RefCell<BTreeMap<String, Option<Value>>>,
    embedded: RefCell<BTreeMap<String, Option<Value>>>,
    given: RefCell<BTreeMap<String, bool>>,
    /// The stack that a script before has selected, and whether that was asked for.
    selected: Option<Value>,
    of_selected: Cell<bool>,
}

/// What a script does, and what its job answered.
pub(super) struct Outcome {
    variables: BTreeMap<String, Option<Value>>,
    embedded: BTreeMap<String, Option<Value>>,
    given: BTreeMap<String, bool>,
    /// The stack that was selected before, where it was asked for.
    selected_before: Option<Option<Value>>,
    /// The stack that the script selects, where it does.
    pub(super) selects: Option<Option<Value>>,
    /// What it sets for the scripts after it.
    pub(super) sets: Vec<(String, Value)>,
    /// What it does; places are ranges of the script.
    pub(super) found: Found,
}

impl<'a> Asked<'a> {
    pub(super) fn new(known: &'a Known<'a>, selected: Option<Value>) -> Asked<'a> {
        Asked {
            known,
            variables: RefCell::default(),
            embedded: RefCell::default(),
            given: RefCell::default(),
            selected,
            of_selected: Cell::new(false),
        }
    }

    /// What a variable holds when the script begins.
    pub(super) fn variable(&self, name: &str) -> Option<Value> {
        ask(&self.variables, name, || self.known.variable(name))
    }

    /// What the provider makes of an expression.
    pub(super) fn embedded(&self, expression: &str) -> Option<Value> {
        ask(&self.embedded, expression, || self.known.embedded(expression))
    }

    /// Whether the job is given a credential in a variable of that name.
    pub(super) fn given(&self, name: &str) -> bool {
        ask(&self.given, name, || self.known.given(name))
    }

    /// The stack that a script before has selected.
    pub(super) fn selected(&self) -> Option<Value> {
        self.of_selected.set(true);
        self.selected.clone()
    }

    /// What was found, with what it depends on.
    pub(super) fn outcome(self, found: Found, sets: Vec<(String, Value)>, selects: Option<Option<Value>>) -> Outcome {
        Outcome {
            variables: self.variables.into_inner(),
            embedded: self.embedded.into_inner(),
            given: self.given.into_inner(),
            selected_before: self.of_selected.get().then_some(self.selected),
            selects,
            sets,
            found,
        }
    }
}

fn ask<A: Clone>(asked: &RefCell<BTreeMap<String, A>>, name: &str, answer: impl FnOnce() -> A) -> A {
    if let Some(known) = asked.borrow().get(name) {
        return known.clone();
    }
    let answer = answer();
    asked.borrow_mut().insert(name.to_owned(), answer.clone());
    answer
}

impl Outcome {
    /// Whether another job would answer alike.
    fn is_of(&self, known: &Known<'_>, selected: &Option<Value>) -> bool {
        self.selected_before.as_ref().is_none_or(|before| before == selected)
            && self.given.iter().all(|(name, given)| known.given(name) == *given)
            && self.variables.iter().all(|(name, value)| known.variable(name) == *value)
            && self.embedded.iter().all(|(expression, value)| known.embedded(expression) == *value)
    }

    fn bytes(&self) -> usize {
        let text = |value: &Value| value.text().len() + 64;
        let answers = self.variables.iter().chain(&self.embedded);
        let answers: usize = answers.map(|(name, value)| name.len() + value.as_ref().map_or(64, text)).sum();
        let sets: usize = self.sets.iter().map(|(name, value)| name.len() + text(value)).sum();
        answers + sets + 64 * self.given.len() + self.found.bytes()
    }
}

#[derive(Default)]
struct Memo {
    outcomes: HashMap<(Dialect, Box<str>), Vec<Rc<Outcome>>>,
    bytes: usize,
}

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::default();
}

/// What a script does in a job, from another job that answers alike, or else by `look`. `plain` is false where the provider puts
/// something into the text that makes another script of it.
pub(super) fn outcome(
    text: &str,
    dialect: Dialect,
    plain: bool,
    known: &Known<'_>,
    selected: &Option<Value>,
    look: impl FnOnce(Asked<'_>) -> Outcome,
) -> Rc<Outcome> {
    let fresh = || Asked::new(known, selected.clone());
    if !plain || text.len() > MOST / 4 {
        return Rc::new(look(fresh()));
    }
    let key = (dialect, Box::from(text));
    let found = MEMO.with_borrow(|memo| {
        memo.outcomes.get(&key).and_then(|all| all.iter().find(|one| one.is_of(known, selected)).cloned())
    });
    if let Some(found) = found {
        return found;
    }
    let new = Rc::new(look(fresh()));
    MEMO.with_borrow_mut(|memo| {
        let size = new.bytes() + text.len() + 256;
        if size > MOST / 4 {
            return;
        }
        if memo.bytes + size > MOST {
            *memo = Memo::default();
        }
        memo.bytes += size;
        let all = memo.outcomes.entry(key).or_default();
        if all.len() >= OUTCOMES {
            all.clear();
        }
        all.push(Rc::clone(&new));
    });
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Credential, CredentialKind, DeedKind, Does, Job, Observation, Scope, Step, Variable};
    use crate::place::Place;

    fn step(text: &str) -> Step {
        let does = Does::Run { text: text.into(), place: Place::default(), by_line: true, shell: None };
        Step { does, ..Step::default() }
    }

    fn finished(jobs: Vec<Job>) -> Vec<Job> {
        Observation { jobs, ..Observation::default() }.finish().jobs
    }

    #[test]
    fn a_job_that_answers_otherwise_is_looked_at_for_itself() {
        let place = Place::default();
        let of = |team: &str| Job {
            steps: vec![step("pulumi up --yes --stack acme/$TEAM")],
            variables: vec![Variable { name: "TEAM".into(), value: Value::literal(team), place }],
            ..Job::default()
        };
        let jobs = finished(vec![of("a"), of("b"), of("a")]);
        let stacks: Vec<_> = jobs.iter().map(|job| job.verbs[0].stack.clone()).collect();
        let literal = |text: &str| Some(Value::literal(text));
        assert_eq!(stacks, [literal("acme/a"), literal("acme/b"), literal("acme/a")]);
    }

    #[test]
    fn what_a_job_is_given_and_what_it_selected_are_answers_too() {
        let credential = Credential {
            kind: CredentialKind::Stored("store".into(), Value::literal("x")),
            variable: Some("PLAIN".into()),
            scope: Scope::Job,
            wide: false,
            place: Place::default(),
        };
        let of = |select: &str, credentials: Vec<Credential>| Job {
            steps: vec![step(select), step("printenv PLAIN\npulumi up --yes")],
            credentials,
            ..Job::default()
        };
        let select = |name: &str| format!("pulumi stack select {name}");
        let jobs = finished(vec![
            of(&select("a"), Vec::new()),
            of(&select("b"), Vec::new()),
            of(&select("a"), vec![credential]),
        ]);
        let prints = |job: &Job| job.deeds.iter().any(|deed| deed.kind == DeedKind::PrintsSecret);
        assert_eq!(jobs.iter().map(prints).collect::<Vec<_>>(), [false, false, true]);
        let stack = |job: &Job| job.verbs.iter().find(|verb| verb.step == 1).and_then(|verb| verb.stack.clone());
        let expected = ["a", "b", "a"].map(|name| Some(Value::literal(name)));
        assert_eq!(jobs.iter().map(stack).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_script_without_questions_is_looked_at_once_and_what_is_kept_is_bounded() {
        let known = || MEMO.with_borrow(|memo| memo.outcomes.values().map(Vec::len).sum::<usize>());
        let job = || Job { steps: vec![step("echo once")], ..Job::default() };
        finished(vec![job(), job(), job()]);
        assert_eq!(known(), 1);
        for number in 0..5_000 {
            finished(vec![Job { steps: vec![step(&format!("pulumi up # {number}"))], ..Job::default() }]);
        }
        MEMO.with_borrow(|memo| assert!(memo.bytes <= MOST && known() <= MOST / 256));
    }
}
