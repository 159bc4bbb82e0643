//! Waivers: whether each names a rule that can be waived, a place that exists, and a day that has not passed.
//!
//! What must always hold: time never changes the plan; a waiver that has ended still lifts its rule here, and is an
//! error itself. Deliberately absent: whether a waiver is used, which only those who check the rules know.

use indexmap::IndexSet;
use stackgate_diagnostic::{Diagnostic, quote};

use super::stacks::Resolved;
use super::{Lowering, did_you_mean};
use crate::model::Waiver;
use crate::rules::{WAIVER_EXPIRED, WAIVER_NOT_WAIVABLE, WAIVER_UNKNOWN_PLACE, WAIVER_UNKNOWN_RULE};

impl Lowering<'_> {
    /// All waivers, with what is wrong with their rules and days.
    pub(super) fn waivers(&mut self) -> Vec<Waiver> {
        let mut waivers = Vec::new();
        for waiver in self.spec.waivers() {
            self.waived_rule(waiver);
            if let Some(until) = waiver.until.get().filter(|until| until.value.0 < self.context.today) {
                let message =
                    format!("the waiver of `{}` for `{}` ended on {until}", waiver.rule.value, waiver.place.value);
                let diagnostic = Diagnostic::error(&WAIVER_EXPIRED, until.span, message)
                    .label(format!("today is {}", self.context.today));
                self.error(diagnostic.help("mend what it excuses and remove it, or decide on a new date and say why"));
            }
            waivers.push(Waiver {
                rule: waiver.rule.to_string(),
                place: waiver.place.to_string(),
                reason: super::text(waiver.reason.get()),
                until: super::text(waiver.until.get()),
                span: waiver.span,
            });
        }
        waivers
    }

    /// Whether a rule judges files.
    fn of_files(&self, id: &str) -> bool {
        self.context.rules_of_files.iter().any(|rule| rule.id == id)
    }

    fn waived_rule(&mut self, waiver: &stackgate_spec::Waiver) {
        let named = &waiver.rule;
        let known = self.context.rules.iter().find(|rule| rule.id == named.as_str());
        if known.is_some_and(|rule| rule.waivable) {
            return;
        }
        let waivable: Vec<&str> = self.context.rules.iter().filter(|rule| rule.waivable).map(|rule| rule.id).collect();
        let of_files = |id: &&&str| !self.of_files(id);
        let short: Vec<&str> = waivable.iter().filter(of_files).copied().collect();
        let more = if short.len() < waivable.len() { ", and those of `stackgate audit`" } else { "" };
        let list = format!("the rules that can be waived are `{}`{more}", short.join("`, `"));
        let diagnostic = match known {
            Some(rule) => {
                let message = format!("the rule `{}` cannot be waived", rule.id);
                Diagnostic::error(&WAIVER_NOT_WAIVABLE, named.span, message).label(rule.title)
            }
            None => {
                let message = format!("there is no rule {}", quote(named));
                let meant = self.closest(named, waivable);
                did_you_mean(Diagnostic::error(&WAIVER_UNKNOWN_RULE, named.span, message), meant)
            }
        };
        self.error(diagnostic.help(list));
    }

    /// Every place that a waiver names must be one of the spec.
    pub(super) fn waived_places(&mut self, stacks: &[Resolved<'_>]) {
        if self.spec.waivers().next().is_none() {
            return;
        }
        let mut places: IndexSet<String> = stacks.iter().map(Resolved::reference).collect();
        places.extend(self.spec.projects.keys().map(str::to_owned));
        places.extend(self.spec.providers.keys().map(str::to_owned));
        places.extend(stacks.iter().flat_map(Resolved::works).map(|work| work.team.text.clone()));
        let access = self.spec.access.given().and_then(|access| access.teams.given());
        places.extend(access.into_iter().flat_map(|teams| teams.keys()).map(str::to_owned));
        for waiver in self.spec.waivers() {
            let place = &waiver.place;
            let project = place.split_once('/').map_or(place.as_str(), |(project, _)| project);
            if self.opaque(project) || places.contains(place.as_str()) || self.of_files(&waiver.rule) {
                continue;
            }
            let message = format!("{} is no stack, project, team or provider of this spec", quote(place));
            let meant = self.closest(place, places.iter().map(String::as_str));
            let diagnostic = did_you_mean(Diagnostic::error(&WAIVER_UNKNOWN_PLACE, place.span, message), meant);
            self.error(diagnostic.help("write a `project/stack`, a project, a team or a provider"));
        }
    }
}
