//! Teams and environments: which of the old ones a spec can keep.
//!
//! What must hold: a team is kept for one kind of job alone; a shared one stays with the kind that reaches furthest, and
//! the others get a team of their own, which is said.

use std::collections::BTreeMap;

use stackgate_facts::TokenKind;
use stackgate_spec as spec;

use super::Derive;
use super::stacks::literal;
use crate::import::draft::{Draft, Said};
use crate::import::legal::legal;
use crate::import::role::Role;
use crate::import::rules::{DECIDE, told};

impl<'a> Derive<'a> {
    /// The team of a role, or why there is none.
    pub(super) fn team(&mut self, role: &Role<'a>) -> (Option<Said>, Option<String>) {
        let Some(mint) = Self::mint(role) else {
            let message =
                format!("{}: no pipeline says which team it belongs to: it has a token from elsewhere", role.title());
            let help = "a team of its own is derived; create it in Pulumi Cloud, or name yours under `team`";
            self.tell(told(&DECIDE, message).help(help), role, role.verb.place);
            return (None, Some("the old job has no team's token".to_owned()));
        };
        let team = mint.team.as_ref().and_then(|team| literal(role, team));
        match team.filter(|team| legal::<spec::Team>(team)) {
            Some(team) => (Some(Said::new(team, role.at(mint.place))), None),
            None => {
                let what = match mint.kind {
                    TokenKind::Organization => "a token of the whole organization",
                    TokenKind::Personal => "a person's token",
                    TokenKind::Admin => "an administrator's token",
                    TokenKind::Runner => "a runner's token",
                    TokenKind::Team if mint.team.is_none() => "a team's token, and no scope says of which team",
                    TokenKind::Team => "a team's token, whose team is not legal in a spec or made when it runs",
                    TokenKind::Unknown => "a token of a kind that cannot be told",
                };
                let message = format!("{}: it asked for {what}, and a spec knows teams alone", role.title());
                let help = "a team of its own is derived; create it in Pulumi Cloud, or name yours under `team`";
                self.tell(told(&DECIDE, message).help(help), role, mint.place);
                (None, Some(format!("it was {what}")))
            }
        }
    }

    /// Takes a team away wherever a job that reaches further has it too.
    pub(super) fn settle_teams(&mut self, draft: &mut Draft) {
        let mut kinds: BTreeMap<String, u8> = BTreeMap::new();
        for stack in draft.projects.iter().flat_map(|project| &project.stacks) {
            let deploys = if stack.tier.value == "production" { 3 } else { 2 };
            let named = stack.deploy.team.iter().map(|team| (team, deploys));
            let previews = stack.preview.iter().filter_map(|preview| preview.team.as_ref()).map(|team| (team, 1));
            for (team, kind) in named.chain(previews) {
                let known = kinds.entry(team.value.clone()).or_default();
                *known = kind.max(*known);
            }
        }
        let mut lost: Vec<(String, String, String)> = Vec::new();
        for project in &mut draft.projects {
            for stack in &mut project.stacks {
                let deploys = if stack.tier.value == "production" { 3 } else { 2 };
                let furthest = |team: &Said| kinds.get(&team.value).copied().unwrap_or_default();
                if let Some(team) = stack.deploy.team.take_if(|team| furthest(team) > deploys) {
                    lost.push((format!("deploy {}/{}", project.found.name, stack.name), team.value.clone(), team.from));
                    stack.deploy.no_team = Some(format!("{} deploys production too", team.value));
                }
                let preview = stack.preview.as_mut();
                if let Some((team, _)) =
                    preview.and_then(|preview| Some((preview.team.take_if(|team| furthest(team) > 1)?, ())))
                {
                    lost.push((format!("preview {}/{}", project.found.name, stack.name), team.value, team.from));
                }
            }
        }
        for (title, team, at) in lost {
            let message = format!("{title}: the team `{team}` ({at}) is used by jobs that may do more");
            let help = "this job gets a team of its own; a team that previews never deploys, one of production deploys nothing else";
            self.findings.push(told(&DECIDE, message).help(help));
        }
    }

    /// An environment is one stack's: it tells one job from another.
    pub(super) fn settle_environments(&mut self, draft: &mut Draft) {
        let mut users: BTreeMap<String, usize> = BTreeMap::new();
        let stacks = || draft.projects.iter().flat_map(|project| &project.stacks);
        for environment in stacks().filter_map(|stack| stack.deploy.environment.as_ref()) {
            *users.entry(environment.value.to_ascii_lowercase()).or_default() += 1;
        }
        for project in &mut draft.projects {
            for stack in &mut project.stacks {
                let shared =
                    |said: &mut Said| users.get(&said.value.to_ascii_lowercase()).is_some_and(|users| *users > 1);
                if let Some(said) = stack.deploy.environment.take_if(shared) {
                    let message = format!(
                        "deploy {}/{}: several stacks share the environment `{}` ({})",
                        project.found.name, stack.name, said.value, said.from
                    );
                    let help = "each gets one of its own: it is what tells their tokens apart; create it with the old one's rules";
                    self.findings.push(told(&DECIDE, message).help(help));
                }
            }
        }
    }
}
