//! Logic statements: `when`, `unless`, with `and`, `or`, `not`, `equal`, `matches`, or an expression.
//!
//! What must hold: total and bounded in depth; parameters were put in before. Source: CircleCI, "Logic statements".

use stackgate_provider::canonical;
use stackgate_provider::facts::{Condition, Pattern};
use stackgate_provider::yaml::{Node, Value};

use super::expression;
use super::substitution::expressions;

/// What CircleCI takes itself.
const DEEPEST: usize = 100;

/// The condition that a node says.
pub(crate) fn read(node: &Node) -> Condition {
    bounded(nested(node, 0))
}

/// How many parts a condition may have: it is copied to every job and step for which it counts.
const MOST_PARTS: usize = 300;

/// A condition, unless it is too long.
pub(crate) fn bounded(condition: Condition) -> Condition {
    let mut parts = 0;
    condition.each(&mut |_, _| parts += 1);
    if parts > MOST_PARTS { Condition::Opaque("a condition that is too long".into()) } else { condition }
}

fn nested(node: &Node, depth: usize) -> Condition {
    if depth > DEEPEST {
        return Condition::Opaque("a condition that is nested too deep".into());
    }
    match &node.value {
        Value::Null => Condition::Never,
        Value::Scalar(scalar) => scalar_condition(&scalar.text),
        Value::Sequence(_) | Value::Tagged { .. } => Condition::Opaque(canonical(node)),
        Value::Mapping(mapping) => {
            let parts = mapping.iter().map(|entry| operator(&entry.key.text, &entry.value, depth));
            Condition::all(parts)
        }
    }
}

fn operator(name: &str, node: &Node, depth: usize) -> Condition {
    let items = || node.as_sequence().unwrap_or_default();
    match name {
        "and" => Condition::all(items().iter().map(|item| nested(item, depth + 1))),
        "or" => Condition::any(items().iter().map(|item| nested(item, depth + 1))),
        "not" => nested(node, depth + 1).negated(),
        "condition" => nested(node, depth + 1),
        "equal" => equal(items()),
        "matches" => matches(node),
        _ => Condition::Opaque(format!("{name}: {}", canonical(node))),
    }
}

/// The name of the one pipeline value that a text is.
fn pipeline_value(text: &str) -> Option<&str> {
    match expressions(text).as_slice() {
        [(0, end, name)] if *end == text.len() => Some(name),
        _ => None,
    }
}

fn equal(items: &[Node]) -> Condition {
    let texts: Vec<&str> = items.iter().filter_map(Node::as_str).collect();
    if texts.len() != items.len() || texts.len() < 2 {
        return Condition::Opaque(format!("equal: [{}]", items.iter().map(canonical).collect::<Vec<_>>().join(", ")));
    }
    let made: Vec<&str> = texts.iter().filter_map(|text| pipeline_value(text)).collect();
    let literals: Vec<&str> = texts.iter().copied().filter(|text| expressions(text).is_empty()).collect();
    match (made.as_slice(), literals.as_slice()) {
        ([], _) => {
            if literals.windows(2).all(|pair| pair.first() == pair.last()) && literals.len() == texts.len() {
                Condition::Always
            } else if literals.len() == texts.len() {
                Condition::Never
            } else {
                Condition::Opaque(format!("equal: {}", texts.join(", ")))
            }
        }
        ([name], [literal]) => expression::is(name, &Pattern::exact(*literal))
            .unwrap_or_else(|| expression::open(name, format!("{name} == {literal}"))),
        _ => Condition::Opaque(format!("equal: {}", texts.join(", "))),
    }
}

fn matches(node: &Node) -> Condition {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let (Some(pattern), Some(value)) = (text("pattern"), text("value")) else {
        return Condition::Opaque(format!("matches: {}", canonical(node)));
    };
    let inner = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(pattern);
    // The whole value must match.
    let regex = Pattern::Regex(format!("^(?:{inner})$"));
    match pipeline_value(value) {
        Some(name) => {
            expression::is(name, &regex).unwrap_or_else(|| expression::open(name, format!("{name} =~ {pattern}")))
        }
        None if expressions(value).is_empty() => match regex.matches(value) {
            stackgate_provider::facts::Answer::Yes => Condition::Always,
            stackgate_provider::facts::Answer::No => Condition::Never,
            stackgate_provider::facts::Answer::Maybe(_) => Condition::Opaque(format!("{value} =~ {pattern}")),
        },
        None => Condition::Opaque(format!("{value} =~ {pattern}")),
    }
}

fn scalar_condition(text: &str) -> Condition {
    match text {
        "true" | "yes" | "on" => return Condition::Always,
        "false" | "no" | "off" | "" | "0" => return Condition::Never,
        _ => {}
    }
    if let Some(name) = pipeline_value(text) {
        return expression::parse(name);
    }
    if !expressions(text).is_empty() {
        return Condition::Opaque(text.to_owned());
    }
    // A plain word that is not empty is true; an expression has an operator or a pipeline value.
    if text.contains("pipeline.") || text.contains("==") { expression::parse(text) } else { Condition::Always }
}
