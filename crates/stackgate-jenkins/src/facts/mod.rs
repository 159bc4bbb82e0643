//! Reads any Jenkinsfile as facts, declarative or scripted: also one that stackgate never wrote.
//!
//! What must hold: a job is a stage with steps of its own; what stands around it counts for it. What starts a build stands
//! outside the file, so everything that a job of Jenkins can have starts it unless the file says otherwise; a stage that is
//! skipped does not stop those after it, and one that fails does. Sources: the Jenkins handbook on pipeline syntax, and
//! pipeline-model-definition's `ModelInterpreter`. Deliberately absent: what plugins do inside their steps, whose versions the
//! controller pins; and the code of shared libraries, which lies elsewhere.

mod agents;
mod arguments;
mod around;
mod bindings;
mod blocks;
mod checkout;
mod conditions;
mod declarative;
mod flow;
mod input;
mod jobs;
mod libraries;
mod names;
mod oidc;
mod options;
mod post;
mod predicate;
mod scripts;
mod stages;
mod steps;
mod texts;
mod values;
mod when;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use stackgate_provider::MOST_FILES;
use stackgate_provider::diagnostic::Span;
use stackgate_provider::facts::{Aspect, Observation, PipelineReader, Place, Tree, TreeError, Undecided, Value};

use crate::groovy::{self, Expression, Kind, Method, Node, Statement};
use around::Around;

/// How much may be copied from enclosing blocks to what they hold, counted in facts, before reading ends.
const MOST_COPIES: usize = 200_000;

/// How deep methods of the file may call each other.
const DEEPEST_CALLS: usize = 12;

/// What is read while one Jenkinsfile is.
pub(crate) struct Reading<'t> {
    pub(super) observation: Observation,
    tree: &'t dyn Tree,
    /// The file that is read now, by its number among the sources.
    pub(super) file: usize,
    /// Names that are given a value once, with that value.
    known: BTreeMap<String, Expression>,
    /// Methods of the file, and of files that it loads, each with the number of its file.
    methods: BTreeMap<String, (usize, Method)>,
    /// What the parameters of methods and closures that are read now stand for.
    bound: Vec<(String, Value)>,
    /// The methods that call each other here.
    calls: Vec<String>,
    /// How many expressions were looked into.
    effort: Cell<usize>,
    /// How many names stand for each other here.
    followed: Cell<usize>,
    /// Whether what is called now only describes something to a step.
    describes: bool,
    /// How many blocks lie in each other here.
    depth: usize,
    /// How much was copied.
    copies: usize,
    /// The job of each stage that has one already.
    jobs_of: BTreeMap<usize, usize>,
    /// The next number of a stage.
    next_stage: usize,
    /// The jobs that whatever comes next waits for.
    front: Vec<usize>,
    /// Agents whose first stage has got the implicit checkout.
    checked_out: Vec<usize>,
    /// Variables that the build has set for all that comes later.
    later: Vec<stackgate_provider::facts::Variable>,
    /// The limits of each job's steps, and whether every step has one.
    limits: BTreeMap<usize, (Vec<(u32, Place)>, bool)>,
    /// What `properties` of a script set for all of its jobs.
    for_all: Vec<stackgate_provider::facts::Gate>,
    /// Whether a stage can be started again by hand, past what stands before it.
    pub(super) restarts: bool,
}

impl PipelineReader for crate::Jenkins {
    fn is_pipeline(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let suffixed = |end: &str| name.len() > end.len() && name.ends_with(end);
        name == "Jenkinsfile"
            || name.starts_with("Jenkinsfile.")
            || suffixed(".jenkinsfile")
            || suffixed(".Jenkinsfile")
    }

    fn read(&self, path: &str, tree: &dyn Tree) -> Observation {
        let mut reading = Reading::new(tree);
        match reading.open(path) {
            Ok((_, statements)) => reading.pipeline(&statements),
            Err(error) => {
                reading.observation.sources.push((path.to_owned(), "".into()));
                reading.undecided(Aspect::Syntax, None, error.to_string(), Place::default());
            }
        }
        reading.finish()
    }
}

impl<'t> Reading<'t> {
    fn new(tree: &'t dyn Tree) -> Reading<'t> {
        let environment = names::environment();
        Reading {
            observation: Observation { provider: crate::ID, environment, ..Observation::default() },
            tree,
            file: 0,
            known: BTreeMap::new(),
            methods: BTreeMap::new(),
            bound: Vec::new(),
            calls: Vec::new(),
            effort: Cell::new(0),
            followed: Cell::new(0),
            describes: false,
            depth: 0,
            copies: 0,
            jobs_of: BTreeMap::new(),
            next_stage: 0,
            front: Vec::new(),
            checked_out: Vec::new(),
            later: Vec::new(),
            limits: BTreeMap::new(),
            for_all: Vec::new(),
            restarts: true,
        }
    }

    /// Reads a file of the repository, with the methods that it defines. What cannot be read in it is undecided.
    ///
    /// # Errors
    /// When there is no such file, or too many were read.
    pub(super) fn open(&mut self, path: &str) -> Result<(usize, Vec<Statement>), TreeError> {
        if self.observation.sources.len() >= MOST_FILES {
            return Err(TreeError::Unreadable(format!("it is one of more than {MOST_FILES} files")));
        }
        let text: Arc<str> = self.tree.read(path)?;
        let file = self.observation.sources.len();
        let tree = groovy::read(&text);
        self.observation.sources.push((path.to_owned(), text));
        for fault in tree.faults {
            self.undecided(Aspect::Syntax, None, fault.what, Place::new(file, fault.span));
        }
        self.define(file, &tree.statements);
        Ok((file, tree.statements))
    }

    /// The text of another file of the repository.
    pub(super) fn text_of(&self, path: &str) -> Result<Arc<str>, TreeError> {
        self.tree.read(path)
    }

    /// Keeps the methods of a file, and the names that have one value all over it.
    fn define(&mut self, file: usize, statements: &[Statement]) {
        let mut values: BTreeMap<String, Option<&Expression>> = BTreeMap::new();
        let mut found: Vec<(&str, Option<&Expression>)> = Vec::new();
        let mut methods = Vec::new();
        groovy::walk(statements, &mut |node| match node {
            Node::Statement(Statement::Define(define)) => {
                // A declaration alone says nothing: the assignment does.
                found.extend(
                    define.variables.iter().filter_map(|one| Some((one.name.as_str(), Some(one.value.as_ref()?)))),
                );
                found.extend(
                    define.unpacked.iter().flat_map(|_| &define.variables).map(|one| (one.name.as_str(), None)),
                );
            }
            Node::Statement(Statement::Method(method)) => methods.push(method.clone()),
            Node::Statement(Statement::ForIn { variable, .. }) => found.push((&variable.name, None)),
            Node::Expression(Expression { kind: Kind::Assign { target, operator, value }, .. }) => {
                if let Kind::Word(name) = &target.kind {
                    found.push((name, (*operator == "=").then_some(&**value)));
                }
            }
            Node::Expression(Expression { kind: Kind::Postfix(of, _), .. }) => {
                if let Kind::Word(name) = &of.kind {
                    found.push((name, None));
                }
            }
            _ => {}
        });
        for (name, value) in found {
            values.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(value);
        }
        let known = values.into_iter().filter_map(|(name, value)| Some((name, value?.clone())));
        self.known.extend(known.filter(|(name, _)| !name.starts_with("env.")));
        for method in methods {
            self.methods.insert(method.name.clone(), (file, method));
        }
    }

    /// A place in the file that is read now.
    pub(super) fn place(&self, span: Span) -> Place {
        Place::new(self.file, span)
    }

    /// Says that something cannot be decided.
    pub(super) fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: impl Into<String>, place: Place) {
        let undecided = Undecided { aspect, job: job.map(str::to_owned), why: why.into(), place };
        self.observation.undecided.push(undecided);
    }

    /// Counts what is copied; false where it is too much, which is then said once.
    pub(super) fn spend(&mut self, facts: usize, place: Place) -> bool {
        let before = self.copies;
        self.copies = before.saturating_add(facts + 1);
        if before <= MOST_COPIES && self.copies > MOST_COPIES {
            self.undecided(Aspect::Limit, None, "there is more in each other's blocks than is looked at", place);
        }
        self.copies <= MOST_COPIES
    }

    /// The whole file: one `pipeline` block, or a script.
    fn pipeline(&mut self, statements: &[Statement]) {
        let declared = statements.iter().find_map(|statement| match statement {
            Statement::Expression(Expression { kind: Kind::Call(call), .. })
                if call.on.is_none() && call.name == "pipeline" && call.block.is_some() =>
            {
                Some(call.as_ref())
            }
            _ => None,
        });
        let around =
            Around::outermost(self.started(Place::new(0, statements.first().map_or(Span::at(0), Statement::span))));
        match declared {
            Some(call) => {
                self.libraries_of(statements, &around);
                self.outside(statements, call);
                self.declarative(call, around);
            }
            None => {
                self.restarts = false;
                self.libraries_of(statements, &around);
                self.block(statements, &around);
                self.elsewhere(statements);
            }
        }
    }

    /// What runs on the controller before or after a declarative pipeline: it is said, since no stage tells of it.
    fn outside(&mut self, statements: &[Statement], pipeline: &groovy::Call) {
        let plain = |value: &Expression| matches!(value.kind, Kind::Text { .. } | Kind::Number(_));
        for statement in statements {
            let runs = match statement {
                Statement::Expression(said) => said.span != pipeline.span,
                // Methods and names run where they are used; an annotation of an import fetches code.
                Statement::Method(method) => method.annotations.iter().any(|one| one.name != "Library"),
                Statement::Import { text, .. } => text.contains('@'),
                Statement::Define(define) => {
                    let values = define.variables.iter().filter_map(|one| one.value.as_ref());
                    values.chain(&define.unpacked).any(|value| !plain(value))
                        || define.annotations.iter().any(|one| !matches!(one.name.as_str(), "Library" | "Field"))
                }
                _ => true,
            };
            if runs {
                let (span, text) = (statement.span(), self.observation.sources.first().map(|(_, text)| text.clone()));
                let text = text.as_deref().and_then(|text| text.get(span.start..span.end)).unwrap_or_default();
                let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let setting = stackgate_provider::facts::Setting {
                    key: "outside the pipeline".into(),
                    value,
                    place: self.place(span),
                };
                self.observation.settings.push(setting);
            }
        }
    }

    /// A script that does nothing but call what a library has: its jobs lie there.
    fn elsewhere(&mut self, statements: &[Statement]) {
        use stackgate_provider::facts::Does;
        let tells = |does: &Does| match does {
            Does::Use { code, .. } => arguments::is_step(&code.name),
            Does::Run { .. } | Does::Checkout { .. } => true,
            Does::Unknown => false,
        };
        // A library that is handed sections of a pipeline makes of them what it likes.
        for call in statements.iter().filter_map(when::called).filter(|call| !arguments::is_step(&call.name)) {
            let section = |inner: &groovy::Call| matches!(inner.name.as_str(), "stages" | "agent" | "pipeline");
            if call.statements().iter().filter_map(when::called).any(section) {
                let place = self.place(call.span);
                self.undecided(
                    Aspect::Elsewhere,
                    None,
                    format!("`{}` makes a pipeline of what stands in it", call.name),
                    place,
                );
                return;
            }
        }
        if self.observation.jobs.iter().flat_map(|job| &job.steps).any(|step| tells(&step.does)) {
            return;
        }
        let called = self.observation.jobs.iter().flat_map(|job| &job.steps).map(|step| step.place).next();
        if let Some(place) = called {
            self.undecided(Aspect::Elsewhere, None, "the pipeline itself is code of a shared library", place);
        } else if !statements.is_empty() && self.observation.jobs.is_empty() && self.observation.undecided.is_empty() {
            let place = self.place(statements.first().map_or(Span::at(0), Statement::span));
            self.undecided(Aspect::Code, None, "no step of a pipeline is found in it", place);
        }
    }

    fn finish(mut self) -> Observation {
        if self.effort.get() >= values::MOST_EFFORT {
            let why = "its names stand for each other in more ways than are looked at";
            self.undecided(Aspect::Limit, None, why, Place::default());
        }
        self.settle_jobs();
        self.settle_oidc();
        self.observation.finish()
    }
}
