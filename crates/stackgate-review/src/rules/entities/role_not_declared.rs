//! Every custom role was declared.
//!
//! A custom role can grant anything on anything, and `auth_policies:update` alone is worth as much as an administrator. A role
//! that nobody has yet is one step away from one that somebody has; what it grants is not judged here.
//!
//! Instead: delete it, or keep it and know why; the baseline is where that is written down.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/roles?uxPurpose=role", "body": {"roles": [{"id": "role-9", "name": "helper", "details": {}}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/roles?uxPurpose=role", "without": {"roles": ["role-1"]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "role-not-declared", group: Group::Entities, text: include_str!("role_not_declared.rs"), check };

/// What makes whoever has it an administrator. Source: "RBAC scopes", organization settings, in Pulumi's documentation.
const STRONG: [&str; 6] = [
    "auth_policies:update",
    "oidc_issuers:create",
    "oidc_issuers:update",
    "organization:update",
    "role:update",
    "team:update",
];

fn check(view: &View<'_>, found: &mut Differences) {
    let declared = view.declared.roles();
    for role in view.roles().iter().filter(|role| !declared.contains_key(&role.name)) {
        let text = role.details.to_string();
        let strong: Vec<&str> = STRONG.into_iter().filter(|scope| text.contains(&format!("\"{scope}\""))).collect();
        let (level, permits) = if strong.is_empty() {
            (Level::Low, "what it grants stands in no spec".to_owned())
        } else {
            let scopes = crate::words::listed(strong);
            (Level::Medium, format!("with {scopes} whoever has it makes himself an administrator"))
        };
        found.add(
            Told::new(
                Class::NotDeclared,
                level,
                format!("role {}", role.name),
                format!("nobody declared the custom role `{}`", role.name),
            )
            .permits(permits)
            .mend(view.commands.org("DELETE", &["roles", &role.id], None)),
        );
    }
}
