//! What is declared, in the form in which events ask for it.
//!
//! What must hold: a permission is found as the declaration has it and never guessed; whether a person belongs to a team
//! whose members another system keeps is not known, and that is an answer of its own.

use std::collections::{HashMap, HashSet};

use stackgate_access::{Fragment, TeamKind};
use stackgate_plan::{Deployments, EnvironmentPermission, StackPermission, Tier};
use stackgate_trust::{Decision, TokenType};

/// What the organization's spec says beside what its repositories declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Logins of people, and names of tokens, actors or teams, who apply the access program.
    pub operators: Vec<String>,
    /// After how many days without an update a stack's pipeline is silent; its own past decides unless given.
    pub quiet_days: Option<u32>,
    /// For how many days from its beginning a log is only learnt from, where a rule asks what is new.
    pub learning_days: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { operators: Vec::new(), quiet_days: None, learning_days: 7 }
    }
}

/// Whether somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum May {
    Yes,
    No,
    /// Another system keeps the members of a team that may.
    Unknown,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who<'a> {
    /// A person, by login.
    Person(&'a str),
    /// The token of a declared team.
    Team(&'a str),
    /// Another actor that is no person.
    Machine(&'a str),
    /// A token of the organization or of one of its teams; the log does not say which.
    Unnamed,
}

/// A team.
struct Team {
    pipeline: bool,
    /// `None` where another system keeps them.
    members: Option<HashSet<String>>,
    stacks: HashMap<String, StackPermission>,
    environments: HashMap<String, EnvironmentPermission>,
}

/// What is declared.
pub struct Context {
    pub(crate) organization: String,
    pub(crate) settings: Settings,
    /// By `project/stack`.
    stacks: HashMap<String, Tier>,
    /// By `project/name`, whether production's stacks open it.
    environments: HashMap<String, bool>,
    teams: HashMap<String, Team>,
    operators: HashSet<String>,
    deployments: HashMap<String, Deployments>,
    kinds: HashSet<TokenType>,
}

impl Context {
    /// What is declared, by everything that Pulumi Cloud must hold and what the spec says beside it.
    #[must_use]
    pub fn new(declared: &Fragment, settings: Settings) -> Context {
        let mut environments: HashMap<String, bool> = HashMap::new();
        for team in declared.teams.values() {
            for name in team.environments.keys() {
                environments.entry(name.clone()).or_insert(false);
            }
        }
        for stack in declared.stacks.values() {
            for name in &stack.esc {
                *environments.entry(name.clone()).or_insert(false) |= stack.tier == Tier::Production;
            }
        }
        let team = |team: &stackgate_access::Team| Team {
            pipeline: team.kind == TeamKind::Pipeline,
            members: match (&team.members, team.kind) {
                (Some(members), _) => Some(members.iter().cloned().collect()),
                (None, TeamKind::Pipeline) => Some(HashSet::new()),
                (None, TeamKind::People) => None,
            },
            stacks: team.stacks.iter().map(|(name, level)| (name.clone(), *level)).collect(),
            environments: team.environments.iter().map(|(name, grant)| (name.clone(), grant.permission)).collect(),
        };
        let policies = declared.issuers.values().flat_map(|issuer| &issuer.policies);
        Context {
            organization: declared.organization.clone(),
            stacks: declared.stacks.iter().map(|(name, stack)| (name.clone(), stack.tier)).collect(),
            environments,
            teams: declared.teams.iter().map(|(name, one)| (name.clone(), team(one))).collect(),
            operators: settings.operators.iter().cloned().collect(),
            deployments: declared.deployments.iter().map(|one| (one.reference(), one.clone())).collect(),
            kinds: policies.filter(|one| one.decision == Decision::Allow).map(|one| one.token_type).collect(),
            settings,
        }
    }

    /// The tier of a declared stack.
    pub(crate) fn tier(&self, stack: &str) -> Option<Tier> {
        self.stacks.get(stack).copied()
    }

    /// Whether a declared environment is production's.
    pub(crate) fn production(&self, environment: &str) -> Option<bool> {
        self.environments.get(environment).copied()
    }

    /// Whether there is a team of that name.
    pub(crate) fn is_team(&self, name: &str) -> bool {
        self.teams.contains_key(name)
    }

    /// Whether policies of ours mint tokens of that kind.
    pub(crate) fn mints(&self, kind: TokenType) -> bool {
        self.kinds.contains(&kind)
    }

    /// What Pulumi Deployments runs on a stack.
    pub(crate) fn deployments(&self, stack: &str) -> Option<&Deployments> {
        self.deployments.get(stack)
    }

    /// Whether anybody was named who applies the access program.
    pub(crate) fn has_operators(&self) -> bool {
        !self.operators.is_empty()
    }

    /// Whether that is who applies the access program.
    pub(crate) fn is_operator(&self, who: &Who<'_>) -> bool {
        match who {
            Who::Person(name) | Who::Team(name) | Who::Machine(name) => self.operators.contains(*name),
            Who::Unnamed => false,
        }
    }

    /// Whether somebody may open an environment.
    pub(crate) fn may_open(&self, who: &Who<'_>, environment: &str) -> May {
        self.may(who, |team| team.environments.get(environment).is_some_and(|had| *had != EnvironmentPermission::Read))
    }

    /// Whether somebody may read a stack and its secrets.
    pub(crate) fn may_read(&self, who: &Who<'_>, stack: &str) -> May {
        self.may(who, |team| team.stacks.contains_key(stack))
    }

    /// Whether a stack's updates may be somebody's: a pipeline's, or on a development stack a person's.
    pub(crate) fn may_update(&self, who: &Who<'_>, stack: &str) -> May {
        let people = self.tier(stack) != Some(Tier::Production);
        self.may(who, |team| {
            team.stacks.get(stack).is_some_and(|had| *had != StackPermission::Read) && (team.pipeline || people)
        })
    }

    fn may(&self, who: &Who<'_>, grants: impl Fn(&Team) -> bool) -> May {
        let login = match who {
            Who::Team(name) => return if self.teams.get(*name).is_some_and(grants) { May::Yes } else { May::No },
            Who::Machine(_) => return May::No,
            // It may be that of any pipeline.
            Who::Unnamed => {
                let any = self.teams.values().any(|team| team.pipeline && grants(team));
                return if any { May::Unknown } else { May::No };
            }
            Who::Person(login) => *login,
        };
        let mut unknown = false;
        for team in self.teams.values().filter(|team| grants(team)) {
            match &team.members {
                Some(members) if members.contains(login) => return May::Yes,
                Some(_) => {}
                None => unknown = true,
            }
        }
        if unknown { May::Unknown } else { May::No }
    }
}
