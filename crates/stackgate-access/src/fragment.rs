//! The fragment: all that Pulumi Cloud must hold for one repository; many fragments compose to an organization.
//!
//! What must hold: its JSON form is versioned and complete, so that a fragment that is kept in a file says the same as the
//! spec that it came from. It holds no secret.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stackgate_plan::{Deployments, EnvironmentGrant, StackPermission, Tier, TrustClass};
use stackgate_provider::CiSettings;
use stackgate_trust::Policy;

/// The version of the form.
pub const VERSION: u32 = 1;

/// All that Pulumi Cloud must hold for one repository, or, composed, for an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fragment {
    /// The version of this form: 1.
    pub version: u32,
    /// The Pulumi organization.
    pub organization: String,
    /// The base URL of Pulumi Cloud's API.
    pub cloud_url: String,
    /// Where it came from, for messages: the spec's path. One organization's fragments have sources that differ.
    pub source: String,
    /// The organization's defaults; an organization's spec alone sets them, a repository's fragment never does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub defaults: Option<OrganizationDefaults>,
    /// Issuers by URL.
    pub issuers: IndexMap<String, Issuer>,
    /// Every stack of the repository, by `project/stack`.
    pub stacks: IndexMap<String, StackEntry>,
    /// Teams by name, of pipelines and of people.
    pub teams: IndexMap<String, Team>,
    /// What Pulumi Deployments runs.
    pub deployments: Vec<Deployments>,
    /// What the CI systems' own settings must be; a program holds them where the organization says so.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ci: Vec<CiSettings>,
    /// What is said aloud about the trust that this asks for: what no claim can show, one sentence each.
    pub residual: Vec<String>,
}

impl Fragment {
    /// The policies by issuer, as a trial takes them.
    pub fn policies(&self) -> IndexMap<String, Vec<Policy>> {
        self.issuers.iter().map(|(url, issuer)| (url.clone(), issuer.policies.clone())).collect()
    }
}

/// An OIDC issuer with its policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The name for people: `GitHub Actions`.
    pub name: String,
    /// The longest life of a token, in seconds: that of the longest stage.
    pub max_expiration_seconds: u32,
    /// A static key set (RFC 7517), for an issuer that Pulumi Cloud cannot reach; registered by REST alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jwks: Option<serde_json::Value>,
    /// In order; allow policies alone.
    pub policies: Vec<Policy>,
}

/// A stack, as far as others may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackEntry {
    /// Its posture.
    pub tier: Tier,
    /// The ESC environments that it opens, as `project/name`.
    pub esc: Vec<String>,
}

/// Whose a team is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TeamKind {
    /// Of people.
    People,
    /// Of a pipeline; it has no members.
    Pipeline,
}

/// A team with what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Whose it is.
    pub kind: TeamKind,
    /// The least trusted class of the pipeline's stages that use it; none of people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<TrustClass>,
    /// What it is for.
    pub description: String,
    /// Pulumi user names; absent where another system keeps the members. A pipeline's is empty.
    pub members: Option<Vec<String>>,
    /// Scopes of a custom role that is the team's alone, all over the organization; reading ones. None but the auditor has any.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scopes: Vec<String>,
    /// Permissions by `project/stack`.
    pub stacks: IndexMap<String, StackPermission>,
    /// Permissions by `project/name` of an ESC environment.
    pub environments: IndexMap<String, EnvironmentGrant>,
}

/// The organization's default permissions and rights of members, as its spec declares them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationDefaults {
    /// What every member and every team token may do to every stack; `None` for nothing.
    pub stacks: Option<StackPermission>,
    /// What every member and every team token may do to every ESC environment; `None` for nothing.
    pub environments: Option<stackgate_plan::EnvironmentPermission>,
    /// Whether every member may create stacks.
    pub members_create_stacks: bool,
}
