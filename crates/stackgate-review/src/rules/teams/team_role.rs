//! A team has no role that nobody declared.
//!
//! A role can grant anything, on any stack and environment, and the rights to change policies or members. A team with a
//! role has it beside its declared grants; nothing revokes it.
//!
//! Instead: take the role away, and grant what is needed by stack and environment.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "roleIds": ["role-9"]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "roleIds": []}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, roles_of};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-role", group: Group::Teams, text: include_str!("team_role.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        // Which role is its own cannot be told where the roles could not be read; a second one is not.
        if view.actual.roles.here().is_none() && !declared.scopes.is_empty() && roles_of(team).count() == 1 {
            continue;
        }
        for id in roles_of(team) {
            let role = view.role_name(id);
            if view.declared.roles().get(role).is_some_and(|(team, _)| *team == name) {
                continue;
            }
            found.add(
                Told::new(
                    Class::Widened,
                    Level::High,
                    format!("team {name}"),
                    format!("the team `{name}` has the role `{role}`, which nobody declared"),
                )
                .permits("it does whatever the role grants, beside its declared grants")
                .mend(view.commands.org("DELETE", &["teams", name, "roles", id], None))
                .facts(None, role.to_owned()),
            );
        }
    }
}
