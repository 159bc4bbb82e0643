//! An opened environment closes when it was declared to.
//!
//! What a pipeline opens is to end with the token that opened it. With a longer limit, or none, credentials that leaked
//! from a job are good for longer than the job.
//!
//! Instead: apply the access program.
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "environments": [
//!   {"projectName": "app", "envName": "production", "permission": "open", "maxOpenDuration": "24h"}]}]}}
//! ```
//!
//! ```json actual bad
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "environments": [
//!   {"projectName": "app", "envName": "production", "permission": "open"}]}]}}
//! ```
//!
//! ```json actual good
//! {"path": "/api/orgs/acme/teams", "body": {"teams": [{"name": "app-production", "environments": [
//!   {"projectName": "app", "envName": "production", "permission": "open", "maxOpenDuration": "60m"}]}]}}
//! ```

use stackgate_report::Level;

use crate::difference::{Class, Told};
use crate::duration::{seconds, shown};
use crate::mend::APPLY;
use crate::rule::{Differences, Group, ReviewRule};
use crate::view::{View, environments_of};

pub(crate) static RULE: ReviewRule =
    ReviewRule { id: "open-duration", group: Group::Grants, text: include_str!("open_duration.rs"), check };

fn check(view: &View<'_>, found: &mut Differences) {
    for (name, declared, team) in view.both_teams() {
        for (environment, grant) in environments_of(team) {
            let Some(wanted) = declared.environments.get(environment) else { continue };
            let wanted = wanted.max_open_minutes.map(|minutes| u64::from(minutes) * 60);
            // Nothing, and nothing but zeros, is no limit.
            let given = grant.max_open_duration.as_deref().filter(|text| !text.is_empty());
            let read = given.map(|text| (text, seconds(text)));
            let actual = match read {
                Some((text, None)) => {
                    let what = format!(
                        "the team `{name}` may keep `{environment}` open for `{text}`, which is no length of time"
                    );
                    found.add(
                        Told::new(Class::Unknown, Level::Medium, format!("team {name}"), what)
                            .permits("how long it stays open is not known")
                            .mend(APPLY),
                    );
                    continue;
                }
                Some((_, seconds)) => seconds.filter(|seconds| *seconds > 0),
                None => None,
            };
            let longer = match (wanted, actual) {
                (Some(wanted), Some(actual)) if wanted == actual => continue,
                (None, None) => continue,
                (Some(wanted), Some(actual)) => actual > wanted,
                (wanted, _) => wanted.is_some(),
            };
            let word = |length: Option<u64>| length.map_or_else(|| "no limit".to_owned(), shown);
            let (class, level, permits) = match (longer, view.opens_production(environment)) {
                (true, true) => {
                    (Class::Widened, Level::Medium, "what leaks from a job is good for longer than the job")
                }
                (true, false) => (Class::Widened, Level::Low, "what leaks from a job is good for longer than the job"),
                (false, _) => (Class::Narrowed, Level::Low, "a long deploy may find it closed before its end"),
            };
            let what =
                format!("the team `{name}` may keep `{environment}` open for {}, not {}", word(actual), word(wanted));
            found.add(
                Told::new(class, level, format!("team {name}"), what)
                    .permits(permits)
                    .mend(APPLY)
                    .facts(word(wanted), word(actual)),
            );
        }
    }
}
