//! Reads any workflow of GitHub Actions into facts: hand-written ones of strangers too.
//!
//! What must hold: a fact is what GitHub will do, so its defaults count; every key ends in a field, a setting, a
//! presentation or in what is undecided; any text is read in bounded time. A run for a fork's change request gets a
//! read-only token, no secret and no OIDC token unless the repository's settings say otherwise: credentials stand here as
//! the file grants them, and the event says that they are withheld. Sources: "Workflow syntax", "Events that trigger
//! workflows" and "Contexts" in GitHub's documentation, and `workflow-v1.0.json` of `actions/languageservices`.
//! Deliberately absent: any judgement, and what environments and the repository's settings add.

mod actions;
mod cache;
mod called;
mod canonical;
mod composite;
mod condition;
mod container;
mod credentials;
mod events;
mod expr;
mod gates;
mod glob;
mod job;
mod matrix;
mod permissions;
mod pin;
mod predicate;
mod pulumi;
mod reading;
mod runner;
mod scope;
mod step;
mod steps;
mod triggers;
mod workflow;

use stackgate_provider::facts::{Observation, PipelineReader, Tree};

use crate::GitHub;
use reading::Reading;

impl PipelineReader for GitHub {
    fn is_pipeline(&self, path: &str) -> bool {
        path.strip_prefix(".github/workflows/")
            .is_some_and(|name| !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml")))
    }

    fn read(&self, path: &str, tree: &dyn Tree) -> Observation {
        let mut reading = Reading::new(tree);
        workflow::read(path, &mut reading);
        reading.observation().finish()
    }
}
