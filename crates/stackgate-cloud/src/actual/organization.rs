//! The organization as a whole: its defaults, its members, and everything below.

use indexmap::IndexMap;

use super::access::{ApiToken, EnvironmentLevel, Role, StackLevel, Team};
use super::environment::Environment;
use super::known::Known;
use super::stack::Stack;
use super::trust::Issuer;

/// An organization as Pulumi Cloud has it. Maps are sorted by key.
#[derive(Debug, Clone, PartialEq)]
pub struct Actual {
    /// Its name.
    pub organization: String,
    /// The base URL of the API that answered.
    pub cloud_url: String,
    /// When it was read, in seconds since 1970.
    pub taken: i64,
    /// Defaults and rights of members. `GET /api/orgs/{org}/metadata`.
    pub defaults: Known<Defaults>,
    /// People, by login. `GET /api/orgs/{org}/members?type=frontend`.
    pub members: Known<IndexMap<String, Member>>,
    /// Teams by name. `GET /api/orgs/{org}/teams`.
    pub teams: Known<IndexMap<String, Team>>,
    /// Long-lived tokens of the organization. `GET /api/orgs/{org}/tokens?filter=all`.
    pub tokens: Known<Vec<ApiToken>>,
    /// OIDC issuers by URL. `GET /api/orgs/{org}/oidc/issuers`.
    pub issuers: Known<IndexMap<String, Issuer>>,
    /// Custom roles. `GET /api/orgs/{org}/roles?uxPurpose=role`.
    pub roles: Known<Vec<Role>>,
    /// Stacks that the token can see, by `project/stack`. `GET /api/user/stacks?organization={org}`.
    pub stacks: Known<IndexMap<String, Stack>>,
    /// ESC environments by `project/name`. `GET /api/esc/environments/{org}`.
    pub environments: Known<IndexMap<String, Environment>>,
}

/// The organization's defaults, which hold for members on the built-in role and for team tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// `defaultStackPermission`.
    pub stacks: StackLevel,
    /// `defaultEnvironmentPermission`.
    pub environments: EnvironmentLevel,
    /// What every member may do.
    pub members_can: MemberRights,
    /// `defaultRoleId`.
    pub role: Option<String>,
    /// `defaultDeploymentRoleId`.
    pub deployment_role: Option<String>,
    /// `maxAccessTokenExpiryDays`; none or 0 is no limit.
    pub longest_token_days: Option<u32>,
    /// `product`, the edition.
    pub edition: Option<String>,
    /// `auditLogsEnabled`.
    pub audit_logs: bool,
    /// `userRole` of the token's owner.
    pub own_role: Option<String>,
}

/// What every member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in Pulumi Cloud")]
pub struct MemberRights {
    /// `membersCanCreateStacks`.
    pub create_stacks: bool,
    /// `membersCanDeleteStacks`.
    pub delete_stacks: bool,
    /// `membersCanTransferStacks`.
    pub transfer_stacks: bool,
    /// `membersCanCreateTeams`.
    pub create_teams: bool,
    /// `membersCanCreateAccounts`.
    pub create_accounts: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `role`: `member`, `admin`, `billing-manager` and others.
    pub role: String,
    /// `fgaRole.name`, where it is none of the built-in roles.
    pub custom_role: Option<String>,
    /// `virtualAdmin`.
    pub virtual_admin: bool,
}
