//! Teams with what they may do, roles, and long-lived tokens.

use indexmap::IndexMap;

use super::known::Known;

/// A permission on a stack. The order is from the least; what is not known is above all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackLevel {
    /// 0.
    None,
    /// 101: also decrypts the stack's secrets.
    Read,
    /// 102.
    Write,
    /// 103.
    Admin,
    /// 104: of whoever made the stack; as strong as admin.
    Creator,
    /// A number that this version does not know, or the name of a permission set.
    Other(String),
}

/// A permission on an ESC environment. The order is from the least; what is not known is above all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvironmentLevel {
    /// Nothing.
    None,
    /// The definition, without secrets.
    Read,
    /// Its values and secrets.
    Open,
    /// To change it; opens too.
    Write,
    /// All.
    Admin,
    /// A word that this version does not know, or the name of a permission set.
    Other(String),
}

/// A team's permission on an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The level.
    pub level: EnvironmentLevel,
    /// `maxOpenDuration`, as Go writes it: `1h30m0s`.
    pub max_open_duration: Option<String>,
}

/// Where a team's members come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamKind {
    /// Kept in Pulumi Cloud.
    Pulumi,
    /// A team of GitHub.
    GitHub,
    /// Kept by an identity provider.
    Scim,
    /// Any other word.
    Other(String),
}

/// A team.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// Where its members come from.
    pub kind: TeamKind,
    /// The description.
    pub description: String,
    /// Members by login, each with `member` or `admin`.
    pub members: Known<IndexMap<String, String>>,
    /// Permissions by `project/stack`. This, what follows and the members stand in the list of teams; where one of the
    /// four is not there, `GET /api/orgs/{org}/teams/{team}` was asked, and may have been refused.
    pub stacks: Known<IndexMap<String, StackLevel>>,
    /// Permissions by `project/name` of an environment.
    pub environments: Known<IndexMap<String, Grant>>,
    /// Ids of its roles.
    pub roles: Known<Vec<String>>,
    /// Its long-lived tokens. `GET /api/orgs/{org}/teams/{team}/tokens?filter=all`.
    pub tokens: Known<Vec<ApiToken>>,
}

/// A custom role.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `details`: the tree of permissions, as it came.
    pub details: serde_json::Value,
}

/// A long-lived access token; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Who made it: a login.
    pub created_by: String,
    /// When, as the API writes it.
    pub created: String,
    /// `expires`, in seconds since 1970; none for never.
    pub expires: Option<i64>,
    /// `lastUsed`, in seconds since 1970; none for never.
    pub last_used: Option<i64>,
    /// Whether it has an administrator's rights.
    pub admin: bool,
    /// Its role's name.
    pub role: Option<String>,
}
