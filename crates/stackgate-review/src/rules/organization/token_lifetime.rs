//! Access tokens of people and of machines end at some time.
//!
//! Without a longest life, a token that somebody made once and lost is good for ever. Tokens that come by OIDC end by
//! themselves and are not touched by this setting.
//!
//! Instead: set the longest life to what people can bear, such as 90 days.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"maxAccessTokenExpiryDays": 0}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/metadata", "body": {"maxAccessTokenExpiryDays": 90}}
//! ```

use serde_json::json;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "token-lifetime-unlimited",
    group: Group::Organization,
    text: include_str!("token_lifetime.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(defaults) = view.defaults() else { return };
    if defaults.longest_token_days.is_none_or(|days| days == 0) {
        found.add(
            Told::new(Class::NotDeclared, Level::Low, "organization", "access tokens may live for ever")
                .permits("a token that was lost years ago still opens what it opened then")
                .mend(view.commands.org("PATCH", &[], Some(&json!({ "setMaxAccessTokenExpiryDays": 90 })))),
        );
    }
}
