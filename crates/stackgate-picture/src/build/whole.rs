//! What holds for everybody, and so belongs to no node: the organization's defaults.

use stackgate_cloud::{Defaults, EnvironmentLevel, Known, StackLevel};

use super::{Canvas, levels};
use crate::model::Mark;

pub(super) fn remarks(canvas: &mut Canvas<'_>) {
    let Some(actual) = canvas.actual else { return };
    match &actual.defaults {
        Known::Here(defaults) => given(canvas, defaults),
        Known::Unknown(unknown) => {
            let text = format!("The organization's defaults could not be read ({}).", unknown.path);
            canvas.remark(Mark::Unknown, text);
        }
    }
}

fn given(canvas: &mut Canvas<'_>, there: &Defaults) {
    // Where no spec says it, nothing is what is meant: every team token carries the defaults too.
    let declared = canvas.declared.defaults;
    let stacks = declared.and_then(|defaults| defaults.stacks).map(levels::of_stack);
    let environments = declared.and_then(|defaults| defaults.environments).map(|permission| permission.as_str());
    let what = [
        ("stack", stacks, levels::of_stack_there(&there.stacks), there.stacks == StackLevel::None),
        (
            "ESC environment",
            environments,
            levels::environment_word(&there.environments),
            there.environments == EnvironmentLevel::None,
        ),
    ];
    for (what, declared, there, none) in what {
        if declared == there {
            continue;
        }
        let (ours, theirs) = (declared.unwrap_or("nothing"), there.unwrap_or("nothing"));
        let mark = if declared.is_none() && !none { Mark::ActualOnly } else { Mark::Differs };
        let text = format!("Every member and every team token has {theirs} on every {what}; declared is {ours}.");
        canvas.remark(mark, text);
    }
    let create = declared.is_some_and(|defaults| defaults.members_create_stacks);
    if there.members_can.create_stacks != create {
        let (may, should) = if create { ("may not", "may") } else { ("may", "may not") };
        canvas.remark(Mark::Differs, format!("Every member {may} create stacks; declared is that they {should}."));
    }
}
