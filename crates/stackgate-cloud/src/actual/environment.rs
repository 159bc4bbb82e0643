//! ESC environments and the gates before them.

use super::known::Known;

/// An ESC environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// `ownedBy`: a login.
    pub owner: Option<String>,
    /// `settings.deletionProtected`.
    pub deletion_protected: Option<bool>,
    /// `gatedActions` of its metadata. Asked for declared environments only.
    /// `GET /api/esc/environments/{org}/{project}/{env}/metadata`.
    pub gated_actions: Known<Vec<GateAction>>,
    /// Its gates. Asked for declared environments only.
    /// `GET /api/change-gates/{org}?entityType=environment&qualifiedName={project}/{env}`.
    pub gates: Known<Vec<Gate>>,
}

/// What a gate stands before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateAction {
    /// Changes of the definition.
    Update,
    /// Opening it.
    Open,
    /// Any other word.
    Other(String),
}

/// Who may approve.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approver {
    /// Members of a team.
    Team(String),
    /// One person.
    User(String),
    /// Whoever has this permission on the environment.
    Permission(String),
    /// Any other kind, as it came.
    Other(String),
}

/// A gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// What it stands before.
    pub actions: Vec<GateAction>,
    /// `numApprovalsRequired`; none where the rule is of another kind.
    pub approvals: Option<u32>,
    /// `allowSelfApproval`.
    pub self_approval: bool,
    /// `requireReapprovalOnChange`.
    pub reapproval: bool,
    /// Who may approve.
    pub approvers: Vec<Approver>,
}
