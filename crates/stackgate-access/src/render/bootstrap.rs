//! The script that creates the stacks which do not exist yet.
//!
//! What must hold: it looks before it creates; it grants its stack to the pipeline's team that deploys it and to nobody else.
//! Its functions are in `bootstrap-head.sh`, which holds no value.

use stackgate_plan::StackPermission;

use super::script::target;
use super::shell::literal;
use super::sorted;
use crate::fragment::{Fragment, TeamKind};

const HEAD: &str = "#
# Creates the stacks that do not exist yet, empty, each with write for the team of the pipeline that deploys it. Pipelines never
# create stacks: whoever creates a stack is its administrator for good, and a team token would make that of its whole team. So a
# person runs this, once, with the CLI (3.245.0 or newer) logged in, after the teams exist: see REVIEW.md beside it. You will be
# an administrator of each stack that it creates, until somebody takes that away on the stack's page.
# With --dry-run it says what it would create.
";

/// Everything below the marker, or `None` where there is no stack.
pub(super) fn body(fragment: &Fragment) -> Option<String> {
    let stacks: String = sorted(&fragment.stacks)
        .into_iter()
        .map(|(stack, _)| {
            let mut line = format!("stack {}", literal(&format!("{}/{stack}", fragment.organization)));
            for (name, team) in sorted(&fragment.teams) {
                let writes = team.stacks.get(stack) == Some(&StackPermission::Write);
                if team.kind == TeamKind::Pipeline && writes {
                    line.push_str(&format!(" --teams {}", literal(name)));
                }
            }
            line + "\n"
        })
        .collect();
    let head = include_str!("bootstrap-head.sh");
    (!stacks.is_empty()).then(|| format!("{HEAD}{}{head}{stacks}", target(fragment)))
}
