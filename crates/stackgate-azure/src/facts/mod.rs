//! Reads any pipeline of Azure as facts: also one that stackgate never wrote.
//!
//! What must hold: templates, parameters and template expressions are put in as Azure does before a run; a job is one job of
//! one stage; what is not said has Azure's default, such as every branch where there is no `trigger`. Settings of the
//! project, such as the checks of an environment, stand outside the file. Source: Microsoft Learn, "YAML schema reference
//! for Azure Pipelines".

mod conditions;
mod credentials;
mod expand;
mod expression;
mod gates;
mod job;
mod known;
mod names;
mod pool;
mod pulumi;
mod resources;
mod root;
mod stages;
mod step;
mod steps;
mod tasks;
mod templates;
mod triggers;
mod values;
mod variables;

use std::collections::BTreeMap;

use stackgate_provider::facts::{Aspect, Clause, Code, Control, Observation, PipelineReader, Place, Tree};
use stackgate_provider::yaml::Dialect;
use stackgate_provider::{Gathering, Taking};

/// What is read while one pipeline is.
pub(crate) struct Reading<'t> {
    gathering: Gathering<'t>,
    /// How many nodes were put together so far, and how many templates were read.
    nodes: usize,
    templates: usize,
    /// The templates that are being read, by their paths.
    open: Vec<String>,
    /// Parameters that whoever starts a run decides, and how far; names in small letters.
    parameters: BTreeMap<String, Control>,
    /// Repositories by their alias.
    repositories: BTreeMap<String, Code>,
    /// Images by the alias of their container.
    containers: BTreeMap<String, resources::Container>,
    /// What starts the pipeline.
    trigger: Vec<Clause>,
}

impl Reading<'_> {
    fn undecided(&mut self, aspect: Aspect, job: Option<&str>, why: impl Into<String>, place: Place) {
        self.gathering.undecided(aspect, job, why, place);
    }

    /// Says once that a limit was reached.
    fn limit(&mut self, why: &str, place: Place) {
        let known = self.gathering.observation.undecided.iter().any(|one| one.aspect == Aspect::Limit);
        if !known {
            self.gathering.undecided(Aspect::Limit, None, why, place);
        }
    }

    /// Says that the keys that nobody took are not known.
    fn finish(&mut self, keys: &Taking<'_>, job: Option<&str>, path: &str) {
        for (key, _, place) in keys.rest() {
            self.gathering.unknown_key(job, path, key, place);
        }
    }
}

impl PipelineReader for crate::Azure {
    fn is_pipeline(&self, path: &str) -> bool {
        let lower = path.to_ascii_lowercase();
        let Some(stem) = lower.strip_suffix(".yml").or_else(|| lower.strip_suffix(".yaml")) else { return false };
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let known = |name: &str| matches!(name, "azure-pipelines" | "azure-pipeline" | ".azure-pipelines" | ".vsts-ci");
        // Any file can be a pipeline; these are the names that tell. Templates beside them are read where they are used.
        known(name)
            || name.starts_with("azure-pipelines-")
            || name.starts_with("azure-pipelines.")
            || matches!(folder, "azure-pipelines" | ".azure-pipelines" | ".azuredevops" | ".azuredevops/pipelines")
    }

    fn read(&self, path: &str, tree: &dyn Tree) -> Observation {
        let mut reading = Reading {
            gathering: Gathering::new("azure", tree, &Dialect::AZURE),
            nodes: 0,
            templates: 0,
            open: Vec::new(),
            parameters: BTreeMap::new(),
            repositories: BTreeMap::new(),
            containers: BTreeMap::new(),
            trigger: Vec::new(),
        };
        match reading.gathering.open(path) {
            Ok((_, documents)) => {
                if let Some(root) = documents.first() {
                    root::read(root, path, &mut reading);
                }
            }
            Err(error) => {
                reading.gathering.observation.sources.push((path.to_owned(), "".into()));
                reading.undecided(Aspect::Syntax, None, error.to_string(), Place::default());
            }
        }
        gates::settle(&mut reading);
        let mut observation = reading.gathering.observation;
        // A template that is put in twice says what it says once.
        let mut seen = std::collections::BTreeSet::new();
        observation.undecided.retain(|one| seen.insert((one.aspect, one.job.clone(), one.why.clone(), one.place)));
        observation.environment = names::environment();
        observation.finish()
    }
}
