//! Members may do to the organization what was declared, and no more.
//!
//! Whoever creates a stack has admin on it for ever, which no grant takes away; whoever may delete or transfer stacks can
//! take production away; whoever may create teams decides who is trusted. A pipeline's token has these rights too. The
//! spec declares the right to create stacks; the others are expected to be off.
//!
//! Instead: declare `members_create_stacks: false`, switch the others off, and let an administrator create what is needed.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"membersCanCreateStacks": true}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"membersCanTransferStacks": true}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/metadata", "body": {"membersCanCreateStacks": false}}
//! ```

use serde_json::json;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "member-rights", group: Group::Organization, text: include_str!("member_rights.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(defaults) = view.defaults() else { return };
    let can = defaults.members_can;
    let declared = view.fragment().defaults;
    let create = declared.is_some_and(|declared| declared.members_create_stacks);
    let mend = |key: &str, value: bool| view.commands.org("PATCH", &[], Some(&json!({ key: value })));
    if can.create_stacks && !create {
        let (class, level) = match declared {
            Some(_) => (Class::Widened, Level::Medium),
            None => (Class::NotDeclared, Level::Low),
        };
        found.add(
            Told::new(class, level, "organization", "every member may create stacks")
                .permits("whoever creates a stack, a pipeline's token included, has admin on it for ever")
                .mend(mend("setMembersCanCreateStacks", false))
                .facts("false".to_owned(), "true".to_owned()),
        );
    }
    if !can.create_stacks && create {
        found.add(
            Told::new(Class::Narrowed, Level::Low, "organization", "members may not create stacks")
                .permits("whoever was meant to make a stack of his own cannot")
                .mend(mend("setMembersCanCreateStacks", true))
                .facts("true".to_owned(), "false".to_owned()),
        );
    }
    for (has, what, key, permits) in [
        (
            can.delete_stacks,
            "delete stacks",
            "setMembersCanDeleteStacks",
            "a stack with its history can go by one mistake",
        ),
        (
            can.transfer_stacks,
            "transfer stacks",
            "setMembersCanTransferStacks",
            "a stack with its secrets can be taken to another organization",
        ),
        (can.create_teams, "create teams", "setMembersCanCreateTeams", "members decide who works together on what"),
        (
            can.create_accounts,
            "create accounts",
            "setMembersCanCreateAccounts",
            "members bring cloud accounts under this organization",
        ),
    ] {
        if has {
            found.add(
                Told::new(Class::NotDeclared, Level::Low, "organization", format!("every member may {what}"))
                    .permits(permits)
                    .mend(mend(key, false)),
            );
        }
    }
}
