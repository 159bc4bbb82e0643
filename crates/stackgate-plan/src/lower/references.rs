//! Whose outputs a stack reads: its teams need read there, and read on a stack includes its secrets.
//!
//! What must always hold: no token of a lower trust class reads a production stack, unless a waiver says so. A project
//! that this spec does not know is another repository's; whether its stack exists is the organization spec's to judge.

use std::collections::BTreeMap;

use stackgate_diagnostic::{Diagnostic, quote};
use stackgate_spec::Tier;

use super::stacks::Resolved;
use super::{Lowering, did_you_mean};
use crate::model::Waiver;
use crate::rules::{REFERENCE_TO_PRODUCTION, REFERENCE_UNKNOWN_STACK};

impl Lowering<'_> {
    /// Judges the references of every stack.
    pub(super) fn stack_references(&mut self, stacks: &[Resolved<'_>], waivers: &[Waiver]) {
        let by_name: BTreeMap<String, &Resolved<'_>> = stacks.iter().map(|stack| (stack.reference(), stack)).collect();
        for stack in stacks {
            let Some((_, own)) = stack.settings else { continue };
            for reference in own.references.given().into_iter().flatten() {
                let Some((project, _)) = reference.value.split_once('/') else { continue };
                let Some(target) = by_name.get(reference.value.as_str()) else {
                    if self.spec.projects.row(project).is_some() && !self.opaque(project) {
                        let name = reference.value.as_str();
                        let message =
                            format!("`{}` reads {}, which is no stack of `{project}`", stack.reference(), quote(name));
                        let meant = self.closest(name, by_name.keys().map(String::as_str));
                        let diagnostic = Diagnostic::error(&REFERENCE_UNKNOWN_STACK, reference.span, message);
                        self.error(
                            did_you_mean(diagnostic, meant)
                                .help("write `project/stack` as both are called under `projects`"),
                        );
                    }
                    continue;
                };
                let known = target.settings.is_some();
                if !known || target.tier != Tier::Production || stack.tier == Tier::Production && stack.change.is_none()
                {
                    continue;
                }
                let places = [stack.reference(), stack.project.to_owned()];
                if waivers.iter().any(|w| w.rule == REFERENCE_TO_PRODUCTION.id && places.contains(&w.place)) {
                    continue;
                }
                let who = if stack.tier == Tier::Production { "a change request" } else { "a development stack" };
                let message = format!(
                    "the token of {who}, `{}`, would read the production stack `{}`",
                    stack.reference(),
                    target.reference()
                );
                let diagnostic = Diagnostic::error(&REFERENCE_TO_PRODUCTION, reference.span, message)
                    .label("read includes its secrets");
                self.error(
                    diagnostic.help("read a development stack's outputs, or pass the value through an ESC environment"),
                );
            }
        }
    }

    /// The references of a stack, as they were read.
    pub(super) fn references(&self, stack: &Resolved<'_>) -> Vec<String> {
        let own = stack.settings.map(|(_, own)| own);
        own.and_then(|own| own.references.given())
            .into_iter()
            .flatten()
            .map(|reference| reference.to_string())
            .collect()
    }
}
