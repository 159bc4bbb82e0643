//! Names that Azure itself gives a meaning: predefined variables, and who has a hand in them.
//!
//! What must hold: a name that is not known here is not taken for harmless. Source: Microsoft Learn, "Predefined variables".

use stackgate_provider::facts::{Control, Place, Value, Variable};

/// Functions whose result is a truth.
pub(super) const IS_TRUTH: &[&str] = &[
    "and",
    "or",
    "not",
    "xor",
    "eq",
    "ne",
    "in",
    "notin",
    "contains",
    "startswith",
    "endswith",
    "containsvalue",
    "succeeded",
    "failed",
    "always",
    "canceled",
    "succeededorfailed",
    "gt",
    "ge",
    "lt",
    "le",
];

/// What starts a run through a resource: another pipeline, and the words of the others.
pub(super) const RESOURCES: [&str; 5] = ["", "webhook", "container", "package", "build"];

/// Who decides what a predefined variable holds; none where the name is not one of Azure's.
pub(super) fn control(name: &str) -> Option<Control> {
    let name = name.to_ascii_lowercase().replace('_', ".");
    let starts = |all: &[&str]| all.iter().any(|start| name.starts_with(start));
    if starts(&[
        "build.sourcebranch",
        "build.sourceversionmessage",
        "build.sourceversionauthor",
        "build.requestedfor",
        "system.pullrequest.sourcebranch",
        "system.pullrequest.sourcerepository",
    ]) {
        return Some(Control::Stranger);
    }
    // The number is made of the pipeline's `name`, into which people put the branch.
    if starts(&["build.queuedby", "build.buildnumber", "resources.pipeline.", "resources.triggeringalias", "release."])
    {
        return Some(Control::Member);
    }
    let system = [
        "build.",
        "system.",
        "agent.",
        "pipeline.",
        "environment.",
        "strategy.",
        "tf.build",
        "checks.",
        "common.",
        "resources.",
        "endpoint.",
    ];
    starts(&system).then_some(Control::System)
}

/// Predefined variables that somebody outside has a hand in, as a script sees them.
pub(super) fn environment() -> Vec<Variable> {
    [
        "BUILD_SOURCEBRANCH",
        "BUILD_SOURCEBRANCHNAME",
        "BUILD_SOURCEVERSIONMESSAGE",
        "BUILD_SOURCEVERSIONAUTHOR",
        "BUILD_REQUESTEDFOR",
        "BUILD_REQUESTEDFOREMAIL",
        "BUILD_QUEUEDBY",
        "BUILD_BUILDNUMBER",
        "SYSTEM_PULLREQUEST_SOURCEBRANCH",
        "SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI",
    ]
    .into_iter()
    .map(|name| {
        let control = control(name).unwrap_or(Control::Unknown);
        Variable { name: name.into(), value: Value::Made(format!("${name}"), control), place: Place::default() }
    })
    .collect()
}

/// The name of a variable as a script sees it.
pub(super) fn in_script(name: &str) -> String {
    name.to_ascii_uppercase().replace(['.', ' '], "_")
}
