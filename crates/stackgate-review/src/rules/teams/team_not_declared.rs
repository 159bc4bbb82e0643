//! Every team that is there was declared.
//!
//! A team that nobody declared was made by hand. What it may do is reviewed by nobody, and a policy may hand out its token.
//! The finding weighs as much as the most that the team may do.
//!
//! Instead: delete the team, or declare it under `access: { teams: … }` in the organization's spec;
//! `stackgate review --adopt` writes the entry.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [
//!   {"name": "friends", "displayName": "friends", "kind": "pulumi", "members": [], "roleIds": [], "environments": [],
//!    "stacks": [{"projectName": "app", "stackName": "production", "permission": 102}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "operators", "displayName": "Operators of acme"}]}}
//! ```

use stackgate_cloud::{EnvironmentLevel, StackLevel, Team};
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::ADOPT;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, environments_of, roles_of, stacks_of};
use crate::words::{listed, of_environment, of_stack};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "team-not-declared", group: Group::Teams, text: include_str!("team_not_declared.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.teams() {
        if declared.is_some() {
            continue;
        }
        let members = match team.members.here() {
            None => "whose members could not be read".to_owned(),
            Some(members) if members.is_empty() => "without members".to_owned(),
            Some(members) => format!("with {}", listed(members.keys().map(String::as_str))),
        };
        let (may, all) = may(view, team);
        found.add(
            Told::new(
                Class::NotDeclared,
                view.worth(team).max(Level::Low),
                format!("team {name}"),
                format!("nobody declared the team `{name}`, {members}"),
            )
            .permits(may)
            .mend(format!("{}, {ADOPT}", view.commands.org("DELETE", &["teams", name], None)))
            // Another member or another grant is another finding.
            .key(all),
        );
    }
}

/// What it may do, for people, and the whole of it.
fn may(view: &View<'_>, team: &Team) -> (String, String) {
    let mut grants: Vec<(bool, String)> = Vec::new();
    for (stack, level) in stacks_of(team).filter(|(_, level)| **level != StackLevel::None) {
        grants.push((!view.is_production(stack), format!("{} on {stack}", of_stack(level))));
    }
    for (name, grant) in environments_of(team).filter(|(_, grant)| grant.level != EnvironmentLevel::None) {
        grants.push((!view.opens_production(name), format!("{} on {name}", of_environment(&grant.level))));
    }
    for role in roles_of(team) {
        grants.push((false, format!("whatever the role {} grants", view.role_name(role))));
    }
    // What reaches production is said first.
    grants.sort();
    let members =
        team.members.here().map_or_else(String::new, |members| members.keys().cloned().collect::<Vec<_>>().join(","));
    let all: Vec<&str> = grants.iter().map(|(_, grant)| grant.as_str()).collect();
    let key = format!("{members} {}", all.join(","));
    if grants.is_empty() {
        return ("it may do nothing yet; whatever it is granted, nobody reviews".to_owned(), key);
    }
    let production: Vec<&str> = grants.iter().filter(|(low, _)| !low).map(|(_, grant)| grant.as_str()).collect();
    let most = if production.is_empty() { all } else { production };
    (format!("it has {}", listed(most)), key)
}
