//! Authorization policies of an OIDC issuer, as Pulumi Cloud keeps them.
//!
//! What must hold: the serialised form is that of the REST API, key by key; rules keep their order. Source:
//! `AuthPolicyDefinition` of Pulumi Cloud's OpenAPI document.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What a policy that matches does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Mint the token, unless a deny matches too.
    Allow,
    /// Refuse.
    Deny,
}

/// The kind of token that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenType {
    /// Of the whole organization.
    Organization,
    /// Of one team.
    Team,
    /// Of one person.
    Personal,
    /// Of a deployment runner.
    Runner,
}

/// One authorization policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// What it does.
    pub decision: Decision,
    /// For which kind of token.
    pub token_type: TokenType,
    /// The team, for team tokens; a pattern like a rule's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_name: Option<String>,
    /// The person, for personal tokens.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_login: Option<String>,
    /// The runner, for runner tokens.
    #[serde(rename = "runnerID", skip_serializing_if = "Option::is_none", default)]
    pub runner_id: Option<String>,
    /// A custom role, for organization tokens.
    #[serde(rename = "roleID", skip_serializing_if = "Option::is_none", default)]
    pub role_id: Option<String>,
    /// `admin`, for organization tokens; empty otherwise.
    #[serde(default)]
    pub authorized_permissions: Vec<String>,
    /// Patterns by claim path; all must match.
    pub rules: IndexMap<String, String>,
}

impl Policy {
    /// An allow policy for the tokens of one team.
    pub fn allow_team(team: impl Into<String>, rules: IndexMap<String, String>) -> Policy {
        Policy {
            decision: Decision::Allow,
            token_type: TokenType::Team,
            team_name: Some(team.into()),
            user_login: None,
            runner_id: None,
            role_id: None,
            authorized_permissions: Vec::new(),
            rules,
        }
    }
}
