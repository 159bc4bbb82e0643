//! What one reading gathers: files, facts, doubts, and how much of its budget is spent.
//!
//! What must hold: every file is read and parsed once; whatever a workflow calls and however often, the work is bounded.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use stackgate_provider::diagnostic::Span;
use stackgate_provider::facts::{Aspect, Job, Observation, Place, Setting, Tree, TreeError, Undecided, Value};
use stackgate_provider::yaml::{Dialect, Lenient, Limits, Node, parse_lenient};

use super::canonical;
use super::expr::Expr;
use super::scope::Scope;
use crate::ID;

/// How many files one pipeline may be made of.
const FILES: usize = 100;
/// How many jobs it may have.
const JOBS: usize = 10_000;
/// How many facts may come of it; a job counts with all that it takes from the workflow.
const FACTS: usize = 200_000;

/// A file of the repository.
pub(super) struct File {
    /// Which of the observation's sources it is.
    pub(super) index: usize,
    /// Its text.
    pub(super) text: Arc<str>,
    /// What is in it.
    pub(super) yaml: Lenient,
}

impl File {
    /// The place of a span.
    pub(super) fn at(&self, span: Span) -> Place {
        Place::new(self.index, span)
    }

    /// The one document.
    pub(super) fn root(&self) -> Option<&Node> {
        self.yaml.documents.first()
    }
}

/// A value, and the expressions that it is made of with the place of each.
pub(super) struct Made {
    pub(super) value: Value,
    pub(super) expressions: Vec<(Expr, Place)>,
    /// The text in which all that is known is put in.
    pub(super) text: String,
}

/// One reading.
pub(super) struct Reading<'a> {
    tree: &'a dyn Tree,
    pub(super) observation: Observation,
    files: BTreeMap<String, Result<Rc<File>, TreeError>>,
    facts: usize,
    full: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(tree: &'a dyn Tree) -> Self {
        let observation = Observation { provider: ID, ..Observation::default() };
        Reading { tree, observation, files: BTreeMap::new(), facts: 0, full: false }
    }

    pub(super) fn observation(self) -> Observation {
        self.observation
    }

    /// A file; what is wrong with its YAML is noted once.
    pub(super) fn open(&mut self, path: &str) -> Result<Rc<File>, TreeError> {
        if let Some(known) = self.files.get(path) {
            return known.clone();
        }
        let opened = if self.files.len() >= FILES {
            Err(TreeError::Unreadable(format!("the pipeline is made of more than {FILES} files")))
        } else {
            self.tree.read(path).map(|text| Rc::new(self.parse(path, text)))
        };
        self.files.insert(path.to_owned(), opened.clone());
        opened
    }

    fn parse(&mut self, path: &str, text: Arc<str>) -> File {
        let index = self.observation.sources.len();
        let yaml = parse_lenient(&text, &Limits::AUDITED, &Dialect::GITHUB);
        self.observation.sources.push((path.to_owned(), text.clone()));
        let file = File { index, text, yaml };
        for problem in &file.yaml.problems {
            let span = whole(&file.text, problem.span.unwrap_or_default());
            let aspect = if problem.rule.id.starts_with("too-") { Aspect::Limit } else { Aspect::Syntax };
            self.undecided(aspect, None, problem.message.clone(), file.at(span));
        }
        if file.yaml.documents.is_empty() && file.yaml.problems.is_empty() {
            self.undecided(Aspect::Syntax, None, "the file is empty".into(), file.at(Span::default()));
        }
        file
    }

    /// Notes something that cannot be decided.
    pub(super) fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: String, place: Place) {
        self.observation.undecided.push(Undecided { aspect, job: job.map(str::to_owned), why, place });
    }

    /// Notes a key that GitHub does not know, or that this program does not.
    pub(super) fn unknown(&mut self, job: Option<&str>, path: &str, key: &str, place: Place) {
        let why = if path.is_empty() { format!("unknown key `{key}`") } else { format!("unknown key `{path}.{key}`") };
        self.undecided(Aspect::Key, job, why, place);
    }

    /// Notes that something has another shape than GitHub takes.
    pub(super) fn misshapen(&mut self, job: Option<&str>, path: &str, node: &Node, place: Place) {
        self.undecided(Aspect::Syntax, job, format!("`{path}` cannot be {}", node.kind()), place);
    }

    /// Whether so many more facts may be gathered.
    pub(super) fn spend(&mut self, facts: usize, place: Place) -> bool {
        self.facts = self.facts.saturating_add(facts);
        let fits = self.facts <= FACTS && self.observation.jobs.len() < JOBS;
        if !fits && !self.full {
            self.full = true;
            self.undecided(
                Aspect::Limit,
                None,
                format!("the pipeline has more than {JOBS} jobs or {FACTS} facts"),
                place,
            );
        }
        fits
    }

    /// Adds a job.
    pub(super) fn push(&mut self, job: Job) {
        self.observation.jobs.push(job);
    }

    /// A scalar's value, with all that is known put in.
    pub(super) fn value(&mut self, node: &Node, file: &File, scope: &Scope, job: Option<&str>) -> Made {
        let Some(text) = node.as_str() else {
            if !node.is_null() {
                self.misshapen(job, "a value", node, file.at(node.span));
            }
            let text = canonical::spelt(node, scope);
            return Made { value: Value::Literal(text.clone()), expressions: Vec::new(), text };
        };
        let (mut made, problems) = scope.value(text);
        for problem in problems {
            self.undecided(Aspect::Syntax, job, problem, file.at(node.span));
        }
        let places = places(file, node.span);
        for (number, (_, place)) in made.expressions.iter_mut().enumerate() {
            *place = places.get(number).copied().unwrap_or_else(|| file.at(node.span));
        }
        made
    }

    /// A setting of a node in its one spelling.
    pub(super) fn setting(&self, key: &str, node: &Node, file: &File, scope: &Scope) -> Setting {
        Setting { key: key.to_owned(), value: canonical::spelt(node, scope), place: file.at(node.span) }
    }
}

/// A span that begins and ends between characters; the parser's own errors are one byte long.
fn whole(text: &str, span: Span) -> Span {
    let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = (span.end.max(start)..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    Span::new(start, end)
}

/// Where the expressions of a scalar stand, in their order.
fn places(file: &File, span: Span) -> Vec<Place> {
    let source = file.text.get(span.start..span.end).unwrap_or("");
    let found = source.match_indices("${{").map(|(at, _)| {
        let length = source.get(at..).and_then(|rest| rest.find("}}")).map_or(3, |end| end + 2);
        file.at(Span::new(span.start + at, span.start + at + length))
    });
    found.collect()
}
