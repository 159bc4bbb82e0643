//! Every long-lived token is in use.
//!
//! A token that nobody used for 90 days has an owner who forgot it, and would not notice that somebody else has it.
//!
//! Instead: delete it.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": [
//!   {"id": "t-1", "name": "ci", "createdBy": "eve", "created": "2025-01-01T00:00:00Z", "expires": 0,
//!    "lastUsed": 1740000000, "admin": false}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/tokens?filter=all", "body": {"tokens": [
//!   {"id": "t-1", "name": "ci", "createdBy": "eve", "created": "2025-01-01T00:00:00Z", "expires": 0,
//!    "lastUsed": 1763990000, "admin": false}]}}
//! ```

use stackgate_report::Level;

use super::lives;
use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::{STALE_DAYS, days};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "long-lived-token-unused", group: Group::Tokens, text: include_str!("token_unused.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (team, token) in view.tokens().filter(|(_, token)| lives(token, view.now)) {
        let (level, used) = match token.last_used.filter(|then| *then > 0).map(|then| days(then, view.now)) {
            Some(days) if days <= STALE_DAYS => continue,
            Some(days) => (Level::Low, format!("was last used {days} days ago")),
            // It may have been made today.
            None => (Level::Notice, "was never used".to_owned()),
        };
        let path: Vec<&str> = match team {
            Some(team) => vec!["teams", team, "tokens", &token.id],
            None => vec!["tokens", &token.id],
        };
        let subject = team.map_or_else(|| "organization".into(), |team| format!("team {team}"));
        let what = format!("the token `{}`, made by `{}`, {used}", token.name, token.created_by);
        found.add(
            Told::new(Class::Stale, level, subject, what)
                .permits("its owner forgot it, and would not notice that somebody else has it")
                .mend(view.commands.org("DELETE", &path, None))
                .key(format!("unused token {}", token.id)),
        );
    }
}
