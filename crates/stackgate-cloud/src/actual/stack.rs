//! Stacks, and how Pulumi Deployments runs them.

use super::known::Known;

/// A stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// `lastUpdate`, in seconds since 1970.
    pub last_update: Option<i64>,
    /// Who made it, who has admin on it by that alone. Asked for declared stacks only.
    /// `GET /api/stacks/{org}/{project}/{stack}/collaborators`.
    pub creator: Known<Option<Creator>>,
    /// How Pulumi Deployments runs it; none where it has no settings. Asked for declared stacks only.
    /// `GET /api/stacks/{org}/{project}/{stack}/deployments/settings`.
    pub deployment: Known<Option<DeploymentSettings>>,
}

/// Who made a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// The login.
    pub login: String,
}

/// Deployment settings: what comparison needs by name, and the whole as it came, without what is secret.
#[derive(Debug, Clone, PartialEq)]
pub struct DeploymentSettings {
    /// The body, in the wire form of `DeploymentSettings`; values of `{"secret": …}` are taken out.
    pub body: serde_json::Value,
}
