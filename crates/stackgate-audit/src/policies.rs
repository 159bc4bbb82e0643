//! What Pulumi Cloud trusts and grants, as far as rules judge it: issuers with policies, teams with permissions.
//!
//! What must hold: it can come from a spec, from a file of policies alone, or from an organization's spec; what the source
//! does not know is absent, and a rule then says nothing rather than guess.

use std::collections::BTreeMap;

use stackgate_trust::Policy;

/// What Pulumi Cloud holds.
#[derive(Clone, Debug, Default)]
pub struct PoliciesSubject {
    /// Where it comes from, for reports: a path.
    pub path: String,
    /// The Pulumi organization, where the source says it.
    pub organization: Option<String>,
    /// The issuers.
    pub issuers: Vec<IssuerSubject>,
    /// What teams may do; none where the source does not say.
    pub grants: Option<Grants>,
    /// Every stack that the source has, by `project/stack`; none where it does not say.
    pub stacks: Option<BTreeMap<String, StackSubject>>,
}

/// A stack.
#[derive(Clone, Debug, Default)]
pub struct StackSubject {
    /// Whether it is of production.
    pub production: bool,
    /// The ESC environments that it opens.
    pub environments: Vec<String>,
}

/// An issuer with its policies.
#[derive(Clone, Debug)]
pub struct IssuerSubject {
    /// Its URL.
    pub url: String,
    /// The id of the CI system whose tokens it issues, where the URL or the source tells.
    pub provider: Option<&'static str>,
    /// The longest life of a token, in seconds, where the source says so.
    pub max_expiration_seconds: Option<u64>,
    /// Its policies.
    pub policies: Vec<Policy>,
}

/// What teams may do, and what everybody may.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// The organization's default for stacks: `none`, `read`, `write`, `admin`; none where it is not known.
    pub default_stacks: Option<String>,
    /// The organization's default for ESC environments.
    pub default_environments: Option<String>,
    /// Whether every member may create stacks.
    pub members_create_stacks: Option<bool>,
    /// Teams with what they may do.
    pub teams: Vec<TeamGrant>,
}

/// A team with what it may do.
#[derive(Clone, Debug, Default)]
pub struct TeamGrant {
    /// Its name.
    pub team: String,
    /// Whether pipelines get its token.
    pub of_pipelines: bool,
    /// Whether it only previews.
    pub previews: bool,
    /// Whether jobs of change requests get its token.
    pub of_change_requests: bool,
    /// Stack and permission.
    pub stacks: Vec<(String, String)>,
    /// ESC environment and permission.
    pub environments: Vec<(String, String)>,
}

impl PoliciesSubject {
    /// A pipeline's team of that name, where the source says what teams may do.
    pub(crate) fn pipeline_team(&self, name: &str) -> Option<&TeamGrant> {
        self.grants.as_ref()?.teams.iter().find(|team| team.of_pipelines && team.team == name)
    }
}
