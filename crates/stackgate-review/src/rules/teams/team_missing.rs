//! Every team that was declared is there.
//!
//! Pulumi Cloud mints no token for a team that is not there: the pipeline cannot log in. And whoever may create teams can
//! create one of that name, into whose hands the policies then give the token.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "without": {"teams": ["app-production"]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "displayName": "Production"}]}}
//! ```

use stackgate_access::TeamKind;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-missing", group: Group::Teams, text: include_str!("team_missing.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, team) in view.missing_teams() {
        let permits = match team.kind {
            TeamKind::Pipeline => "its pipeline gets no token, and whoever creates a team of that name gets it instead",
            TeamKind::People => "its people cannot do what they were meant to do",
        };
        let told = format!("the team `{name}` is not there");
        found.add(Told::new(Class::Missing, Level::Medium, format!("team {name}"), told).permits(permits).mend(APPLY));
    }
}
