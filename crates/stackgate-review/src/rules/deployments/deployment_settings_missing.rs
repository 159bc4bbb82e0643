//! A stack that Pulumi Deployments is to run has its settings.
//!
//! Without settings no push deploys the stack, and a deployment that the pipeline starts fails.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "status": 404, "body": {"code": 404, "message": "none"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"cacheOptions": {"enable": true}}}
//! ```

use stackgate_cloud::Known;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "deployment-settings-missing",
    group: Group::Deployments,
    text: include_str!("deployment_settings_missing.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    let there = view.actual.stacks.here();
    for declared in &view.fragment().deployments {
        let name = declared.reference();
        let settings = there.and_then(|there| there.get(&name)).map(|stack| &stack.deployment);
        if matches!(settings, Some(Known::Here(None))) {
            let what = format!("`{name}` has no settings for Pulumi Deployments");
            found.add(
                Told::new(Class::Missing, Level::Low, format!("stack {name}"), what)
                    .permits("nothing deploys it")
                    .mend(APPLY),
            );
        }
    }
}
