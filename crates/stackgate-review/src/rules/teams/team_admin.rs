//! Nobody is an administrator of a declared team.
//!
//! A team's administrator adds members to it, and so decides alone who may do what was reviewed for others. The access
//! program makes plain members.
//!
//! Instead: demote him.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "operators", "members": [
//!   {"name": "Ada", "githubLogin": "ada", "role": "admin"}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "operators", "members": [
//!   {"name": "Ada", "githubLogin": "ada", "role": "member"}]}]}}
//! ```

use serde_json::json;
use stackgate_cloud::TeamKind;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-admin", group: Group::Teams, text: include_str!("team_admin.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, _, team) in view.both_teams().filter(|(_, _, team)| team.kind == TeamKind::Pulumi) {
        let members = team.members.here().into_iter().flatten();
        for (login, _) in members.filter(|(_, role)| role.as_str() == "admin") {
            let body = json!({ "memberAction": "demote", "member": login });
            found.add(
                Told::new(
                    Class::Widened,
                    Level::Low,
                    format!("team {name}"),
                    format!("`{login}` is an administrator of the team `{name}`"),
                )
                .permits("he says who else is in it")
                .mend(view.commands.team(name, &body)),
            );
        }
    }
}
