//! `rules`: the first that holds decides whether a job runs, by hand or by itself, and what its failure means.
//!
//! What must hold: a rule counts only where those before it do not hold; a rule without a `when` has the job's. A job that is
//! started by hand under every rule has a gate; under some only, it has none that can be relied on, and says so. Source:
//! GitLab, "`rules`" in its syntax reference; its `lib/gitlab/ci/build/rules.rb`.

use std::collections::BTreeSet;

use stackgate_provider::canonical;
use stackgate_provider::facts::{Aspect, Condition, Job, Need, Place, Setting, Status};
use stackgate_provider::yaml::Node;

use super::{Reading, conditions, expression, merge, needs, variables};

/// One rule.
struct Rule<'n> {
    condition: Condition,
    when: Option<&'n str>,
    allow_failure: Option<&'n Node>,
}

/// What a job's `rules`, `when` and `allow_failure` come to.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// When it runs, and after which end of what came before.
    pub(super) condition: Condition,
    /// When somebody must start it.
    pub(super) manual: Condition,
    /// Whether it goes on without it: its failure, or that nobody started it.
    pub(super) tolerated: bool,
}

/// When a list of rules lets something in: of a workflow, or of an include.
pub(super) fn reaches(node: &Node, reading: &mut Reading<'_>) -> Condition {
    let rules = list(node, None, false, reading);
    first(&rules, |rule| (rule.when != Some("never")).then_some(Condition::Always))
}

/// As [`reaches`], for the rules of a whole pipeline; `child` for one that another one started.
pub(super) fn workflow(node: &Node, child: bool, reading: &mut Reading<'_>) -> Condition {
    let rules = list(node, None, child, reading);
    first(&rules, |rule| (rule.when != Some("never")).then_some(Condition::Always))
}

/// The rules of a job; `when` and `allow_failure` are the job's own.
pub(super) fn job(
    node: &Node,
    when: Option<&str>,
    allow_failure: Option<&Node>,
    child: bool,
    job: &mut Job,
    reading: &mut Reading<'_>,
) -> Verdict {
    let rules = list(node, Some(job), child, reading);
    let said = |rule: &Rule<'_>| rule.when.or(when).unwrap_or("on_success").to_owned();
    let condition = first(&rules, |rule| status(&said(rule)));
    let manual = first(&rules, |rule| (said(rule) == "manual").then_some(Condition::Always));
    let by_default = when == Some("manual");
    let tolerates = |rule: &Rule<'_>| match rule.allow_failure.or(allow_failure) {
        Some(node) => tolerates(node),
        None => by_default,
    };
    let running = rules.iter().filter(|rule| said(rule) != "never");
    let tolerated = running.clone().count() > 0 && running.clone().any(tolerates);
    Verdict { condition, manual, tolerated }
}

/// What the words of `when` come to where there are no rules.
pub(super) fn without(condition: Condition, when: Option<&str>, allow_failure: Option<&Node>) -> Verdict {
    let when = when.unwrap_or("on_success");
    let manual = if when == "manual" { condition.clone() } else { Condition::Never };
    let tolerated = allow_failure.map_or(when == "manual", tolerates);
    let condition = status(when).map_or(Condition::Never, |status| Condition::all([condition, status]));
    Verdict { condition, manual, tolerated }
}

/// A plain `true`, or exit codes that are let pass.
fn tolerates(node: &Node) -> bool {
    node.as_bool().unwrap_or_else(|| node.as_mapping().is_some())
}

/// What a word of `when` asks of the jobs before; none for `never`.
fn status(when: &str) -> Option<Condition> {
    match when {
        "never" => None,
        "on_failure" => Some(Condition::Status(Status::Failure)),
        "always" => Some(Condition::Status(Status::Any)),
        _ => Some(Condition::Always),
    }
}

/// The first rule that holds decides: from the last to the first, each over what comes below it.
fn first(rules: &[Rule<'_>], outcome: impl Fn(&Rule<'_>) -> Option<Condition>) -> Condition {
    let folded = rules.iter().rev().fold(Condition::Never, |below, rule| match outcome(rule) {
        // What runs under either runs, so that what comes below need not be without this one.
        Some(then) => Condition::any([Condition::all([rule.condition.clone(), then]), below]),
        None => Condition::all([rule.condition.clone().negated(), below]),
    });
    conditions::tidy(folded)
}

fn list<'n>(node: &'n Node, mut job: Option<&mut Job>, child: bool, reading: &mut Reading<'_>) -> Vec<Rule<'n>> {
    let mut all = Vec::new();
    for (at, item) in merge::flat(node).into_iter().enumerate() {
        if item.as_tagged().is_some() {
            // A reference that leads elsewhere; that it leads nowhere here is said already.
            all.push(Rule { condition: Condition::Opaque(canonical(item)), when: None, allow_failure: None });
            continue;
        }
        if item.as_mapping().is_none() {
            let id = job.as_ref().map(|job| job.id.clone());
            let why = format!("a rule is a mapping, found {}", item.kind());
            reading.undecided(Aspect::Syntax, id.as_deref(), why, item.span);
            continue;
        }
        all.push(rule(item, at + 1, job.as_deref_mut(), child, reading));
    }
    all
}

fn rule<'n>(node: &'n Node, number: usize, job: Option<&mut Job>, child: bool, reading: &mut Reading<'_>) -> Rule<'n> {
    let mut keys = super::keys(node);
    let mut parts = Vec::new();
    if let Some(text) = keys.text("if") {
        parts.push(expression::parse(text, child));
    }
    if let Some(changes) = keys.take("changes") {
        parts.push(changed(changes));
    }
    if let Some(exists) = keys.take("exists") {
        let paths = exists.get("paths").unwrap_or(exists);
        parts.push(Condition::Opaque(format!("a file exists like {}", merge::texts(paths).join(", "))));
    }
    let when = keys.text("when");
    let allow_failure = keys.take("allow_failure");
    let mut settings = Vec::new();
    keys.setting("start_in", &format!("guard.rules.{number}.start_in"), &mut settings);
    keys.setting("interruptible", &format!("rules.{number}.interruptible"), &mut settings);
    keys.setting("auto_cancel", &format!("rules.{number}.auto_cancel"), &mut settings);
    if let Some(node) = allow_failure {
        let key = format!("rules.{number}.allow_failure");
        settings.push(Setting { key, value: canonical(node), place: Reading::at(node.span) });
    }
    let given = keys.take("variables");
    let needed = keys.take("needs");
    let id = job.as_ref().map(|job| job.id.clone());
    reading.finish(&keys, id.as_deref(), "rules");
    match job {
        Some(job) => {
            job.settings.append(&mut settings);
            if let Some(node) = given {
                variables::sometimes(node, &mut job.variables);
            }
            if let Some(node) = needed {
                let names = needs::named(node);
                let need = |(name, span)| Need { job: name, blocks: false, place: Reading::at(span) };
                job.needs.extend(names.into_iter().map(need));
                let key = format!("rules.{number}.needs");
                job.settings.push(Setting { key, value: canonical(node), place: Reading::at(node.span) });
            }
        }
        None => {
            for mut setting in settings {
                setting.key = format!("workflow.{}", setting.key);
                reading.gathering.observation.settings.push(setting);
            }
            if let Some(node) = given {
                let key = format!("workflow.rules.{number}.variables");
                let place: Place = Reading::at(node.span);
                reading.gathering.observation.settings.push(Setting { key, value: canonical(node), place });
            }
        }
    }
    Rule { condition: Condition::all(parts), when, allow_failure }
}

/// Paths of which one changed: a list, or `paths` with what they are compared to.
pub(super) fn changed(node: &Node) -> Condition {
    let paths = node.get("paths").unwrap_or(node);
    let all: BTreeSet<String> = merge::texts(paths).into_iter().map(str::to_owned).collect();
    Condition::Changes(all)
}
