//! Every permission is of a kind that is known.
//!
//! Pulumi Cloud may come to know permissions that this version of stackgate does not. One of them may do anything; it is
//! told as unknown, and is never taken for a lesser one.
//!
//! Instead: look at the grant in the console, and use a newer stackgate.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "stacks": [
//!   {"projectName": "app", "stackName": "dev", "permission": 105}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "stacks": [
//!   {"projectName": "app", "stackName": "dev", "permission": 101}]}]}}
//! ```

use stackgate_cloud::{EnvironmentLevel, StackLevel};
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, environments_of, stacks_of};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "permission-unknown", group: Group::Grants, text: include_str!("permission_unknown.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    let mut told = |whose: &str, on: &str, word: &str, production: bool| {
        let level = if production { Level::High } else { Level::Medium };
        found.add(
            Told::new(
                Class::Unknown,
                level,
                whose,
                format!("{whose} has `{word}` on {on}, which this version of stackgate does not know"),
            )
            .permits("it may do anything")
            .mend(format!("look at it in the console, or {APPLY}"))
            .facts(None, word.to_owned()),
        );
    };
    if let Some(defaults) = view.defaults() {
        if let StackLevel::Other(word) = &defaults.stacks {
            told("organization", "every stack by default", word, true);
        }
        if let EnvironmentLevel::Other(word) = &defaults.environments {
            told("organization", "every environment by default", word, true);
        }
    }
    for (name, _, team) in view.teams() {
        let whose = format!("team {name}");
        for (stack, level) in stacks_of(team) {
            if let StackLevel::Other(word) = level {
                told(&whose, &format!("`{stack}`"), word, view.is_production(stack));
            }
        }
        for (environment, grant) in environments_of(team) {
            if let EnvironmentLevel::Other(word) = &grant.level {
                told(&whose, &format!("the environment `{environment}`"), word, view.opens_production(environment));
            }
        }
    }
}
