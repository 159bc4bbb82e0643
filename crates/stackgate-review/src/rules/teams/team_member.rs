//! A team of people has the members that were declared.
//!
//! Somebody who was added by hand does what the team may do, and no review saw it; somebody who left the company stays a
//! member until he is taken out here. Members of teams that GitHub or an identity provider keeps are not compared: that
//! system says who they are.
//!
//! Instead: apply the access program, or change `members` in the spec; `stackgate review --adopt` writes whom it found.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "operators", "members": [
//!   {"name": "Ada", "githubLogin": "ada", "role": "member"}, {"name": "Eve", "githubLogin": "eve", "role": "member"}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "operators", "members": [
//!   {"name": "Ada", "githubLogin": "ada", "role": "member"}]}]}}
//! ```

use serde_json::json;
use stackgate_access as access;
use stackgate_cloud::TeamKind;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::{ADOPT, APPLY};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-member", group: Group::Teams, text: include_str!("team_member.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        let (access::TeamKind::People, TeamKind::Pulumi) = (declared.kind, &team.kind) else { continue };
        let (Some(wanted), Some(there)) = (&declared.members, team.members.here()) else { continue };
        let subject = || format!("team {name}");
        // Logins are the same in either case of letters.
        let holds = |all: &mut dyn Iterator<Item = &String>, one: &str| {
            all.map(String::as_str).any(|other| other.eq_ignore_ascii_case(one))
        };
        for login in there.keys().filter(|login| !holds(&mut wanted.iter(), login)) {
            let body = json!({ "memberAction": "remove", "member": login });
            found.add(
                Told::new(
                    Class::Widened,
                    view.worth(team).max(Level::Medium),
                    subject(),
                    format!("`{login}` is in the team `{name}`, and the spec does not list him"),
                )
                .permits("he does what the team may do, and no review saw it")
                .mend(format!("{}, {ADOPT}", view.commands.team(name, &body)))
                .facts(None, login.clone()),
            );
        }
        for login in wanted.iter().filter(|login| !holds(&mut there.keys(), login)) {
            found.add(
                Told::new(
                    Class::Missing,
                    Level::Low,
                    subject(),
                    format!("`{login}` is not in the team `{name}`, though the spec lists him"),
                )
                .permits("he cannot do what he was meant to do")
                .mend(format!("{APPLY}, or take him out of the spec"))
                .facts(login.clone(), None),
            );
        }
    }
}
