//! The organization can have teams, and their tokens.
//!
//! Every pipeline that stackgate renders asks for the token of one team. Where the edition has no teams, Pulumi Cloud
//! mints none, and whoever needs a deploy will store a token of a person or of the whole organization instead.
//!
//! Instead: choose an edition with teams and OIDC team tokens.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "status": 402, "body": {"code": 402, "message": "teams need another edition"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "status": 403, "body": {"code": 403, "message": "team:list is missing"}}
//! ```

use stackgate_cloud::Refusal;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "edition-no-team-token", group: Group::Organization, text: include_str!("edition.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let refused = view.actual.teams.unknown();
    if view.fragment().teams.is_empty() || refused.is_none_or(|unknown| unknown.refusal != Refusal::Unavailable) {
        return;
    }
    found.add(
        Told::new(Class::Missing, Level::High, "organization", "this organization's edition has no teams")
            .permits("no pipeline gets a token, and whoever needs a deploy will store one that does more")
            .mend("choose an edition with teams in the console, under Billing"),
    );
}
