//! What keeps one trust class from another: which teams are used by which jobs.
//!
//! What must always hold: a team that two classes use is reported, by the rule that says most about it, once. Teams are
//! compared without case. Deliberately absent: what a team may do in Pulumi Cloud.

use indexmap::IndexMap;
use stackgate_diagnostic::{Diagnostic, Rule};
use stackgate_spec::Tier;

use super::Lowering;
use super::names::Collided;
use super::stacks::{Resolved, Work};
use crate::model::{Action, TrustClass};
use crate::rules::{PREVIEW_TEAM_DEPLOYS, PRODUCTION_TEAM_MIXED, TEAM_ACROSS_CLASSES};

struct Use<'a> {
    stack: &'a Resolved<'a>,
    work: &'a Work,
}

impl Use<'_> {
    fn does(&self) -> String {
        let reference = self.stack.reference();
        match (self.work.action, self.work.class) {
            (Action::Deploy, _) => format!("deploys `{reference}`"),
            (Action::Preview, TrustClass::ChangeRequest) => format!("previews change requests against `{reference}`"),
            (Action::Preview, _) => format!("previews `{reference}` after the merge"),
            (Action::Audit, _) => "audits the organization".into(),
        }
    }
}

impl Lowering<'_> {
    /// Judges every team by all its uses.
    pub(super) fn teams(&mut self, stacks: &[Resolved<'_>], collided: &Collided) {
        let mut teams: IndexMap<String, Vec<Use<'_>>> = IndexMap::new();
        for stack in stacks {
            for work in stack.works() {
                let name = work.team.text.to_lowercase();
                // What two things share by a collision of names is no choice that anybody made.
                if !(work.team.derived && collided.contains(&name)) {
                    teams.entry(name).or_default().push(Use { stack, work });
                }
            }
        }
        for uses in teams.values() {
            self.team(uses);
        }
    }

    fn team(&mut self, uses: &[Use<'_>]) {
        let preview = uses.iter().find(|u| u.work.action == Action::Preview);
        let deploys = || uses.iter().filter(|u| u.work.action == Action::Deploy);
        let development = deploys().find(|u| u.stack.tier == Tier::Development);
        let production = deploys().find(|u| u.stack.tier == Tier::Production);
        if let (Some(preview), Some(deploy)) = (preview, deploys().next()) {
            self.shared(
                &PREVIEW_TEAM_DEPLOYS,
                preview,
                deploy,
                "name another team for the preview, or leave `team` out",
            );
        }
        if let (Some(development), Some(production)) = (development, production) {
            let help = "give production a team of its own, or leave `team` out: each stack then has one";
            self.shared(&PRODUCTION_TEAM_MIXED, production, development, help);
        }
        if deploys().next().is_none() {
            let other = uses.iter().find(|u| Some(u.work.class) != preview.map(|preview| preview.work.class));
            if let (Some(preview), Some(other)) = (preview, other) {
                self.shared(&TEAM_ACROSS_CLASSES, other, preview, "name different teams, or leave `team` out");
            }
        }
    }

    fn shared(&mut self, rule: &'static Rule, at: &Use<'_>, other: &Use<'_>, help: &str) {
        let message = format!("the team `{}` {} and also {}", at.work.team.text, at.does(), other.does());
        let mut diagnostic = Diagnostic::error(rule, at.work.team.span, message);
        if at.work.team.span != other.work.team.span {
            diagnostic = diagnostic.related(other.work.team.span, format!("here it {}", other.does()));
        }
        self.error(diagnostic.help(help));
    }
}
