//! How much a spec may hold of anything that it can repeat.
//!
//! What must hold: whatever can be repeated has a limit here, in the shape of its name, or in the characters of its text;
//! `snapshots/limits/` has a case at each and past it. All of them lie far above what a person writes.

use stackgate_diagnostic::Limit;

use crate::keep::Key;
use crate::rules::{ILLEGAL_NAME, ILLEGAL_PATH, ILLEGAL_TEXT, TOO_MANY};
use crate::scalars::Minutes;
use crate::{access, pins, project, shape, spec, values};

/// Stacks of all projects together.
pub(crate) const STACKS: Limit = Limit::new("stacks of a spec", 1000, &TOO_MANY);
/// Steps before the token.
pub(crate) const PREPARE: Limit = Limit::new("prepare steps of a project or of `defaults`", 20, &TOO_MANY);
/// Path filters.
pub(crate) const PATHS: Limit = Limit::new("path filters of a project", 100, &TOO_MANY);
/// What a stack waits for.
pub(crate) const AFTER: Limit = Limit::new("stacks in an `after`", 100, &TOO_MANY);
/// ESC environments.
pub(crate) const ESC: Limit = Limit::new("ESC environments of a stack", 50, &TOO_MANY);
/// Commands before a deployment.
pub(crate) const PRE_RUN: Limit = Limit::new("commands before a deployment", 20, &TOO_MANY);
/// Operations at set times.
pub(crate) const SCHEDULES: Limit = Limit::new("schedules of a stack", 20, &TOO_MANY);
/// AWS takes no more than these.
pub(crate) const POLICIES: Limit = Limit::new("policies that narrow a session of AWS", 10, &TOO_MANY);
/// Waivers.
pub(crate) const WAIVERS: Limit = Limit::new("waivers", 100, &TOO_MANY);
/// People of a team.
pub(crate) const MEMBERS: Limit = Limit::new("members of a team", 500, &TOO_MANY);

/// Every limit of the spec, for the page that states them.
#[must_use]
pub fn limits() -> Vec<Limit> {
    let minutes = Minutes::MOST.0 as usize;
    vec![
        Limit::new("projects", spec::ProjectKey::COUNT.1, &TOO_MANY),
        Limit::new("stacks of a project", project::StackKey::COUNT.1, &TOO_MANY),
        STACKS,
        PREPARE,
        PATHS,
        AFTER,
        ESC,
        PRE_RUN,
        SCHEDULES,
        POLICIES,
        Limit::new("jobs", spec::JobKey::COUNT.1, &TOO_MANY),
        WAIVERS,
        Limit::new("teams of people", access::TeamKey::COUNT.1, &TOO_MANY),
        MEMBERS,
        Limit::new("permissions of a team on stacks", access::StackReferenceKey::COUNT.1, &TOO_MANY),
        Limit::new("permissions of a team on ESC environments", access::EscKey::COUNT.1, &TOO_MANY),
        Limit::new("pinned releases of the CLI", pins::ReleaseKey::COUNT.1, &TOO_MANY),
        Limit::new("pinned actions", pins::ActionKey::COUNT.1, &TOO_MANY),
        Limit::new("pinned images", pins::RuntimeKey::COUNT.1, &TOO_MANY),
        Limit::new("characters of an organization's name", shape::ORGANIZATION.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a project's name", shape::PROJECT.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a stack's name", shape::STACK.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a stack's own `name`", shape::BASE_NAME.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a team's name", shape::TEAM.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a CI environment's name", shape::ENVIRONMENT.longest(), &ILLEGAL_NAME),
        Limit::new("characters of each part of an ESC environment's name", shape::ESC.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a job's id", shape::JOB.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a branch", shape::BRANCH.longest(), &ILLEGAL_NAME),
        Limit::new("characters of a directory", shape::DIRECTORY.longest(), &ILLEGAL_PATH),
        Limit::new("characters of a path filter", shape::PATH_GLOB.longest(), &ILLEGAL_PATH),
        Limit::new("characters of a repository's name", crate::identity::LONGEST, &ILLEGAL_NAME),
        Limit::new("characters of a step's name", values::MOST_LABEL, &ILLEGAL_TEXT),
        Limit::new("characters of a description or a reason", values::MOST_SENTENCE, &ILLEGAL_TEXT),
        Limit::new("bytes of a script", values::MOST_SCRIPT, &ILLEGAL_TEXT),
        Limit::new("minutes of a time limit or of a token's life", minutes, &crate::rules::MALFORMED_DURATION),
    ]
}
