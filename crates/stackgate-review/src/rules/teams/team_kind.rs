//! A team's members come from where they were declared to.
//!
//! The members of a team of kind `github` are whoever GitHub says, those of kind `scim` whoever the identity provider says.
//! For a pipeline's team that means that somebody else's system hands out what only the pipeline should have. For a team
//! of people whose members the spec lists, it means that the list is worth nothing.
//!
//! Instead: delete the team and apply the access program, which makes it of kind `pulumi`; or leave `members` out of the
//! spec where another system is to keep them.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "kind": "scim"}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "kind": "pulumi"}]}}
//! ```

use stackgate_access as access;
use stackgate_cloud::TeamKind;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-kind", group: Group::Teams, text: include_str!("team_kind.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        let kind = match &team.kind {
            TeamKind::Pulumi => "pulumi",
            TeamKind::GitHub => "github",
            TeamKind::Scim => "scim",
            TeamKind::Other(word) => word,
        };
        let (class, level, permits) = match (declared.kind, &declared.members, &team.kind) {
            (access::TeamKind::Pipeline, _, TeamKind::Pulumi)
            | (access::TeamKind::People, Some(_), TeamKind::Pulumi) => continue,
            (access::TeamKind::Pipeline, _, _) => {
                (Class::Widened, Level::High, "whoever that system puts into the team does what the pipeline does")
            }
            (access::TeamKind::People, Some(_), _) => {
                (Class::Widened, Level::Medium, "that system says who is in it, and the spec's list says nothing")
            }
            (access::TeamKind::People, None, TeamKind::Pulumi) => {
                (Class::Widened, Level::Low, "its members are kept by hand in Pulumi Cloud, and no spec lists them")
            }
            (access::TeamKind::People, None, _) => continue,
        };
        let wanted = if declared.kind == access::TeamKind::People && declared.members.is_none() {
            "of another system"
        } else {
            "pulumi"
        };
        let what = format!("the team `{name}` is of kind `{kind}`, not {wanted}");
        found.add(
            Told::new(class, level, format!("team {name}"), what)
                .permits(permits)
                .mend(format!("{}, then {APPLY}", view.commands.org("DELETE", &["teams", name], None)))
                .facts(wanted.to_owned(), kind.to_owned()),
        );
    }
}
