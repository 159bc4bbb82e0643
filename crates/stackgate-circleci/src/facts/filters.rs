//! Filters of a job in a workflow: branches, tags, or an expression.
//!
//! What must hold: without a filter a job runs for every branch and for no tag; a pattern between slashes must match the
//! whole name; the branch of a fork's change request is called `pull/<number>`, whatever its own name is. Source: CircleCI,
//! configuration reference, `filters`, and "Building open source projects".

use stackgate_provider::facts::{Answer, Condition, Event, Pattern};
use stackgate_provider::yaml::Node;

use super::substitution::expressions;
use super::{conditions, expression};

/// The condition that a job's filters say; none were given where there is no node.
pub(crate) fn read(node: Option<&Node>) -> Condition {
    conditions::bounded(said(node))
}

fn said(node: Option<&Node>) -> Condition {
    let Some(node) = node else { return untagged() };
    if let Some(text) = node.as_str() {
        return expression::parse(text);
    }
    let tags = match node.get("tags") {
        None => Condition::Never,
        Some(tags) => Condition::all([Condition::Event(Event::Tag), names(tags, &|pattern| Condition::Tag(pattern))]),
    };
    let branches = match node.get("branches") {
        None => untagged(),
        Some(branches) => Condition::all([untagged(), names(branches, &full)]),
    };
    Condition::any([branches, tags])
}

/// No tag.
fn untagged() -> Condition {
    Condition::Event(Event::Tag).negated()
}

/// A branch of such a name, as CircleCI calls branches.
pub(crate) fn full(pattern: Pattern) -> Condition {
    let forks = pattern.matches("pull/1") != Answer::No;
    let named = Condition::Branch(pattern);
    if forks {
        Condition::any([named, Condition::Event(Event::ForkChangeRequest)])
    } else {
        Condition::all([named, Condition::Event(Event::ForkChangeRequest).negated()])
    }
}

fn names(node: &Node, condition: &dyn Fn(Pattern) -> Condition) -> Condition {
    let list = |key: &str| -> Option<Vec<Condition>> {
        let node = node.get(key)?;
        let texts: Vec<&str> = match node.as_sequence() {
            Some(items) => items.iter().filter_map(Node::as_str).collect(),
            None => node.as_str().into_iter().collect(),
        };
        let one = |text: &str| match pattern(text) {
            _ if !expressions(text).is_empty() => Condition::Opaque(format!("a name like {text}")),
            pattern if pattern.is_everything() => Condition::Always,
            pattern => condition(pattern),
        };
        Some(texts.into_iter().map(one).collect())
    };
    // Where both are said, `only` counts alone.
    match (list("only"), list("ignore")) {
        (Some(only), _) => Condition::any(only),
        (None, Some(ignored)) => Condition::any(ignored).negated(),
        (None, None) => Condition::Always,
    }
}

/// `/expression/` or a name.
fn pattern(text: &str) -> Pattern {
    match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(inner @ (".*" | ".+" | "^.*$" | "^.*" | ".*$")) => Pattern::Regex(inner.to_owned()),
        Some(inner) => Pattern::Regex(format!("^(?:{inner})$")),
        None => Pattern::exact(text),
    }
}
