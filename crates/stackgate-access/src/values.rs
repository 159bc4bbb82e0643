//! What a value of a fragment may be, so that it is inert wherever a rendering puts it.
//!
//! What must hold: a fragment that passes holds names of the characters that Pulumi Cloud takes, URLs of https, and texts of
//! one line without anything invisible. Each rendering escapes besides. Deliberately absent: the checks of a spec, which
//! are finer and have places.

use std::io;

use stackgate_diagnostic::{is_invisible, quote};
use stackgate_plan::{Deployments, TrustClass};
use stackgate_provider::{CiEnvironmentKind, CiSettings, fault_of_key_set, yaml_scalar};

use crate::fragment::{Fragment, TeamKind};
use crate::json::FragmentError;
use crate::scopes;

/// The longest name that is taken.
const LONGEST: usize = 100;

/// Checks every value of a fragment.
pub(crate) fn check(fragment: &Fragment) -> Result<(), FragmentError> {
    need(is_name(&fragment.organization, "_-"), "/organization", "an organization's name", &fragment.organization)?;
    need(
        is_base_url(&fragment.cloud_url),
        "/cloud_url",
        "an https URL without a slash at its end",
        &fragment.cloud_url,
    )?;
    text("/source", &fragment.source)?;
    for (url, issuer) in &fragment.issuers {
        let at = format!("/issuers/{}", escaped(url));
        // Compose says more about a URL that is not https; here it only must not be anything else than a URL.
        need(is_url(url), &at, "a URL", url)?;
        text(&format!("{at}/name"), &issuer.name)?;
        if let Some(fault) = issuer.jwks.as_ref().and_then(fault_of_key_set) {
            return Err(FragmentError::at(format!("{at}/jwks"), fault));
        }
        for (index, policy) in issuer.policies.iter().enumerate() {
            let at = format!("{at}/policies/{index}");
            let named = [&policy.team_name, &policy.user_login, &policy.runner_id, &policy.role_id];
            named.into_iter().flatten().try_for_each(|name| text(&at, name))?;
            for (claim, pattern) in &policy.rules {
                text(&format!("{at}/rules"), claim)?;
                text(&format!("{at}/rules/{}", escaped(claim)), pattern)?;
            }
        }
    }
    for (stack, entry) in &fragment.stacks {
        let at = format!("/stacks/{}", escaped(stack));
        need(is_pair(stack), &at, "`project/stack`", stack)?;
        entry.esc.iter().try_for_each(|esc| need(is_pair(esc), &format!("{at}/esc"), "`project/name`", esc))?;
    }
    for (name, team) in &fragment.teams {
        let at = format!("/teams/{}", escaped(name));
        need(is_name(name, "_-"), &at, "a team's name", name)?;
        text(&format!("{at}/description"), &team.description)?;
        for member in team.members.iter().flatten() {
            need(is_name(member, "_.-"), &format!("{at}/members"), "a user name", member)?;
        }
        let auditor = team.kind == TeamKind::Pipeline && team.class == Some(TrustClass::Audit);
        for scope in &team.scopes {
            need(auditor && scopes::is_audit(scope), &format!("{at}/scopes"), "a scope of an auditor", scope)?;
        }
        if team.class == Some(TrustClass::Audit) && !(team.stacks.is_empty() && team.environments.is_empty()) {
            return Err(FragmentError::at(at, "an auditor has no permission on stacks and environments"));
        }
        for stack in team.stacks.keys() {
            need(is_pair(stack), &format!("{at}/stacks"), "`project/stack`", stack)?;
        }
        for environment in team.environments.keys() {
            need(is_pair(environment), &format!("{at}/environments"), "`project/name`", environment)?;
        }
    }
    for (index, settings) in fragment.deployments.iter().enumerate() {
        deployments(&format!("/deployments/{index}"), settings)?;
    }
    for (index, settings) in fragment.ci.iter().enumerate() {
        ci(&format!("/ci/{index}"), settings)?;
    }
    fragment.residual.iter().try_for_each(|sentence| text("/residual", sentence))
}

/// What goes into names of resources and into the providers' own addresses.
fn ci(at: &str, settings: &CiSettings) -> Result<(), FragmentError> {
    need(["github", "gitlab", "azure"].contains(&settings.provider.as_str()), at, "a system", &settings.provider)?;
    need(is_base_url(&settings.url), &format!("{at}/url"), "an https URL without a slash at its end", &settings.url)?;
    let path = |text: &str| {
        !text.is_empty() && text.len() <= 300 && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
    };
    need(path(&settings.project), &format!("{at}/project"), "a project", &settings.project)?;
    need(settings.provider != "github" || is_pair(&settings.project), at, "`owner/name`", &settings.project)?;
    need(path(&settings.branch), &format!("{at}/branch"), "a branch", &settings.branch)?;
    if let Some(protection) = &settings.protection {
        need(path(&protection.repository), &format!("{at}/protection"), "a repository", &protection.repository)?;
        let definition = |check: &String| settings.provider != "azure" || check.parse::<u64>().is_ok();
        let check = protection.check.as_ref().filter(|check| !definition(check));
        need(check.is_none(), &format!("{at}/protection/check"), "a number", check.map_or("", |check| check))?;
    }
    for environment in &settings.environments {
        let at = format!("{at}/environments/{}", escaped(&environment.name));
        let legal = |c: char| c.is_ascii_alphanumeric() || " _.-()/".contains(c);
        need(environment.name.len() <= 255 && environment.name.chars().all(legal), &at, "a name", &environment.name)?;
        let id = environment.id.as_deref().unwrap_or_default();
        let there = environment.kind == CiEnvironmentKind::Connection;
        need(there != id.is_empty() && path(&format!("x{id}")), &at, "what has an id where it is there already", id)?;
    }
    let value = serde_json::to_value(settings).map_err(|error| FragmentError::at(at, error.to_string()))?;
    walk(at, &value)
}

/// Names by their characters, and every text by one walk, whatever the type holds.
fn deployments(at: &str, settings: &Deployments) -> Result<(), FragmentError> {
    let reference = format!("{}/{}", settings.project, settings.stack);
    need(is_pair(&reference), at, "`project` and `stack`", &reference)?;
    const VCS: [&str; 5] = ["github", "gitlab", "azure_devops", "bitbucket", "custom"];
    need(
        VCS.contains(&settings.source.vcs.as_str()),
        &format!("{at}/source/vcs"),
        "an integration",
        &settings.source.vcs,
    )?;
    const OPERATIONS: [&str; 4] = ["update", "preview", "refresh", "destroy"];
    for schedule in &settings.schedules {
        let at = format!("{at}/schedules");
        need(OPERATIONS.contains(&schedule.operation.as_str()), &at, "an operation", &schedule.operation)?;
        if schedule.cron.is_some() == schedule.at.is_some() {
            return Err(FragmentError::at(at, "a schedule has either `cron` or `at`"));
        }
    }
    let value = serde_json::to_value(settings).map_err(|error| FragmentError::at(at, error.to_string()))?;
    walk(at, &value)
}

fn walk(at: &str, value: &serde_json::Value) -> Result<(), FragmentError> {
    match value {
        serde_json::Value::String(value) => text(at, value),
        serde_json::Value::Array(items) => items.iter().try_for_each(|item| walk(at, item)),
        serde_json::Value::Object(entries) => {
            entries.iter().try_for_each(|(key, value)| walk(&format!("{at}/{}", escaped(key)), value))
        }
        _ => Ok(()),
    }
}

fn need(holds: bool, at: &str, what: &str, value: &str) -> Result<(), FragmentError> {
    if holds { Ok(()) } else { Err(FragmentError::at(at, format!("{} is not {what}", quote(value)))) }
}

/// One line that shows what it is, and opens no expression.
fn text(at: &str, value: &str) -> Result<(), FragmentError> {
    if value.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(FragmentError::at(at, "the text holds a line break or a character that nobody sees"));
    }
    let fault = |error: io::Error| FragmentError::at(at, error.to_string());
    yaml_scalar(value, &mut io::sink()).map_err(fault)
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn is_name(text: &str, more: &str) -> bool {
    text.len() <= LONGEST
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

/// `one/other`, in the characters of Pulumi's names.
pub(crate) fn is_pair(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= LONGEST
            && !matches!(part, "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    text.split_once('/').is_some_and(|(one, other)| part(one) && part(other))
}

/// A URL in characters that need no escape anywhere.
fn is_url(text: &str) -> bool {
    text.len() <= 500
        && text.contains("://")
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-~:/%".contains(c))
}

/// An https URL to which a path can be put, without query, user or fragment.
fn is_base_url(text: &str) -> bool {
    let host = text.strip_prefix("https://");
    is_url(text)
        && !text.ends_with('/')
        && host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric()) && !host.contains("::"))
}
