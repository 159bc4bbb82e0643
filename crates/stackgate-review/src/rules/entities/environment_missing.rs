//! Every ESC environment that was declared is there.
//!
//! A stack that imports it fails in every preview and deploy. And whoever creates an environment of that name owns it, and
//! decides what the pipeline gets.
//!
//! Instead: let an administrator create it, or take it out of the specs.
//!
//! ```json actual bad
//! {"path": "/api/esc/environments/acme", "without": {"environments": ["app/production"]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/esc/environments/acme", "body": {"environments": [{"project": "app", "name": "production", "tags": {"a": "b"}}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "environment-missing",
    group: Group::Entities,
    text: include_str!("environment_missing.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(there) = view.actual.environments.here() else { return };
    for name in view.declared_environments().into_iter().filter(|name| !there.contains_key(*name)) {
        let level = if view.opens_production(name) { Level::Medium } else { Level::Low };
        let what = format!("the environment `{name}` is not there, or this token may not see it");
        found.add(
            Told::new(Class::Missing, level, format!("environment {name}"), what)
                .permits("stacks that import it fail, and whoever creates it decides what their pipelines get")
                .mend("let an administrator create it, or take it out of the specs that name it"),
        );
    }
}
