//! Variables that CircleCI sets for every job and that somebody else has a hand in.
//!
//! Source: CircleCI, "Project values and variables". The branch of a fork's change request is `pull/<number>`, so that a
//! stranger does not choose it.

use stackgate_provider::facts::{Control, Place, Value, Variable};

const TEXTS: &[(&str, Control)] = &[
    ("CIRCLE_BRANCH", Control::Member),
    ("CIRCLE_TAG", Control::Member),
    ("CIRCLE_USERNAME", Control::Member),
    // The name of the fork, and its owner.
    ("CIRCLE_PR_REPONAME", Control::Stranger),
    ("CIRCLE_PR_USERNAME", Control::Stranger),
];

/// Names, numbers, ids and addresses of CircleCI's own making.
const SYSTEM: &[&str] = &[
    // The file that every script reads first, and that scripts write variables of later steps to.
    "BASH_ENV",
    "CI",
    "CIRCLECI",
    "CIRCLE_BUILD_NUM",
    "CIRCLE_BUILD_URL",
    "CIRCLE_JOB",
    "CIRCLE_NODE_INDEX",
    "CIRCLE_NODE_TOTAL",
    "CIRCLE_ORGANIZATION_ID",
    "CIRCLE_PIPELINE_ID",
    "CIRCLE_PREVIOUS_BUILD_NUM",
    "CIRCLE_PROJECT_ID",
    "CIRCLE_PROJECT_REPONAME",
    "CIRCLE_PROJECT_USERNAME",
    "CIRCLE_PR_NUMBER",
    "CIRCLE_PULL_REQUEST",
    "CIRCLE_PULL_REQUESTS",
    "CIRCLE_REPOSITORY_URL",
    "CIRCLE_SHA1",
    "CIRCLE_WORKFLOW_ID",
    "CIRCLE_WORKFLOW_JOB_ID",
    "CIRCLE_WORKFLOW_WORKSPACE_ID",
    "CIRCLE_WORKING_DIRECTORY",
];

/// All of them.
pub(crate) fn variables() -> Vec<Variable> {
    let system = SYSTEM.iter().map(|name| (*name, Control::System));
    let made = |(name, control): (&str, Control)| Variable {
        name: name.to_owned(),
        value: Value::Made(format!("${name}"), control),
        place: Place::default(),
    };
    TEXTS.iter().copied().chain(system).map(made).collect()
}
