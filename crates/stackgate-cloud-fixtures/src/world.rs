//! An organization as bodies of the REST API, to be changed by whoever plants a difference.
//!
//! What must hold: a body is what Pulumi Cloud would send; lists are in the order in which they are sent. Source: Pulumi
//! Cloud's OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;

/// An organization of Pulumi Cloud. It answers as an [`Api`](stackgate_cloud::Api).
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// The organization's name.
    pub organization: String,
    /// The base URL of the API.
    pub cloud_url: String,
    /// When it was read, in seconds since 1970.
    pub taken: i64,
    /// `OrganizationMetadata`.
    pub metadata: Value,
    /// `OrganizationMember`, each.
    pub members: Vec<Value>,
    /// `Team`, by name.
    pub teams: BTreeMap<String, Value>,
    /// `AccessToken`, each: those of the organization.
    pub tokens: Vec<Value>,
    /// `AccessToken`, each: those of a team, by its name.
    pub team_tokens: BTreeMap<String, Vec<Value>>,
    /// `OidcIssuerRegistrationResponse`, by URL.
    pub issuers: BTreeMap<String, Value>,
    /// `AuthPolicy`, by the issuer's id.
    pub policies: BTreeMap<String, Value>,
    /// `PermissionDescriptorRecord`, each.
    pub roles: Vec<Value>,
    /// `AppStackSummary`, by `project/stack`.
    pub stacks: BTreeMap<String, Value>,
    /// `ListStackCollaboratorsResponse`, by `project/stack`.
    pub collaborators: BTreeMap<String, Value>,
    /// `DeploymentSettings`, by `project/stack`; a stack without settings is not here.
    pub settings: BTreeMap<String, Value>,
    /// `OrgEnvironment`, by `project/name`.
    pub environments: BTreeMap<String, Value>,
    /// `EnvironmentMetadata`, by `project/name`.
    pub metadata_of: BTreeMap<String, Value>,
    /// `ChangeGate`, each.
    pub gates: Vec<Value>,
    /// `ListDeploymentSnapshot`, each, the newest first.
    pub deployments: Vec<Value>,
    /// `AuditLogEvent`, each, the newest first.
    pub events: Vec<Value>,
    /// Paths that are refused, each with the status and the message: `("/api/orgs/acme/tokens", 403, "…")`.
    pub refused: Vec<(String, u16, String)>,
    /// So many entries are on a page where the question does not say.
    pub page: usize,
}

impl World {
    /// A team's body.
    pub fn team_mut(&mut self, team: &str) -> Option<&mut Value> {
        self.teams.get_mut(team)
    }

    /// The policies of an issuer, by its URL.
    pub fn policies_mut(&mut self, url: &str) -> Option<&mut Vec<Value>> {
        let id = self.issuers.get(url)?["id"].as_str()?;
        self.policies.get_mut(id)?["policies"].as_array_mut()
    }
}

/// An id that follows from a text, in the form that Pulumi Cloud gives its ids.
pub fn id(text: &str) -> String {
    let half = |seed: u64| text.bytes().fold(seed, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    let (high, low) = (half(0xcbf2_9ce4_8422_2325), half(0x9ae1_6a3b_2f90_404f));
    let (time, clock) = (high & 0xffff, low >> 48);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        time & 0xfff,
        clock & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

/// Seconds since 1970 as the API writes an instant.
pub fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|instant| instant.to_string()).unwrap_or_default()
}
