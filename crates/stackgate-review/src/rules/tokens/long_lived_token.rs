//! No long-lived token exists.
//!
//! Every pipeline here gets its token by OIDC, for minutes. A token that lies in a settings page or in somebody's notes is
//! good for as long as it says, for whoever finds it, from anywhere; one of the organization with an administrator's
//! rights is good for everything. stackgate declares none, so that each one is told.
//!
//! Instead: move what uses it to a pipeline of its own, then delete it.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": [
//!   {"id": "t-1", "name": "ci", "createdBy": "eve", "created": "2025-01-01T00:00:00Z", "expires": 0,
//!    "lastUsed": 1763990000, "admin": true}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": [
//!   {"id": "t-1", "name": "ci", "createdBy": "eve", "created": "2025-01-01T00:00:00Z", "expires": 1750000000,
//!    "lastUsed": 1749000000, "admin": true}]}}
//! ```

use stackgate_report::Level;

use super::lives;
use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::DAY;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "long-lived-token-exists",
    group: Group::Tokens,
    text: include_str!("long_lived_token.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (team, token) in view.tokens().filter(|(_, token)| lives(token, view.now)) {
        let (whose, level, may) = match (team, token.admin, &token.role) {
            (_, true, _) => ("of the organization".to_owned(), Level::Critical, "does everything here".to_owned()),
            (Some(team), false, _) => (
                format!("of the team `{team}`"),
                view.reach(team).max(Level::Medium),
                "does what the team may do".to_owned(),
            ),
            (None, false, Some(role)) => {
                ("of the organization".to_owned(), Level::High, format!("does what the role `{role}` grants"))
            }
            (None, false, None) => {
                ("of the organization".to_owned(), Level::High, "does what every member may do".to_owned())
            }
        };
        let until = match token.expires.filter(|end| *end > 0) {
            None => "for ever".to_owned(),
            Some(end) => format!("for {} more days", (end - view.now) / DAY),
        };
        let path: Vec<&str> = match team {
            Some(team) => vec!["teams", team, "tokens", &token.id],
            None => vec!["tokens", &token.id],
        };
        let what = format!("the long-lived token `{}` {whose} exists, made by `{}`", token.name, token.created_by);
        found.add(
            Told::new(
                Class::NotDeclared,
                level,
                team.map_or_else(|| "organization".into(), |team| format!("team {team}")),
                what,
            )
            .permits(format!("whoever finds it {may}, from anywhere, {until}"))
            .mend(view.commands.org("DELETE", &path, None))
            .key(format!("token {}", token.id)),
        );
    }
}
