//! Whoever is an administrator of the organization is told.
//!
//! An administrator reads and deploys every stack, opens every environment, and says whom the organization trusts. The spec
//! does not declare administrators beside whoever applies the access program, so that this is a notice and fails nothing;
//! each one has a finding of his own, so that a new one is seen in a list that somebody knows.
//!
//! Instead: keep two or three, with a second factor, and apply the access program with one that does nothing else.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/members?type=frontend", "body": {"members": [
//!   {"role": "admin", "user": {"githubLogin": "eve"}, "virtualAdmin": false}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/members?type=frontend", "body": {"members": [
//!   {"role": "member", "user": {"githubLogin": "eve"}, "virtualAdmin": false}]}}
//! ```

use serde_json::json;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "organization-admin",
    group: Group::Organization,
    text: include_str!("organization_admin.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (login, member) in view.members().filter(|(login, _)| !view.declared.operators.contains(*login)) {
        let what = match (member.role.as_str(), member.virtual_admin) {
            ("admin", _) => format!("`{login}` is an administrator of the organization"),
            (_, true) => format!("`{login}` is an administrator through the system that backs the organization"),
            _ => continue,
        };
        found.add(
            Told::new(Class::NotDeclared, Level::Notice, format!("member {login}"), what)
                .permits("he does everything here, and says whom the organization trusts")
                .mend(format!(
                    "nothing, if he should; otherwise {}",
                    view.commands.org("PATCH", &["members", login], Some(&json!({ "role": "member" })))
                )),
        );
    }
}
