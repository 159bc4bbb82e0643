//! A pipeline's team has no members.
//!
//! A member of the team that deploys production deploys production himself, from his own machine, past the pipeline, its
//! review and its gate. Whoever creates a team becomes its member, so that this is often the trace of the administrator
//! who applied the program; an update with `--refresh` takes it back.
//!
//! Instead: take the member out.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [
//!   {"name": "app-production", "members": [{"name": "Eve", "githubLogin": "eve", "role": "member"}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "members": []}]}}
//! ```

use serde_json::json;
use stackgate_access::TeamKind;

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "pipeline-team-member",
    group: Group::Teams,
    text: include_str!("pipeline_team_member.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams().filter(|(_, declared, _)| declared.kind == TeamKind::Pipeline) {
        for login in team.members.here().into_iter().flatten().map(|(login, _)| login) {
            let body = json!({ "memberAction": "remove", "member": login });
            let stacks = declared.stacks.len();
            let plural = if stacks == 1 { "" } else { "s" };
            found.add(
                Told::new(
                    Class::Widened,
                    view.reach(name).max(Level::Medium),
                    format!("team {name}"),
                    format!("`{login}` is in the pipeline's team `{name}`"),
                )
                .permits(format!(
                    "he does to its {stacks} stack{plural} what the pipeline does, past its review and its gate"
                ))
                .mend(view.commands.team(name, &body))
                .facts("no members".to_owned(), login.clone()),
            );
        }
    }
}
