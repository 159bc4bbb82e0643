//! A team may do to a stack what was declared, and no more.
//!
//! Read includes the stack's secrets, write includes every deploy and the settings of Pulumi Deployments, admin includes
//! who else may. A grant that somebody raised or added by hand is used by the team's token too: a preview's token that may
//! write deploys what nobody has reviewed.
//!
//! Instead: apply the access program, or declare the grant.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "stacks": [
//!   {"projectName": "app", "stackName": "dev", "permission": 102}]}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "stacks": [
//!   {"projectName": "app", "stackName": "dev", "permission": 101},
//!   {"projectName": "app", "stackName": "production", "permission": 101}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "stacks": [
//!   {"projectName": "app", "stackName": "dev", "permission": 101}]}]}}
//! ```

use serde_json::json;
use stackgate_cloud::StackLevel;

use crate::difference::{Class, Told};
use crate::mend::{ADOPT, APPLY};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, stacks_of};
use crate::words::{can_stack, of_stack, stack_level};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "stack-grant-wider", group: Group::Grants, text: include_str!("stack_grant_wider.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        for (stack, level) in stacks_of(team) {
            // These have rules of their own.
            if matches!(level, StackLevel::Creator | StackLevel::Other(_)) {
                continue;
            }
            let wanted = stack_level(declared.stacks.get(stack).copied());
            if *level <= wanted {
                continue;
            }
            let word = of_stack(level);
            let (project, stack_name) = stack.split_once('/').unwrap_or((stack, ""));
            let (class, what, mend) = if wanted == StackLevel::None {
                let body = json!({ "removeStack": { "projectName": project, "stackName": stack_name } });
                let what = format!("the team `{name}` has `{word}` on `{stack}`, which nobody declared");
                (Class::NotDeclared, what, format!("{}, {ADOPT}", view.commands.team(name, &body)))
            } else {
                let what = format!("the team `{name}` has `{word}` on `{stack}`, not `{}`", of_stack(&wanted));
                (Class::Widened, what, APPLY.to_owned())
            };
            found.add(
                Told::new(class, view.worth_of_stack(stack, level), format!("team {name}"), what)
                    .permits(format!("it {}", can_stack(level)))
                    .mend(mend)
                    .facts(of_stack(&wanted), word),
            );
        }
    }
}
