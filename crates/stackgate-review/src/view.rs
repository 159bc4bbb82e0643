//! Both sides, side by side, with what many rules ask of them.
//!
//! What must hold: a part that could not be read gives nothing to compare; `review-unread` alone speaks of it.

use std::collections::BTreeSet;

use stackgate_access::{Fragment, Issuer as DeclaredIssuer, Team as DeclaredTeam, TeamKind};
use stackgate_cloud::{
    Actual, ApiToken, Defaults, DeploymentSettings, Environment, EnvironmentLevel, Grant, Issuer, Member, Role, Stack,
    StackLevel, Team,
};
use stackgate_plan::{Deployments, Tier, TrustClass};
use stackgate_report::Level;

use crate::declared::Declared;
use crate::mend::Commands;

/// Both sides.
pub(crate) struct View<'a> {
    pub(crate) declared: &'a Declared,
    pub(crate) actual: &'a Actual,
    pub(crate) now: i64,
    pub(crate) commands: Commands<'a>,
    production: BTreeSet<&'a str>,
}

impl<'a> View<'a> {
    pub(crate) fn new(declared: &'a Declared, actual: &'a Actual, now: i64) -> View<'a> {
        let stacks = declared.fragment.stacks.values().filter(|stack| stack.tier == Tier::Production);
        let production = stacks.flat_map(|stack| stack.esc.iter().map(String::as_str)).collect();
        let commands = Commands { organization: &declared.fragment.organization };
        View { declared, actual, now, commands, production }
    }

    pub(crate) fn fragment(&self) -> &'a Fragment {
        &self.declared.fragment
    }

    /// Whether a stack is declared as one of production.
    pub(crate) fn is_production(&self, stack: &str) -> bool {
        self.fragment().stacks.get(stack).is_some_and(|entry| entry.tier == Tier::Production)
    }

    /// Whether a production stack opens an environment.
    pub(crate) fn opens_production(&self, environment: &str) -> bool {
        self.production.contains(environment)
    }

    pub(crate) fn defaults(&self) -> Option<&'a Defaults> {
        self.actual.defaults.here()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, &'a Member)> {
        self.actual.members.here().into_iter().flatten().map(|(login, member)| (login.as_str(), member))
    }

    /// Every team that is there, with what was declared of it.
    pub(crate) fn teams(&self) -> impl Iterator<Item = (&'a str, Option<&'a DeclaredTeam>, &'a Team)> {
        let declared = &self.fragment().teams;
        let all = self.actual.teams.here().into_iter().flatten();
        all.map(|(name, team)| (name.as_str(), declared.get(name), team))
    }

    /// The teams that are both declared and there.
    pub(crate) fn both_teams(&self) -> impl Iterator<Item = (&'a str, &'a DeclaredTeam, &'a Team)> {
        self.teams().filter_map(|(name, declared, team)| Some((name, declared?, team)))
    }

    /// Declared teams that are not there.
    pub(crate) fn missing_teams(&self) -> impl Iterator<Item = (&'a str, &'a DeclaredTeam)> {
        let there = self.actual.teams.here();
        let declared = self.fragment().teams.iter().map(|(name, team)| (name.as_str(), team));
        declared.filter(move |(name, _)| there.is_some_and(|there| !there.contains_key(*name)))
    }

    pub(crate) fn issuers(&self) -> impl Iterator<Item = (&'a str, Option<&'a DeclaredIssuer>, &'a Issuer)> {
        let declared = &self.fragment().issuers;
        let all = self.actual.issuers.here().into_iter().flatten();
        // An issuer without policies is not applied, so that one that is there is nobody's.
        all.map(|(url, issuer)| {
            (url.as_str(), declared.get(url).filter(|declared| !declared.policies.is_empty()), issuer)
        })
    }

    pub(crate) fn both_issuers(&self) -> impl Iterator<Item = (&'a str, &'a DeclaredIssuer, &'a Issuer)> {
        self.issuers().filter_map(|(url, declared, issuer)| Some((url, declared?, issuer)))
    }

    /// Stacks that are there, by `project/stack`.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = (&'a str, &'a Stack)> {
        self.actual.stacks.here().into_iter().flatten().map(|(name, stack)| (name.as_str(), stack))
    }

    /// Declared stacks that are there.
    pub(crate) fn declared_stacks(&self) -> impl Iterator<Item = (&'a str, &'a Stack)> {
        let declared = &self.fragment().stacks;
        self.stacks().filter(move |(name, _)| declared.contains_key(*name))
    }

    pub(crate) fn environments(&self) -> impl Iterator<Item = (&'a str, &'a Environment)> {
        self.actual.environments.here().into_iter().flatten().map(|(name, found)| (name.as_str(), found))
    }

    /// The names of every environment that the declared side speaks of, sorted.
    pub(crate) fn declared_environments(&self) -> BTreeSet<&'a str> {
        let fragment = self.fragment();
        let opened = fragment.stacks.values().flat_map(|stack| &stack.esc);
        let granted = fragment.teams.values().flat_map(|team| team.environments.keys());
        opened.chain(granted).map(String::as_str).collect()
    }

    /// Stacks with settings on both sides.
    pub(crate) fn both_settings(&self) -> impl Iterator<Item = (String, &'a Deployments, &'a DeploymentSettings)> {
        let there = self.actual.stacks.here();
        self.fragment().deployments.iter().filter_map(move |declared| {
            let name = declared.reference();
            let settings = there?.get(&name)?.deployment.here()?.as_ref()?;
            Some((name, declared, settings))
        })
    }

    pub(crate) fn roles(&self) -> &'a [Role] {
        self.actual.roles.here().map_or(&[], Vec::as_slice)
    }

    /// A role's name, or its id where it is not known.
    pub(crate) fn role_name(&self, id: &'a str) -> &'a str {
        self.roles().iter().find(|role| role.id == id).map_or(id, |role| role.name.as_str())
    }

    /// Every long-lived token, with the team that it is of.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (Option<&'a str>, &'a ApiToken)> {
        let own = self.actual.tokens.here().into_iter().flatten().map(|token| (None, token));
        let teams = self
            .teams()
            .flat_map(|(name, _, team)| team.tokens.here().into_iter().flatten().map(move |token| (Some(name), token)));
        own.chain(teams)
    }

    /// How bad it is to have a team's token that should not be had: by what the team was declared for, and by what it has.
    pub(crate) fn reach(&self, team: &str) -> Level {
        let declared = self.fragment().teams.get(team);
        let there = self.actual.teams.here().and_then(|teams| teams.get(team));
        if declared.is_none() && there.is_none() {
            return Level::Medium;
        }
        let class = declared.and_then(|team| team.class);
        let of_class = match class {
            Some(TrustClass::Audit | TrustClass::ChangeRequest) => Level::Medium,
            Some(_) => Level::High,
            None if declared.is_some_and(|team| team.kind == TeamKind::Pipeline) => Level::High,
            None => Level::Low,
        };
        there.map_or(of_class, |there| of_class.max(self.worth(there)))
    }

    /// How bad it is what a team may do, when nobody declared it.
    pub(crate) fn worth(&self, team: &Team) -> Level {
        let stacks = stacks_of(team).map(|(stack, level)| self.worth_of_stack(stack, level));
        let environments = environments_of(team).map(|(name, grant)| self.worth_of_environment(name, &grant.level));
        let roles = roles_of(team).map(|_| Level::High);
        stacks.chain(environments).chain(roles).max().unwrap_or(Level::Low)
    }

    /// How bad a permission on a stack is that nobody declared.
    pub(crate) fn worth_of_stack(&self, stack: &str, level: &StackLevel) -> Level {
        match (level, self.is_production(stack)) {
            (StackLevel::None, _) => Level::Notice,
            (StackLevel::Read, false) => Level::Low,
            (StackLevel::Read, true) | (_, false) => Level::Medium,
            (_, true) => Level::High,
        }
    }

    /// How bad a permission on an environment is that nobody declared.
    pub(crate) fn worth_of_environment(&self, name: &str, level: &EnvironmentLevel) -> Level {
        match (level, self.opens_production(name)) {
            (EnvironmentLevel::None, _) => Level::Notice,
            (EnvironmentLevel::Read, _) => Level::Low,
            (_, false) => Level::Medium,
            (_, true) => Level::High,
        }
    }
}

/// A team's permissions on stacks, where they could be read.
pub(crate) fn stacks_of(team: &Team) -> impl Iterator<Item = (&str, &StackLevel)> {
    team.stacks.here().into_iter().flatten().map(|(stack, level)| (stack.as_str(), level))
}

/// A team's permissions on environments, where they could be read.
pub(crate) fn environments_of(team: &Team) -> impl Iterator<Item = (&str, &Grant)> {
    team.environments.here().into_iter().flatten().map(|(name, grant)| (name.as_str(), grant))
}

/// The ids of a team's roles, where they could be read.
pub(crate) fn roles_of(team: &Team) -> impl Iterator<Item = &str> {
    team.roles.here().into_iter().flatten().map(String::as_str)
}
