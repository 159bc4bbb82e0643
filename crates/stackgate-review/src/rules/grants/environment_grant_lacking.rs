//! A team may do to an ESC environment what was declared, and no less.
//!
//! A stack that imports an environment which its pipeline may not open fails in every preview and every deploy.
//!
//! Instead: apply the access program, or take the grant out of the spec.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "environments": []}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "environments": [
//!   {"projectName": "app", "envName": "production", "permission": "open", "maxOpenDuration": "1h0m0s"}]}]}}
//! ```

use stackgate_cloud::EnvironmentLevel;
use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::View;
use crate::words::{can_environment, environment_level, of_environment};

pub(crate) static RULE: ReviewRule = ReviewRule {
    id: "environment-grant-lacking",
    group: Group::Grants,
    text: include_str!("environment_grant_lacking.rs"),
    check,
};

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        let Some(there) = team.environments.here() else { continue };
        for (environment, grant) in &declared.environments {
            let wanted = environment_level(Some(grant.permission));
            let level = there.get(environment).map_or(&EnvironmentLevel::None, |grant| &grant.level);
            if *level >= wanted {
                continue;
            }
            let (word, has) = (of_environment(&wanted), of_environment(level));
            let class = if *level == EnvironmentLevel::None { Class::Missing } else { Class::Narrowed };
            let what = format!("the team `{name}` has `{has}` on the environment `{environment}`, not `{word}`");
            found.add(
                Told::new(class, Level::Low, format!("team {name}"), what)
                    .permits(format!("what it was granted for fails: it no longer {}", can_environment(&wanted)))
                    .mend(format!("{APPLY}, or take the grant out of the spec"))
                    .facts(word, has),
            );
        }
    }
}
