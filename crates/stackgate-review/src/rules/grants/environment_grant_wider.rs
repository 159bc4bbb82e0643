//! A team may do to an ESC environment what was declared, and no more.
//!
//! Whoever opens an environment has its secrets and its cloud credentials. Whoever may write one decides what every
//! pipeline gets that opens it, so that write on production's environment is a deploy to production by another way.
//!
//! Instead: apply the access program, or declare the grant.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "environments": [
//!   {"projectName": "app", "envName": "production", "permission": "open"}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-preview", "environments": []}]}}
//! ```

use serde_json::json;
use stackgate_cloud::EnvironmentLevel;

use crate::difference::{Class, Told};
use crate::mend::{ADOPT, APPLY};
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, environments_of};
use crate::words::{can_environment, environment_level, of_environment};

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "environment-grant-wider",
    group: Group::Grants,
    text: include_str!("environment_grant_wider.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        for (environment, grant) in environments_of(team) {
            let wanted = environment_level(declared.environments.get(environment).map(|grant| grant.permission));
            if grant.level <= wanted || matches!(grant.level, EnvironmentLevel::Other(_)) {
                continue;
            }
            let word = of_environment(&grant.level);
            let (project, own) = environment.split_once('/').unwrap_or(("default", environment));
            let (class, what, mend) = if wanted == EnvironmentLevel::None {
                let body = json!({ "removeEnvironment": { "projectName": project, "envName": own } });
                let what =
                    format!("the team `{name}` has `{word}` on the environment `{environment}`, which nobody declared");
                (Class::NotDeclared, what, format!("{}, {ADOPT}", view.commands.team(name, &body)))
            } else {
                let wanted = of_environment(&wanted);
                let what = format!("the team `{name}` has `{word}` on the environment `{environment}`, not `{wanted}`");
                (Class::Widened, what, APPLY.to_owned())
            };
            let level = view.worth_of_environment(environment, &grant.level);
            found.add(
                Told::new(class, level, format!("team {name}"), what)
                    .permits(format!("it {}", can_environment(&grant.level)))
                    .mend(mend)
                    .facts(of_environment(&wanted), word),
            );
        }
    }
}
