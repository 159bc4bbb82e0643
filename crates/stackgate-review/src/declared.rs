//! What was declared: the composed fragment, and what only the organization's spec says.

use std::collections::BTreeSet;

use stackgate_access::Fragment;

/// What Pulumi Cloud should hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Issuers, teams, grants, stacks and deployment settings of every repository and of the organization itself.
    pub fragment: Fragment,
    /// The team whose members approve changes of production's ESC environments; nobody is asked without one.
    pub approvers: Option<String>,
    /// Whether opening such an environment needs an approval too.
    pub gate_open: bool,
    /// Names of custom roles that the access program itself makes, such as the auditor's.
    pub roles: BTreeSet<String>,
}

impl Declared {
    /// What a fragment alone says: no approvers, no role.
    #[must_use]
    pub fn of(fragment: Fragment) -> Declared {
        Declared { fragment, approvers: None, gate_open: false, roles: BTreeSet::new() }
    }
}
