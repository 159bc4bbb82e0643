//! No stored token takes the place of a deployment's own identity.
//!
//! A deployment has a token of its own, for its one stack. `PULUMI_ACCESS_TOKEN` among its variables takes the place of
//! that: the deployment then does whatever that token may, and whoever can change what runs can read it. A variable
//! `PULUMI_OPTION_…` changes which flags every command of Pulumi gets, those of its login among them.
//!
//! Instead: take the variable out, and give the deployment a role.
//!
//! ```json actual bad
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"environmentVariables": {
//!   "PULUMI_ACCESS_TOKEN": {"secret": "x"}}}}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/stacks/acme/app/dev/deployments/settings", "body": {"operationContext": {"environmentVariables": {}}}}
//! ```

use serde_json::{Value, json};
use stackgate_report::Level;

use super::at;
use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "deployment-token", group: Group::Deployments, text: include_str!("deployment_token.rs"), check };

/// Whether a variable says who a command of Pulumi is, or where it goes.
pub(super) fn is_identity(name: &str) -> bool {
    matches!(
        name,
        "PULUMI_ACCESS_TOKEN" | "PULUMI_BACKEND_URL" | "PULUMI_API" | "PULUMI_HOME" | "PULUMI_CREDENTIALS_PATH"
    ) || name.starts_with("PULUMI_OPTION_")
}

fn check(view: &View<'_>, found: &mut Differences) {
    // Any stack that was asked for its settings, declared or not.
    for (name, stack) in view.declared_stacks() {
        let Some(settings) = stack.deployment.here().and_then(Option::as_ref) else { continue };
        let variables = at(&settings.body, &["operationContext", "environmentVariables"]).and_then(Value::as_object);
        for variable in variables.into_iter().flatten().map(|(name, _)| name).filter(|name| is_identity(name)) {
            let body = json!({ "operationContext": { "environmentVariables": { variable: null } } });
            found.add(
                Told::new(
                    Class::Widened,
                    Level::High,
                    format!("stack {name}"),
                    format!("deployments of `{name}` have the variable `{variable}`"),
                )
                .permits(
                    "it takes the place of the deployment's own identity, and whoever changes what runs can read it",
                )
                .mend(view.commands.stack("POST", name, &["deployments", "settings"], Some(&body))),
            );
        }
    }
}
