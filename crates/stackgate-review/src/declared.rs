//! What was declared: the composed fragment, and what only the organization's spec says.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use stackgate_access::{Fragment, Team, TeamKind};

/// What Pulumi Cloud should hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Issuers, teams, grants, stacks and deployment settings of every repository and of the organization itself.
    pub fragment: Fragment,
    /// The team whose members approve changes of production's ESC environments; nobody is asked without one.
    pub approvers: Option<String>,
    /// Whether opening such an environment needs an approval too.
    pub gate_open: bool,
    /// Logins of whoever applies the access program: they are administrators, and that is meant.
    pub operators: BTreeSet<String>,
}

impl Declared {
    /// What a fragment says, with the organization's approvers.
    ///
    /// A team of approvers that no spec has is kept elsewhere; that it is named declares it, without any grant.
    #[must_use]
    pub fn new(mut fragment: Fragment, approvers: Option<String>, gate_open: bool) -> Declared {
        if let Some(approvers) = &approvers
            && !fragment.teams.contains_key(approvers)
        {
            let named = Team {
                kind: TeamKind::People,
                class: None,
                description: String::new(),
                members: None,
                scopes: Vec::new(),
                stacks: IndexMap::new(),
                environments: IndexMap::new(),
            };
            fragment.teams.insert(approvers.clone(), named);
        }
        Declared { fragment, approvers, gate_open, operators: BTreeSet::new() }
    }

    /// The custom roles that the access program makes, by name, each with its team and its scopes.
    pub(crate) fn roles(&self) -> BTreeMap<String, (&str, &[String])> {
        let teams = self.fragment.teams.iter().filter(|(_, team)| !team.scopes.is_empty());
        teams.map(|(name, team)| (role_of(name), (name.as_str(), team.scopes.as_slice()))).collect()
    }
}

/// The name of a team's own role, as the access program gives it.
pub(crate) fn role_of(team: &str) -> String {
    format!("stackgate: {team}")
}
