//! Nobody has admin on a stack because he made it, unnoticed.
//!
//! Whoever creates a stack has admin on it, for as long as he is in the organization; no grant takes it away, and no deny
//! exists. Where a pipeline's token made the stack, its team has it: 104 in place of what was declared. Where a person
//! made it, he deploys it past the pipeline. The first is told of each team; the second is a notice for each person.
//!
//! Instead: let pipelines never create stacks, let an administrator create them, and set a team's permission anew.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "stacks": [
//!   {"projectName": "app", "stackName": "production", "permission": 104}]}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/production/collaborators", "body": {"stackCreatorUserName": "eve"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "stacks": [
//!   {"projectName": "app", "stackName": "production", "permission": 102}]}]}}
//! ```

use std::collections::BTreeMap;

use stackgate_cloud::StackLevel;
use stackgate_plan::StackPermission;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, stacks_of};
use crate::words::{listed, of_stack, stack_level};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "creator-grant", group: Group::Grants, text: include_str!("creator_grant.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        for (stack, level) in stacks_of(team).filter(|(_, level)| **level == StackLevel::Creator) {
            let wanted = declared.stacks.get(stack).copied();
            if wanted == Some(StackPermission::Admin) {
                continue;
            }
            let wanted = of_stack(&stack_level(wanted));
            let level = view.worth_of_stack(stack, level);
            let what =
                format!("the team `{name}` has admin on `{stack}` because its token created the stack, not `{wanted}`");
            found.add(
                Told::new(Class::Widened, level, format!("team {name}"), what)
                    .permits("it destroys the stack and says who else may, for as long as the team exists")
                    .mend(format!(
                        "{APPLY}; where it stays, an administrator makes the stack anew and imports its state"
                    ))
                    .facts(wanted, of_stack(&StackLevel::Creator)),
            );
        }
    }
    // Whoever is an administrator has admin on every stack anyway, and is told as that.
    let is_admin = |login: &str| {
        view.declared.operators.contains(login)
            || view.members().any(|(other, member)| other == login && member.role == "admin")
    };
    let mut created: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, stack) in view.declared_stacks() {
        let creator = stack.creator.here().and_then(Option::as_ref).filter(|creator| !creator.login.is_empty());
        if let Some(creator) = creator {
            created.entry(&creator.login).or_default().push(name);
        }
    }
    for (login, stacks) in created.into_iter().filter(|(login, _)| !is_admin(login)) {
        let count = stacks.len();
        let production = stacks.iter().filter(|stack| view.is_production(stack)).count();
        let plural = if count == 1 { "" } else { "s" };
        let what = format!(
            "`{login}` created {count} stack{plural}, {production} of production ({})",
            listed(stacks.iter().copied())
        );
        found.add(
            Told::new(Class::Widened, Level::Notice, format!("member {login}"), what)
                .permits("he has admin on each of them, which no grant takes away while he is a member")
                .mend("only the end of his membership ends it; or an administrator makes the stacks anew and imports their state")
                .key(format!("created {}", stacks.join(","))),
        );
    }
}
