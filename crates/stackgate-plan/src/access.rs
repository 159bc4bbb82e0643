//! What people may do in Pulumi Cloud, resolved: the grants of pipelines follow from the stages.
//!
//! What must hold: a grant names its stack or ESC environment in full, and one permission. Deliberately absent: how it
//! is applied.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What people may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Teams of people, by name, in the order of the spec.
    pub teams: IndexMap<String, PeopleTeam>,
}

/// A team of people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleTeam {
    /// What it is for.
    pub description: Option<String>,
    /// Pulumi user names; absent where another system keeps the members.
    pub members: Option<Vec<String>>,
    /// Permissions by `project/stack`.
    pub stacks: IndexMap<String, StackPermission>,
    /// Permissions by `project/name` of an ESC environment.
    pub environments: IndexMap<String, EnvironmentGrant>,
}

/// What a team may do to a stack; a later one includes the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StackPermission {
    /// See it, its secrets included, and preview against it: 101.
    Read,
    /// Deploy it: 102.
    Write,
    /// Everything, also who else may: 103.
    Admin,
}

impl StackPermission {
    /// Pulumi Cloud's number for it.
    pub fn number(self) -> u32 {
        match self {
            StackPermission::Read => 101,
            StackPermission::Write => 102,
            StackPermission::Admin => 103,
        }
    }
}

/// What a team may do to an ESC environment; a later one includes the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentPermission {
    /// See its definition, without secrets.
    Read,
    /// See its secrets.
    Open,
    /// Change it, and open it.
    Write,
    /// Everything.
    Admin,
}

impl EnvironmentPermission {
    /// Pulumi Cloud's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            EnvironmentPermission::Read => "read",
            EnvironmentPermission::Open => "open",
            EnvironmentPermission::Write => "write",
            EnvironmentPermission::Admin => "admin",
        }
    }
}

/// A permission on an ESC environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentGrant {
    /// What the team may do.
    pub permission: EnvironmentPermission,
    /// How many minutes an opened environment may stay open.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max_open_minutes: Option<u32>,
}
