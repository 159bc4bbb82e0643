//! OIDC issuers.

use stackgate_trust::Policy;

use super::known::Known;

/// An OIDC issuer.
#[derive(Debug, Clone, PartialEq)]
pub struct Issuer {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// `maxExpiration`, in seconds.
    pub max_expiration_seconds: Option<u64>,
    /// `lastUsed`, in seconds since 1970; none for never.
    pub last_used: Option<i64>,
    /// Whether its keys are kept in Pulumi Cloud (`jwks`), as they came.
    pub jwks: Option<serde_json::Value>,
    /// Thumbprints.
    pub thumbprints: Vec<String>,
    /// Its policies. `GET /api/orgs/{org}/auth/policies/oidcissuers/{id}`. One of a form that is not known makes the list
    /// unknown: it might admit anybody.
    pub policies: Known<Vec<Policy>>,
}
