//! What waits for what: `after`, resolved to stacks.
//!
//! What must always hold: an edge that is returned joins two deploys on one provider, and all edges together have an
//! order. Deliberately absent: stages; an edge is between stacks.

use std::collections::HashMap;

use stackgate_diagnostic::{Diagnostic, Span, quote};
use stackgate_yaml::Located;

use super::stacks::Resolved;
use super::{Lowering, did_you_mean, graph};
use crate::rules::{AFTER_ACROSS_PROVIDERS, AFTER_CYCLE, AFTER_NOT_DEPLOYED, AFTER_UNKNOWN, DEPLOYMENTS_AFTER};

impl Lowering<'_> {
    /// For each stack the stacks whose deploys its own deploy waits for, by index.
    pub(super) fn order(&mut self, stacks: &[Resolved<'_>]) -> Vec<Vec<usize>> {
        let index: HashMap<(&str, &str), usize> =
            stacks.iter().enumerate().map(|(at, stack)| ((stack.project, stack.stack), at)).collect();
        let mut places: HashMap<(usize, usize), Span> = HashMap::new();
        let mut after: Vec<Vec<usize>> = Vec::with_capacity(stacks.len());
        for (at, stack) in stacks.iter().enumerate() {
            let entries = stack.settings.and_then(|(_, own)| own.after.given()).map_or(&[][..], Vec::as_slice);
            if let Some(first) = entries.first().filter(|_| stack.deployed_on_push()) {
                self.on_push(stack, first.span, format!("`{}` waits for nothing", stack.reference()));
                after.push(Vec::new());
                continue;
            }
            if let Some(first) = entries.first().filter(|_| stack.deploy.is_none()) {
                // Of what could not be read, nobody knows what starts it.
                if stack.delegated && stack.deployments.is_none() {
                    after.push(Vec::new());
                    continue;
                }
                let message = format!("`{}` is not deployed, so that there is nothing that waits", stack.reference());
                self.error(
                    Diagnostic::error(&AFTER_NOT_DEPLOYED, first.span, message)
                        .help("remove `after`, or let the stack be deployed"),
                );
                after.push(Vec::new());
                continue;
            }
            let mut waits_for = Vec::new();
            for entry in entries {
                let Some(other) = self.waited_for(stack, entry, stacks, &index) else { continue };
                if let std::collections::hash_map::Entry::Vacant(place) = places.entry((at, other)) {
                    place.insert(entry.span);
                    waits_for.push(other);
                }
            }
            after.push(waits_for);
        }
        for cycle in graph::break_cycles(&mut after) {
            self.cycle(&cycle, stacks, &places);
        }
        after
    }

    /// The stack that an entry of `after` means, when its deploy can be waited for.
    fn waited_for(
        &mut self,
        stack: &Resolved<'_>,
        entry: &Located<String>,
        stacks: &[Resolved<'_>],
        index: &HashMap<(&str, &str), usize>,
    ) -> Option<usize> {
        let (project, name) = entry.split_once('/').unwrap_or((stack.project, entry));
        let Some(&other) = index.get(&(project, name)) else {
            self.unknown(stack, entry, project, stacks);
            return None;
        };
        let found = &stacks[other];
        found.settings?;
        if found.deployed_on_push() {
            let message = format!("`{}` cannot wait for `{}`", stack.reference(), found.reference());
            self.on_push(found, entry.span, message);
            return None;
        }
        if found.delegated && found.deployments.is_none() {
            return None;
        }
        let Some(deploy) = &found.deploy else {
            let message = format!("`{}` waits for `{}`, which is not deployed", stack.reference(), found.reference());
            let diagnostic = Diagnostic::error(&AFTER_NOT_DEPLOYED, entry.span, message)
                .related(found.key, "this stack has `deploy: false`");
            self.error(diagnostic.help("remove the entry, or let that stack be deployed"));
            return None;
        };
        let own = stack.deploy.as_ref().and_then(|own| own.provider.provider());
        if let (Some((own, _)), Some((theirs, place))) = (own, deploy.provider.provider())
            && own != theirs
        {
            let (this, that) = (stack.reference(), found.reference());
            let message = format!("`{this}` on `{own}` cannot wait for `{that}` on `{theirs}`");
            let diagnostic = Diagnostic::error(&AFTER_ACROSS_PROVIDERS, entry.span, message)
                .related(place, format!("`{theirs}` deploys `{that}`"));
            self.error(diagnostic.help("let one provider deploy both, or remove the entry"));
            return None;
        }
        Some(other)
    }

    /// Says that no order is kept with a stack that Pulumi Cloud deploys on a push.
    fn on_push(&mut self, found: &Resolved<'_>, span: Span, message: String) {
        let diagnostic = Diagnostic::error(&DEPLOYMENTS_AFTER, span, message)
            .label(format!("Pulumi Cloud deploys `{}` on a push, and no pipeline knows when", found.reference()));
        self.error(diagnostic.help("write `deployments: { trigger: rest }` at that stack, or remove the entry"));
    }

    fn unknown(&mut self, stack: &Resolved<'_>, entry: &Located<String>, project: &str, stacks: &[Resolved<'_>]) {
        // Of a project whose stacks could not be read nobody knows what it has.
        if self.opaque(project) {
            return;
        }
        let message = format!("`{}` waits for {}, which is no stack of this spec", stack.reference(), quote(entry));
        let siblings = stacks.iter().filter(|other| other.project == stack.project && other.stack != stack.stack);
        let elsewhere = stacks.iter().find(|other| other.stack == entry.as_str()).map(Resolved::reference);
        let meant = elsewhere
            .or_else(|| self.closest(entry, siblings.map(|other| other.stack)).map(str::to_owned))
            .or_else(|| {
                let all: Vec<String> = stacks.iter().map(Resolved::reference).collect();
                self.closest(entry, all.iter().map(String::as_str)).map(str::to_owned)
            });
        let diagnostic = did_you_mean(Diagnostic::error(&AFTER_UNKNOWN, entry.span, message), meant.as_deref());
        self.error(diagnostic.help("write `stack` for one of the same project, `project/stack` for one of another"));
    }

    fn cycle(&mut self, cycle: &[usize], stacks: &[Resolved<'_>], places: &HashMap<(usize, usize), Span>) {
        let names: Vec<String> = cycle.iter().chain(cycle.first()).map(|at| stacks[*at].reference()).collect();
        let edges: Vec<Option<Span>> = cycle
            .iter()
            .zip(cycle.iter().cycle().skip(1))
            .map(|(from, to)| places.get(&(*from, *to)).copied())
            .collect();
        let message = format!("`after` leads in a circle: {}", names.join(" → "));
        let Some((first, others)) = edges.split_first() else { return };
        let mut diagnostic =
            Diagnostic::error(&AFTER_CYCLE, *first, message).label(format!("`{}` waits for `{}`", names[0], names[1]));
        // A long circle is told by its message; every line of it would only push that out of sight.
        for (at, span) in others.iter().enumerate().take(5) {
            if let Some(span) = span {
                diagnostic = diagnostic.related(*span, format!("`{}` waits for `{}`", names[at + 1], names[at + 2]));
            }
        }
        self.error(diagnostic.help("remove one of these entries"));
    }
}
