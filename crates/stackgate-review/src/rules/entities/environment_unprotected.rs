//! Production's ESC environments cannot be deleted by one click.
//!
//! Without deletion protection whoever has admin on the environment deletes it, and with it what every deploy to production
//! needs. Access programs cannot set it; it is a notice.
//!
//! Instead: switch the protection on.
//!
//! ```json actual bad
//! {"path": "/api/esc/environments/acme", "body": {"environments": [
//!   {"project": "app", "name": "production", "settings": {"deletionProtected": false}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/esc/environments/acme", "body": {"environments": [
//!   {"project": "app", "name": "production", "settings": {"deletionProtected": true}}]}}
//! ```

use serde_json::json;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "environment-unprotected",
    group: Group::Entities,
    text: include_str!("environment_unprotected.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, environment) in view.environments().filter(|(name, _)| view.opens_production(name)) {
        if environment.deletion_protected != Some(false) {
            continue;
        }
        let body = json!({ "deletionProtected": true });
        found.add(
            Told::new(
                Class::Missing,
                Level::Notice,
                format!("environment {name}"),
                format!("the environment `{name}` is not protected from being deleted"),
            )
            .permits("one mistake takes away what every deploy to production needs")
            .mend(view.commands.environment("PATCH", name, &["settings"], Some(&body))),
        );
    }
}
