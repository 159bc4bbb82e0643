//! No custom role is handed out by default.
//!
//! A custom role can grant anything, on any stack and environment. One that the organization gives to every member, or
//! to every deployment that a push starts, reaches further than any grant that is declared, and stands in no team.
//!
//! Instead: take the default away, give the role to the team that needs it, and name a deployment's role in the stack's
//! own settings: `deployments: { role: … }` in the repository's spec.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/metadata", "body": {"defaultDeploymentRoleId": "role-1"}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/metadata", "body": {"defaultDeploymentRoleId": ""}}
//! ```

use serde_json::json;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "default-role", group: Group::Organization, text: include_str!("default_role.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(defaults) = view.defaults() else { return };
    if let Some(role) = defaults.deployment_role.as_deref().filter(|role| !role.is_empty()) {
        let name = view.role_name(role);
        let what = format!("every deployment without a role of its own takes the role `{name}`");
        found.add(
            Told::new(Class::NotDeclared, Level::Medium, "organization", what)
                .permits("whoever can push to a branch that deploys does what the role grants, on any stack")
                .mend(view.commands.org("PATCH", &[], Some(&json!({ "setDefaultDeploymentRoleId": "" })))),
        );
    }
    // The built-in role of members has an id too; a custom one is in the list of custom roles.
    let custom = |role: &&str| view.roles().iter().any(|known| known.id == **role);
    if let Some(role) = defaults.role.as_deref().filter(custom) {
        let name = view.role_name(role);
        found.add(
            Told::new(
                Class::NotDeclared,
                Level::Medium,
                "organization",
                format!("every new member gets the custom role `{name}`"),
            )
            .permits("whoever is invited does what the role grants, and no team says so")
            .mend("make the built-in role Member the default again in the console, under Access management > Roles"),
        );
    }
}
