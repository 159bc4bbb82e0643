//! The steps of a job, with those of the repository's own actions in their places.
//!
//! What must hold: steps keep their order; how many there are is bounded, however often an action is used.

use stackgate_provider::facts::{Condition, Setting, Variable};
use stackgate_provider::yaml::Node;

use super::job::{Draft, Workflow};
use super::reading::{File, Reading};
use super::scope::Scope;
use super::step;
use super::triggers::Triggers;

/// What stands around a step.
pub(super) struct Around<'a> {
    pub(super) file: &'a File,
    pub(super) triggers: &'a Triggers,
    /// What must be true for the step that uses the action whose step this is.
    pub(super) condition: Condition,
    /// Whether the job goes on when that fails.
    pub(super) tolerated: bool,
    /// The variables of the step that uses the action.
    pub(super) variables: Vec<Variable>,
    /// What else that says.
    pub(super) settings: Vec<Setting>,
    /// The actions that use each other to get here.
    pub(super) chain: Vec<String>,
}

/// Reads the steps of a job.
pub(super) fn read(list: &Node, workflow: &Workflow, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let around = Around {
        file: &workflow.file,
        triggers: &workflow.triggers,
        condition: Condition::Always,
        tolerated: false,
        variables: Vec::new(),
        settings: Vec::new(),
        chain: Vec::new(),
    };
    all(list, &around, scope, draft, reading);
}

/// Reads a list of steps.
pub(super) fn all(list: &Node, around: &Around, scope: &Scope, draft: &mut Draft, reading: &mut Reading) {
    let id = draft.job.id.clone();
    let Some(items) = list.as_sequence() else {
        if !list.is_null() {
            reading.misshapen(Some(&id), "steps", list, around.file.at(list.span));
        }
        return;
    };
    for item in items {
        let cost = 1 + around.variables.len() + around.settings.len() + scope.variables.len() / 8;
        if !reading.spend(cost, around.file.at(item.span)) {
            return;
        }
        if item.as_mapping().is_some() {
            step::read(item, around, scope, draft, reading);
        } else {
            reading.misshapen(Some(&id), "a step", item, around.file.at(item.span));
        }
    }
}
