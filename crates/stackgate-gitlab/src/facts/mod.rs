//! Reads any GitLab pipeline as facts: also one that stackgate never wrote.
//!
//! What must hold: files are put together as GitLab does it before anything is judged: inputs, `include`, `extends`,
//! `!reference`, `default`. What CI/CD variables of the project can overrule is no literal. A pipeline runs for every event
//! that a project can have, unless a rule says otherwise. Source: GitLab, "CI/CD YAML syntax reference", and its `ci.json`.

mod channels;
mod child;
mod code;
mod conditions;
mod credentials;
mod defaults;
mod environment;
mod expression;
mod extends;
mod files;
mod include;
mod inputs;
mod jobs;
mod merge;
mod needs;
mod only;
mod pipeline;
mod reference;
mod relocate;
mod rules;
mod runner;
mod scripts;
mod values;
mod variables;

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, Condition, Control, Observation, PipelineReader, Place, Tree};
use stackgate_provider::yaml::{Dialect, Node, Span};
use stackgate_provider::{Gathering, Taking};

/// The number of a file that stands for "somewhere in the texts, one behind the other"; see `relocate`.
pub(crate) const ANYWHERE: usize = usize::MAX;

/// How many nodes copies may come to: a base that ten thousand jobs extend is copied for each.
const MOST_NODES: usize = 500_000;

/// What is read while one pipeline is.
pub(crate) struct Reading<'t> {
    /// The observation, and the texts.
    pub(crate) gathering: Gathering<'t>,
    /// Where each file begins, if all texts stood one behind the other.
    pub(crate) starts: Vec<usize>,
    /// How many more nodes may be copied.
    pub(crate) nodes: usize,
    /// How many more files may be put in, one that is put in twice counted twice.
    pub(crate) files: usize,
    /// How many more needs of a stage on those before it may be written down.
    pub(crate) needs: usize,
    /// Whether something was included that lies elsewhere, so that a name may be defined there.
    pub(crate) elsewhere: bool,
    /// Who gives each of the inputs of the pipeline file itself.
    pub(crate) inputs: BTreeMap<String, Control>,
    /// The condition of an `include` for the jobs that it alone brings.
    pub(crate) conditional: BTreeMap<String, (Condition, Place)>,
}

impl Reading<'_> {
    /// A place in the texts.
    pub(crate) fn at(span: Span) -> Place {
        Place::new(ANYWHERE, span)
    }

    /// Says that something cannot be decided.
    pub(crate) fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: impl Into<String>, span: Span) {
        self.gathering.undecided(aspect, job, why, Reading::at(span));
    }

    /// Says once that a limit was reached.
    pub(crate) fn limit(&mut self, why: &str, span: Span) {
        let known = |one: &stackgate_provider::facts::Undecided| one.aspect == Aspect::Limit && one.why == why;
        if !self.gathering.observation.undecided.iter().any(known) {
            self.undecided(Aspect::Limit, None, why, span);
        }
    }

    /// Whether a copy of a node can still be made.
    pub(crate) fn affords(&mut self, node: &Node) -> bool {
        let size = merge::size(node);
        let enough = self.nodes >= size;
        self.nodes = self.nodes.saturating_sub(size);
        if !enough {
            self.limit("what is put together comes to too many values", node.span);
        }
        enough
    }

    /// Says that the keys that nobody took are not known.
    pub(crate) fn finish(&mut self, keys: &Taking<'_>, job: Option<&str>, path: &str) {
        for (key, _, place) in keys.rest() {
            self.gathering.unknown_key(job, path, key, place);
        }
    }

    /// The comment behind a place on its line.
    pub(crate) fn comment(&self, span: Span) -> Option<String> {
        self.gathering.comment_behind(relocate::found(Reading::at(span), &self.starts))
    }
}

/// The keys of a node, whose places count through all texts.
pub(crate) fn keys(node: &Node) -> Taking<'_> {
    Taking::new(ANYWHERE, node)
}

impl PipelineReader for crate::GitLab {
    fn is_pipeline(&self, path: &str) -> bool {
        // A project may name any file; this is the one that a name tells, also of a project in a folder of the repository.
        path.rsplit('/').next() == Some(".gitlab-ci.yml")
    }

    fn read(&self, path: &str, tree: &dyn Tree) -> Observation {
        let mut reading = Reading {
            gathering: Gathering::new("gitlab", tree, &Dialect::GITLAB),
            starts: Vec::new(),
            nodes: MOST_NODES,
            files: include::MOST,
            needs: needs::MOST,
            elsewhere: false,
            inputs: BTreeMap::new(),
            conditional: BTreeMap::new(),
        };
        pipeline::root(path, &mut reading);
        let Reading { mut gathering, starts, .. } = reading;
        gathering.observation.environment = values::environment();
        relocate::all(&mut gathering.observation, &starts);
        gathering.observation.finish()
    }
}
