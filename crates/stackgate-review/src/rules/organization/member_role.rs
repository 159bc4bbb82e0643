//! No member has a custom role that nobody declared.
//!
//! A custom role can grant anything: stacks, environments, the policies that say which CI job gets which token. Grants add
//! up and nothing revokes them, so that a role on one person is worth as much as all teams. The spec declares teams alone,
//! so that every custom role of a member is told.
//!
//! Instead: give the person back the built-in role Member, and let a team say what he may do.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/members?type=frontend", "body": {"members": [
//!   {"role": "member", "user": {"githubLogin": "ada"}, "fgaRole": {"name": "stack-keeper"}, "virtualAdmin": false}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/members?type=frontend", "body": {"members": [
//!   {"role": "member", "user": {"githubLogin": "ada"}, "fgaRole": {"name": "Member"}, "virtualAdmin": false}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "member-role", group: Group::Organization, text: include_str!("member_role.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (login, member) in view.members() {
        let Some(role) = &member.custom_role else { continue };
        found.add(
            Told::new(
                Class::NotDeclared,
                Level::Medium,
                format!("member {login}"),
                format!("the member `{login}` has the custom role `{role}`"),
            )
            .permits("a role can grant anything, and this one stands in no spec")
            .mend("give him the built-in role Member in the console, under Access management > Members")
            .facts(None, role.clone()),
        );
    }
}
