//! What the tests of this crate share: a fixed day, a fixed list of providers, and an adapter's rule.
//!
//! What must always hold: nothing here reads the clock. Deliberately absent: adapters; the rule stands in for theirs.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use stackgate_diagnostic::{Diagnostics, Rule, Source};
use stackgate_plan::{Context, Pins, Plan, lower};

/// The providers that the spec may name.
pub(crate) const PROVIDERS: &[&str] = &["github", "gitlab", "azure", "jenkins", "circleci"];

/// A rule of an adapter, which the design's own example waives.
pub(crate) static ADAPTERS: Rule =
    Rule { id: "gate-not-in-claims", title: "The gate shows in the claims", why: "", instead: "", waivable: true };

/// All rules that a waiver may name here.
pub(crate) fn rules() -> Vec<&'static Rule> {
    let ours = [stackgate_yaml::RULES, stackgate_spec::RULES, stackgate_plan::RULES, &[&ADAPTERS]];
    ours.concat()
}

/// Reads and lowers a spec, as on 23 November 2026.
pub(crate) fn judge(source: &Source) -> (Option<Plan>, Diagnostics) {
    let pins = Pins::parse(stackgate_templates::PINS).unwrap().into();
    let (spec, mut found) = stackgate_spec::parse(source, PROVIDERS);
    let rules = rules();
    let today = jiff::civil::date(2026, 11, 23);
    let context = Context { spec_path: "stackgate.yaml", pins: &pins, today, rules: &rules, rules_of_files: &[] };
    let plan = spec.map(|spec| {
        let lowered = lower(&spec, &context);
        found.extend(lowered.diagnostics);
        lowered.draft
    });
    (plan, found.sorted())
}
