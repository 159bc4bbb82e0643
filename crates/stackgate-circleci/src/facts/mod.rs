//! Reads any CircleCI configuration as facts: also one that stackgate never wrote.
//!
//! What must hold: commands, executors, parameters and inline orbs are put in as CircleCI does before it runs anything; a
//! job is one invocation in a workflow. What starts a pipeline stands outside the file, so every event that a project can
//! have starts it unless a filter or a condition says otherwise. Source: CircleCI's configuration reference and
//! its pages on pipeline values and logic statements.

mod code;
mod conditions;
mod defaults;
mod definitions;
mod environment;
mod expression;
mod filters;
mod jobs;
mod needs;
mod pulumi;
mod runners;
mod sections;
mod steps;
mod substitution;
mod workflows;

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, Observation, PipelineReader, Place, Setting, Tree};
use stackgate_provider::yaml::{Dialect, Node};
use stackgate_provider::{Gathering, Taking, canonical};

use definitions::Definitions;
use substitution::{Parameters, parameters, substituted};

/// How much a configuration may come to, in bytes and nodes, once its parameters are put in.
const MOST_TEXT: usize = 32 << 20;

/// What is read while one configuration is.
pub(crate) struct Reading<'t> {
    /// The observation, and the text.
    pub(crate) gathering: Gathering<'t>,
    /// Commands, executors, jobs and orbs by name.
    pub(crate) definitions: Definitions,
    /// How many steps were put in so far: a command that calls another may double them each time.
    pub(crate) steps: usize,
    /// How much text may still be made by putting parameters in.
    pub(crate) left: usize,
    /// The parameters of the matrix of the job that is read, if it has one.
    pub(crate) matrix: Option<Node>,
    /// The ids of jobs so far, and how many more had each.
    pub(crate) ids: BTreeMap<String, usize>,
}

impl Reading<'_> {
    /// Says that something cannot be decided.
    pub(crate) fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: impl Into<String>, place: Place) {
        self.gathering.undecided(aspect, job, why, place);
    }

    /// A definition with its parameters put in; none where all of them together come to too much, which is said once.
    pub(crate) fn made(&mut self, definition: &Node, given: &Parameters, job: &str) -> Option<Node> {
        let before = self.left;
        let made = substituted(definition, &parameters(definition, given), &mut self.left);
        if self.left == 0 {
            if before > 0 {
                let why = "the configuration is too large once its parameters are put in";
                self.undecided(Aspect::Limit, Some(job), why, Place::new(0, definition.span));
            }
            return None;
        }
        Some(made)
    }

    /// The items of a list; anything else there is undecided, and none.
    pub(crate) fn items<'n>(&mut self, node: &'n Node, what: &str, job: Option<&str>, file: usize) -> &'n [Node] {
        if node.as_sequence().is_none() && !node.is_null() {
            let why = format!("{what} is a list, found {}", node.kind());
            self.undecided(Aspect::Syntax, job, why, Place::new(file, node.span));
        }
        node.as_sequence().unwrap_or_default()
    }

    /// Whether it is a mapping; anything else is undecided.
    pub(crate) fn mapping(&mut self, node: &Node, what: &str, job: Option<&str>) -> bool {
        if node.as_mapping().is_none() {
            let why = format!("{what} is a mapping, found {}", node.kind());
            self.undecided(Aspect::Syntax, job, why, Place::new(0, node.span));
        }
        node.as_mapping().is_some()
    }

    /// Says that the keys that nobody took are not known.
    pub(crate) fn finish(&mut self, keys: &Taking<'_>, job: Option<&str>, path: &str) {
        for (key, _, place) in keys.rest() {
            self.gathering.unknown_key(job, path, key, place);
        }
    }
}

impl PipelineReader for crate::CircleCi {
    fn is_pipeline(&self, path: &str) -> bool {
        let Some(name) = path.strip_prefix(".circleci/") else { return false };
        // A GitHub App project may name any file; those of this folder are the only ones that a name tells.
        // The list of tests for CircleCI's own runner of tests is no configuration.
        let suites = matches!(name, "test-suites.yml" | "test-suites.yaml");
        !suites && !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"))
    }

    fn read(&self, path: &str, tree: &dyn Tree) -> Observation {
        let mut gathering = Gathering::new("circleci", tree, &Dialect::CIRCLECI);
        gathering.observation.environment = environment::variables();
        let documents = match gathering.open(path) {
            Ok((_, documents)) => documents,
            Err(error) => {
                gathering.observation.sources.push((path.to_owned(), "".into()));
                gathering.undecided(Aspect::Syntax, None, error.to_string(), Place::default());
                Vec::new()
            }
        };
        let mut reading = Reading {
            gathering,
            definitions: Definitions::default(),
            steps: 0,
            left: MOST_TEXT,
            matrix: None,
            ids: BTreeMap::new(),
        };
        if let Some(root) = documents.first() {
            config(root, path, &mut reading);
        }
        reading.gathering.observation.finish()
    }
}

fn config(root: &Node, path: &str, reading: &mut Reading<'_>) {
    let mut keys = Taking::new(0, root);
    if root.as_mapping().is_none() {
        let why = format!("expected a mapping, found {}", root.kind());
        reading.undecided(Aspect::Syntax, None, why, Place::new(0, root.span));
        return;
    }
    let mut settings = Vec::new();
    let defaults = defaults::read(keys.take("parameters"), path);
    keys.setting("version", "version", &mut settings);
    if let Some(parameters) = keys.take("parameters") {
        let place = keys.place("parameters");
        settings.push(Setting { key: "parameters".into(), value: canonical(parameters), place });
    }
    let setup = keys.take("setup").and_then(Node::as_bool).unwrap_or(false);
    if setup {
        let place = keys.place("setup");
        settings.push(Setting { key: "setup".into(), value: "true".into(), place });
        let why = "a setup workflow makes the rest of the configuration when it runs";
        reading.undecided(Aspect::Elsewhere, None, why, place);
    }
    reading.gathering.observation.settings = settings;
    reading.definitions = Definitions::read(&mut keys, &mut reading.gathering);
    let workflows = keys.take("workflows");
    // CircleCI ignores keys that it does not know at the top, and people keep their anchors there.
    match workflows {
        Some(node) => workflows::read(node, reading),
        None if reading.definitions.job("build").is_some() => workflows::alone("build", reading),
        None => {}
    }
    defaults::assume(&mut reading.gathering.observation, &defaults);
}
