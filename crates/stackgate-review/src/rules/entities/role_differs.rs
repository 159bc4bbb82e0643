//! A role that the access program makes grants what was declared, to the team that it is for.
//!
//! The auditor's team reads by a custom role, of scopes that decrypt, open and change nothing. With one scope more the job
//! that looks every night could do something every night; without the role it sees nothing, and its report says so.
//!
//! Instead: apply the access program, and find out who changed the role.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/roles?uxPurpose=role", "body": {"roles": [{"id": "role-1", "name": "stackgate: auditor",
//!   "details": {"__type": "PermissionDescriptorAllow", "permissions": ["team:read", "auth_policies:update"]}}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "auditor", "roleIds": []}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/roles?uxPurpose=role", "body": {"roles": [{"id": "role-1", "name": "stackgate: auditor",
//!   "details": {"__type": "PermissionDescriptorAllow", "permissions": ["auth_policies:read", "team:read"]}}]}}
//! ```

use std::collections::BTreeSet;

use serde_json::Value;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::listed;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "role-differs", group: Group::Entities, text: include_str!("role_differs.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let Some(there) = view.actual.roles.here() else { return };
    for (name, (team, scopes)) in view.declared.roles() {
        let subject = format!("role {name}");
        let mut tell = |class, level, what: String, permits: &str| {
            found.add(Told::new(class, level, subject.clone(), what).permits(permits).mend(APPLY));
        };
        let Some(role) = there.iter().find(|role| role.name == name) else {
            let what = format!("the role `{name}` of the team `{team}` is not there");
            tell(Class::Missing, Level::Low, what, "the team reads nothing, and its report is not whole");
            continue;
        };
        let wanted: BTreeSet<&str> = scopes.iter().map(String::as_str).collect();
        match granted(&role.details) {
            None => {
                let what = format!("the role `{name}` is of another form than was declared");
                tell(Class::Widened, Level::High, what, "it may grant anything");
            }
            Some(granted) => {
                let more: Vec<&str> = granted.difference(&wanted).copied().collect();
                if !more.is_empty() {
                    let what = format!("the role `{name}` grants {}, which nobody declared", listed(more));
                    tell(Class::Widened, Level::High, what, "the team does that, all over the organization");
                }
                let less: Vec<&str> = wanted.difference(&granted).copied().collect();
                if !less.is_empty() {
                    let what = format!("the role `{name}` does not grant {}", listed(less));
                    tell(Class::Narrowed, Level::Low, what, "the team's report is not whole");
                }
            }
        }
        let team_there = view.actual.teams.here().and_then(|teams| teams.get(team));
        let has = team_there.and_then(|team| team.roles.here()).map(|roles| roles.contains(&role.id));
        if has == Some(false) {
            let what = format!("the team `{team}` does not have its role `{name}`");
            tell(Class::Missing, Level::Low, what, "the team reads nothing, and its report is not whole");
        }
    }
}

/// The scopes of a role that allows some everywhere, and is nothing else.
fn granted(details: &Value) -> Option<BTreeSet<&str>> {
    if details.get("__type")?.as_str()? != "PermissionDescriptorAllow" {
        return None;
    }
    details.get("permissions")?.as_array()?.iter().map(Value::as_str).collect()
}
