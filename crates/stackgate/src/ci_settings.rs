//! Which CI systems' own settings an organization's access program holds, and who approves there.
//!
//! What must hold: a system that is held is one that some repository uses; where anything waits for an approval, somebody can
//! give it. Deliberately absent: whether the ids exist, which only the system knows.

use std::collections::BTreeSet;

use stackgate_access::{CiOptions, Fragment, GitHubReviewers, GitLabApprovers};
use stackgate_diagnostic::{Diagnostic, Span};
use stackgate_spec::{CiSystems, GitHubSettings};
use stackgate_yaml::Located;

use crate::rules::{CI_APPROVERS, CI_UNUSED};

/// GitHub takes six reviewers of an environment (GitHub's documentation of environments).
const MOST_ON_GITHUB: usize = 6;
/// Far above what somebody writes.
const MOST_ON_AZURE: usize = 50;

/// What the spec says, with what is wrong with it beside the settings that the repositories ask for.
pub(crate) fn options(systems: &CiSystems, fragment: &Fragment) -> (CiOptions, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let given = [
        ("github", systems.github.as_ref().map(|system| system.span)),
        ("gitlab", systems.gitlab.as_ref().map(|system| system.span)),
        ("azure", systems.azure.as_ref().map(|system| system.span)),
    ];
    for (provider, span) in given.into_iter().filter_map(|(provider, span)| Some((provider, span?))) {
        if fragment.ci.iter().all(|settings| settings.provider != provider) {
            let message = format!("no repository has settings on `{provider}` that the program could hold");
            let help = "leave the system out, or add the repository; a fragment must be of this version of stackgate";
            found.push(Diagnostic::error(&CI_UNUSED, span, message).help(help));
        }
    }
    let waits = |provider: &str| {
        let mut own = fragment.ci.iter().filter(|settings| settings.provider == provider);
        own.any(|settings| settings.environments.iter().any(|environment| environment.approval))
    };
    let github = systems.github.as_ref().map(|system| github(system, waits("github"), &mut found));
    let gitlab = systems.gitlab.as_ref().map(|system| {
        let group = system.approver_group.as_ref();
        numbers(group.into_iter(), &mut found);
        GitLabApprovers { group: group.map(|group| group.value) }
    });
    let azure = systems.azure.as_ref().map(|system| {
        let approvers = system.approvers.as_deref().unwrap_or_default();
        count(approvers.len(), MOST_ON_AZURE, waits("azure"), system.span, "`approvers: [ID]`", &mut found);
        each_once(approvers.iter().map(|id| (id.to_string(), id.span)), &mut found);
        approvers.iter().map(ToString::to_string).collect()
    });
    (CiOptions { github, gitlab, azure }, found)
}

fn github(system: &GitHubSettings, waits: bool, found: &mut Vec<Diagnostic>) -> GitHubReviewers {
    let (teams, users) = (system.reviewer_teams.as_deref(), system.reviewer_users.as_deref());
    let (teams, users) = (teams.unwrap_or_default(), users.unwrap_or_default());
    count(teams.len() + users.len(), MOST_ON_GITHUB, waits, system.span, "`reviewer_teams: [NUMBER]`", found);
    let values = |all: &[Located<u64>]| all.iter().map(|id| id.value).collect::<Vec<u64>>();
    for all in [teams, users] {
        numbers(all.iter(), found);
        each_once(all.iter().map(|id| (id.value.to_string(), id.span)), found);
    }
    GitHubReviewers { teams: values(teams), users: values(users) }
}

fn refuse(found: &mut Vec<Diagnostic>, span: Span, message: impl Into<String>, help: impl Into<String>) {
    found.push(Diagnostic::error(&CI_APPROVERS, span, message).help(help));
}

fn count(count: usize, most: usize, waits: bool, span: Span, what: &str, found: &mut Vec<Diagnostic>) {
    if count == 0 && waits {
        refuse(found, span, "nobody is named who could approve a deploy to production", format!("write {what}"));
    }
    if count > most {
        let help = "make them a team or a group of the system, and name that";
        refuse(found, span, format!("there are {count} approvers, more than {most}"), help);
    }
}

fn numbers<'a>(all: impl Iterator<Item = &'a Located<u64>>, found: &mut Vec<Diagnostic>) {
    for id in all.filter(|id| id.value == 0) {
        refuse(found, id.span, "0 is nobody's number", "write the number that the system's API shows as `id`");
    }
}

fn each_once(all: impl Iterator<Item = (String, Span)>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for (id, span) in all {
        if !seen.insert(id.clone()) {
            refuse(found, span, format!("`{id}` is named twice"), "name each once");
        }
    }
}
