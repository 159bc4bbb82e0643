//! The organization's defaults, and its members.
//!
//! Source: `OrganizationMetadata` and `OrganizationMember` of Pulumi Cloud's OpenAPI document.

use indexmap::IndexMap;

use super::access::{environment_level, stack_level};
use super::ask::{List, one, pages};
use super::field::{At, Fault};
use super::{put, sorted};
use crate::actual::{Defaults, Member, MemberRights, Unknown};
use crate::api::Api;
use crate::path;

pub(super) fn defaults(api: &dyn Api, org: &str) -> Result<Defaults, Unknown> {
    one(api, &path::metadata(org), |at| {
        let features = at.opt("features")?;
        // The one above `features` is deprecated.
        let audit_logs = match features.map(|features| features.opt_flag("auditLogsEnabled")).transpose()?.flatten() {
            Some(flag) => flag,
            None => at.flag("auditLogsEnabled")?,
        };
        Ok(Defaults {
            stacks: stack_level(&at.get("defaultStackPermission")?)?,
            environments: environment_level(&at.get("defaultEnvironmentPermission")?)?,
            members_can: MemberRights {
                create_stacks: at.flag("membersCanCreateStacks")?,
                delete_stacks: at.flag("membersCanDeleteStacks")?,
                transfer_stacks: at.flag("membersCanTransferStacks")?,
                create_teams: at.flag("membersCanCreateTeams")?,
                create_accounts: at.flag("membersCanCreateAccounts")?,
            },
            role: at.opt_text("defaultRoleId")?,
            deployment_role: at.opt_text("defaultDeploymentRoleId")?,
            longest_token_days: at.opt_count("maxAccessTokenExpiryDays")?,
            edition: at.opt_text("product")?,
            audit_logs,
            own_role: at.opt_text("userRole")?,
        })
    })
}

pub(super) fn members(api: &dyn Api, org: &str) -> Result<IndexMap<String, Member>, Unknown> {
    let mut members = IndexMap::new();
    pages(api, &List { path: &path::members(org), token: "continuationToken" }, |page| {
        page.list("members")?.iter().try_for_each(|at| {
            let login = at.get("user")?.name("githubLogin")?;
            put(&mut members, at, login, member(at)?)
        })
    })?;
    Ok(sorted(members))
}

/// The role under `fgaRole` is the one that holds; `role` is the nearest built-in one.
fn member(at: &At) -> Result<Member, Fault> {
    let role = at.name("role")?;
    let virtual_admin = at.opt_flag("virtualAdmin")?.unwrap_or_default();
    let Some(own) = at.opt("fgaRole")?.map(|own| own.opt_text("name")).transpose()?.flatten() else {
        return Ok(Member { role, custom_role: None, virtual_admin });
    };
    Ok(match built_in(&own) {
        Some(role) => Member { role: role.to_owned(), custom_role: None, virtual_admin },
        None => Member { role, custom_role: Some(own), virtual_admin },
    })
}

/// A built-in role, by whichever of its spellings: `Billing Manager`, `billingManager`, `billing-manager`.
fn built_in(name: &str) -> Option<&'static str> {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "member" => Some("member"),
        "admin" => Some("admin"),
        "billingmanager" => Some("billing-manager"),
        _ => None,
    }
}
