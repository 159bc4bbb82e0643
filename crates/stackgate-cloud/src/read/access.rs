//! Teams with what they may do, roles, and long-lived tokens.
//!
//! Source: `Team`, `AccessToken` and `PermissionDescriptorRecord` of Pulumi Cloud's OpenAPI document.

use indexmap::IndexMap;

use super::ask::{List, ask, each, known, one, pages, unknown};
use super::field::{At, Fault};
use super::{Progress, put, sorted};
use crate::actual::{ApiToken, EnvironmentLevel, Grant, Known, Refusal, Role, StackLevel, Team, TeamKind, Unknown};
use crate::api::Api;
use crate::{path, secret};

/// Keys that the list of teams may leave out, and that the team's own answer then tells.
const DETAILS: [&str; 4] = ["members", "stacks", "environments", "roleIds"];

pub(super) fn teams(api: &dyn Api, org: &str, progress: &mut dyn Progress) -> Result<IndexMap<String, Team>, Unknown> {
    let path = path::teams(org);
    let mut names = IndexMap::new();
    let mut lacking = Vec::new();
    pages(api, &List { path: &path, token: "continuationToken" }, |page| {
        for at in page.list("teams")? {
            let name = at.name("name")?;
            if DETAILS.iter().any(|key| at.value().get(key).is_none()) {
                lacking.push(name.clone());
            }
            put(&mut names, &at, name, team(&at, &at, &path)?)?;
        }
        Ok(())
    })?;
    progress.at("teams", 0, names.len());
    let all: Vec<(String, Team, bool)> =
        names.into_iter().map(|(name, team)| (name.clone(), team, lacking.contains(&name))).collect();
    let full = each(
        &all,
        |(name, listed, lacking)| {
            let mut team = if *lacking { detailed(api, org, name, listed) } else { listed.clone() };
            team.tokens = known(tokens(api, &path::team_tokens(org, name)));
            (name.clone(), team)
        },
        |done| progress.at("teams", done, all.len()),
    );
    Ok(sorted(full.into_iter().collect()))
}

/// The team by its own answer; what the list told where there is none is not enough, and unknown.
fn detailed(api: &dyn Api, org: &str, name: &str, listed: &Team) -> Team {
    let path = path::team(org, name);
    let answer = ask(api, &path).and_then(|answer| {
        let at = At::top(&answer.body);
        let own = at.name("name").and_then(|own| match own == name {
            true => team(&at, &at, &path),
            false => Err(at.fault("is about another team")),
        });
        own.map_err(|Fault(message)| unknown(&path, Refusal::Broken, &message))
    });
    match answer {
        Ok(team) => team,
        Err(why) => Team {
            members: Known::Unknown(why.clone()),
            stacks: Known::Unknown(why.clone()),
            environments: Known::Unknown(why.clone()),
            roles: Known::Unknown(why),
            ..listed.clone()
        },
    }
}

/// A team; its lists are empty where they are left out, as the server does with empty ones.
fn team(at: &At, top: &At, path: &str) -> Result<Team, Fault> {
    let kind = match at.get("kind")?.text()? {
        "pulumi" => TeamKind::Pulumi,
        "github" => TeamKind::GitHub,
        "scim" => TeamKind::Scim,
        other => TeamKind::Other(other.to_owned()),
    };
    let part = |Fault(message): Fault| unknown(path, Refusal::Broken, &message);
    let members = match at.opt_text("listMembersError")? {
        Some(error) => Err(top.fault(&format!("does not tell the members: {error}"))),
        None => members(at),
    };
    Ok(Team {
        kind,
        description: at.opt_text("description")?.unwrap_or_default(),
        members: known(members.map_err(part)),
        stacks: known(stacks(at).map_err(part)),
        environments: known(environments(at).map_err(part)),
        roles: known(roles_of(at).map_err(part)),
        tokens: Known::Unknown(unknown(path, Refusal::Stopped, "it was not asked yet")),
    })
}

fn members(at: &At) -> Result<IndexMap<String, String>, Fault> {
    let mut members = IndexMap::new();
    for one in at.opt_list("members")?.unwrap_or_default() {
        put(&mut members, &one, one.name("githubLogin")?, one.name("role")?)?;
    }
    Ok(sorted(members))
}

fn stacks(at: &At) -> Result<IndexMap<String, StackLevel>, Fault> {
    let mut stacks = IndexMap::new();
    for one in at.opt_list("stacks")?.unwrap_or_default() {
        let name = format!("{}/{}", one.name("projectName")?, one.name("stackName")?);
        let level = stack_level(&one.get("permission")?)?;
        let level = match one.opt_text("permissionSetName")? {
            Some(set) if !stack_set(&level).contains(&letters(&set).as_str()) => StackLevel::Other(set),
            _ => level,
        };
        // Several on one stack add up.
        let there = stacks.entry(name).or_insert_with(|| level.clone());
        *there = level.max(there.clone());
    }
    Ok(sorted(stacks))
}

fn environments(at: &At) -> Result<IndexMap<String, Grant>, Fault> {
    let mut environments: IndexMap<String, Grant> = IndexMap::new();
    for one in at.opt_list("environments")?.unwrap_or_default() {
        let name = format!("{}/{}", one.name("projectName")?, one.name("envName")?);
        let level = environment_level(&one.get("permission")?)?;
        let level = match one.opt_text("permissionSetName")? {
            Some(set) if !environment_set(&level).contains(&letters(&set).as_str()) => EnvironmentLevel::Other(set),
            _ => level,
        };
        let grant = Grant { level, max_open_duration: one.opt_text("maxOpenDuration")? };
        put(&mut environments, &one, name, grant)?;
    }
    Ok(sorted(environments))
}

fn roles_of(at: &At) -> Result<Vec<String>, Fault> {
    let mut roles = Vec::new();
    for one in at.opt_list("roleIds")?.unwrap_or_default() {
        roles.push(one.text()?.to_owned());
    }
    roles.sort_unstable();
    Ok(roles)
}

/// A permission on a stack, by its number.
pub(super) fn stack_level(at: &At) -> Result<StackLevel, Fault> {
    Ok(match at.int()? {
        0 => StackLevel::None,
        101 => StackLevel::Read,
        102 => StackLevel::Write,
        103 => StackLevel::Admin,
        104 => StackLevel::Creator,
        other => StackLevel::Other(other.to_string()),
    })
}

/// A permission on an environment, by its word.
pub(super) fn environment_level(at: &At) -> Result<EnvironmentLevel, Fault> {
    Ok(match at.text()? {
        "none" => EnvironmentLevel::None,
        "read" => EnvironmentLevel::Read,
        "open" => EnvironmentLevel::Open,
        "write" => EnvironmentLevel::Write,
        "admin" => EnvironmentLevel::Admin,
        other => EnvironmentLevel::Other(other.to_owned()),
    })
}

/// Names of permission sets that are no more than a level. Source: Pulumi's docs, concepts/rbac/permission-sets.
fn stack_set(level: &StackLevel) -> &'static [&'static str] {
    match level {
        StackLevel::None => &["none", "stacknone"],
        StackLevel::Read => &["read", "stackread"],
        StackLevel::Write => &["write", "edit", "stackwrite", "stackedit"],
        StackLevel::Admin => &["admin", "stackadmin"],
        StackLevel::Creator => &["admin", "creator", "stackadmin", "stackcreator"],
        StackLevel::Other(_) => &[],
    }
}

fn environment_set(level: &EnvironmentLevel) -> &'static [&'static str] {
    match level {
        EnvironmentLevel::None => &["none", "environmentnone"],
        EnvironmentLevel::Read => &["read", "reader", "environmentread", "environmentreader"],
        EnvironmentLevel::Open => &["open", "opener", "environmentopen", "environmentopener"],
        EnvironmentLevel::Write => &["write", "editor", "environmentwrite", "environmenteditor"],
        EnvironmentLevel::Admin => &["admin", "environmentadmin"],
        EnvironmentLevel::Other(_) => &[],
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect::<String>().to_lowercase()
}

/// The tokens of an organization or of a team, sorted by id.
pub(super) fn tokens(api: &dyn Api, path: &str) -> Result<Vec<ApiToken>, Unknown> {
    let mut tokens: IndexMap<String, ApiToken> = IndexMap::new();
    pages(api, &List { path, token: "continuationToken" }, |page| {
        page.list("tokens")?.iter().try_for_each(|at| {
            let token = token(at)?;
            put(&mut tokens, at, token.id.clone(), token)
        })
    })?;
    Ok(sorted(tokens).into_values().collect())
}

fn token(at: &At) -> Result<ApiToken, Fault> {
    // What is left out here would look like "never expires" and "never used", which is not the same.
    at.get("expires")?;
    at.get("lastUsed")?;
    Ok(ApiToken {
        id: at.name("id")?,
        name: at.get("name")?.text()?.to_owned(),
        created_by: at.get("createdBy")?.text()?.to_owned(),
        created: at.get("created")?.text()?.to_owned(),
        expires: at.opt_seconds("expires")?,
        last_used: at.opt_seconds("lastUsed")?,
        admin: at.flag("admin")?,
        role: at.opt("role")?.map(|role| role.opt_text("name")).transpose()?.flatten(),
    })
}

/// The custom roles, sorted by id.
pub(super) fn roles(api: &dyn Api, org: &str) -> Result<Vec<Role>, Unknown> {
    let mut roles = one(api, &path::roles(org), |top| {
        let mut roles = Vec::new();
        for at in top.list("roles")? {
            // The built-in ones may stand in the list too; they alone have this.
            if at.opt_text("defaultIdentifier")?.is_some_and(|identifier| !identifier.is_empty()) {
                continue;
            }
            let details = secret::taken_out(at.get("details")?.value());
            roles.push(Role { id: at.name("id")?, name: at.name("name")?, details });
        }
        Ok(roles)
    })?;
    roles.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(roles)
}
