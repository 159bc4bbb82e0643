//! A team may do to a stack what was declared, and no less.
//!
//! A pipeline whose team lost its grant fails at its next run, often when it is needed most, and whoever wants to help
//! then grants by hand.
//!
//! Instead: apply the access program, or take the grant out of the spec.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "stacks": [
//!   {"projectName": "app", "stackName": "production", "permission": 101}]}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "stacks": []}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "stacks": [
//!   {"projectName": "app", "stackName": "production", "permission": 102}]}]}}
//! ```

use stackgate_cloud::StackLevel;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::{can_stack, of_stack, stack_level};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "stack-grant-lacking", group: Group::Grants, text: include_str!("stack_grant_lacking.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        let Some(there) = team.stacks.here() else { continue };
        for (stack, permission) in &declared.stacks {
            let wanted = stack_level(Some(*permission));
            let level = there.get(stack).unwrap_or(&StackLevel::None);
            if *level >= wanted {
                continue;
            }
            let word = of_stack(&wanted);
            let (class, what) = if *level == StackLevel::None {
                (Class::Missing, format!("the team `{name}` has no grant on `{stack}`, not `{word}`"))
            } else {
                (Class::Narrowed, format!("the team `{name}` has `{}` on `{stack}`, not `{word}`", of_stack(level)))
            };
            found.add(
                Told::new(class, Level::Low, format!("team {name}"), what)
                    .permits(format!("what it was granted for fails: it no longer {}", can_stack(&wanted)))
                    .mend(format!("{APPLY}, or take the grant out of the spec"))
                    .facts(word, of_stack(level)),
            );
        }
    }
}
