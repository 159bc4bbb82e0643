//! `spec: inputs`, and `$[[ inputs.x ]]` in a file.
//!
//! What must hold: what an `include` gives, or the default, is put in as GitLab does it, before anything else is read. The
//! inputs of the pipeline file itself are given by whoever starts it, so that they stay in the text and are known as text that
//! is put into code. Source: GitLab, "CI/CD inputs".

use std::collections::BTreeMap;

use stackgate_provider::facts::{Control, Embedded, Value as Known};
use stackgate_provider::yaml::{Entry, Key, Node, Scalar, Span, Value};

use super::Reading;

/// What an input comes to.
#[derive(Clone)]
pub(super) enum Input {
    /// This.
    Is(Node),
    /// Whoever starts the pipeline gives it; the default, where it is no text, and where it stands in a key.
    Given(Option<Node>, Control),
}

/// Inputs by name.
pub(super) type Inputs = BTreeMap<String, Input>;

/// Those of an included file: what the `include` gives, over the defaults.
pub(super) fn of(header: Option<&Node>, given: Option<&Node>) -> Inputs {
    let mut all = Inputs::new();
    for entry in declared(header) {
        if let Some(default) = entry.value.get("default") {
            all.insert(entry.key.text.clone(), Input::Is(default.clone()));
        }
    }
    for entry in given.and_then(Node::as_mapping).into_iter().flatten() {
        all.insert(entry.key.text.clone(), Input::Is(entry.value.clone()));
    }
    all
}

/// Those of the pipeline file itself.
pub(super) fn of_root(header: Option<&Node>) -> Inputs {
    declared(header)
        .map(|entry| {
            // One of a list, a number or a truth value is nobody's text.
            let typed = matches!(entry.value.get("type").and_then(Node::as_str), Some("boolean" | "number"));
            let control = if typed || entry.value.get("options").is_some() { Control::System } else { Control::Member };
            (entry.key.text.clone(), Input::Given(entry.value.get("default").cloned(), control))
        })
        .collect()
}

/// Who gives each of the inputs that are given when the pipeline starts.
pub(super) fn controls(inputs: &Inputs) -> BTreeMap<String, Control> {
    let control = |input: &Input| match input {
        Input::Is(_) => Control::System,
        Input::Given(_, control) => *control,
    };
    inputs.iter().map(|(name, input)| (name.clone(), control(input))).collect()
}

fn declared(header: Option<&Node>) -> impl Iterator<Item = &Entry> {
    let inputs = header.and_then(|header| header.get("spec")?.get("inputs"));
    inputs.and_then(Node::as_mapping).into_iter().flatten()
}

/// A copy with every input put in that is known.
pub(super) fn put(node: &Node, inputs: &Inputs) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => return in_scalar(node, scalar, inputs),
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| put(item, inputs)).collect()),
        Value::Mapping(mapping) => {
            let made = |entry: &Entry| Entry {
                key: Key { text: in_text(&entry.key.text, inputs, true), span: entry.key.span },
                value: put(&entry.value, inputs),
            };
            Value::Mapping(super::merge::mapping(mapping.iter().map(made).collect()))
        }
        Value::Tagged { tag, node } => Value::Tagged { tag: tag.clone(), node: Box::new(put(node, inputs)) },
        Value::Null => Value::Null,
    };
    Node { span: node.span, value }
}

fn in_scalar(node: &Node, scalar: &Scalar, inputs: &Inputs) -> Node {
    let found = expressions(&scalar.text);
    if let [(start, end, inner)] = found.as_slice()
        && *start == 0
        && *end == scalar.text.trim_end().len()
        && let Some(name) = name_of(inner).filter(|_| !inner.contains('|'))
    {
        match inputs.get(name) {
            // The value is put in with its type. Its place is the one at which it is put in.
            Some(Input::Is(value)) => return Node { span: node.span, value: value.value.clone() },
            Some(Input::Given(Some(value), _)) if value.as_str().is_none() || is_typed(value) => {
                return Node { span: node.span, value: value.value.clone() };
            }
            _ => {}
        }
    }
    let text = in_text(&scalar.text, inputs, false);
    // A value with line breaks moves the lines below it: the text is no longer that of the file.
    let block = scalar.block && text.matches('\n').count() == scalar.text.matches('\n').count();
    Node { span: node.span, value: Value::Scalar(Scalar { text, plain: scalar.plain, block }) }
}

fn is_typed(node: &Node) -> bool {
    node.as_bool().is_some() || node.as_u64().is_some()
}

/// `defaults`: also the default of what is given when the pipeline starts, which a key needs.
fn in_text(text: &str, inputs: &Inputs, defaults: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end, inner) in expressions(text) {
        let value = name_of(inner).and_then(|name| match inputs.get(name) {
            Some(Input::Is(value)) => functions(value.as_str()?, inner),
            Some(Input::Given(Some(value), _)) if defaults => functions(value.as_str()?, inner),
            _ => None,
        });
        if let Some(value) = value {
            out.push_str(text.get(from..start).unwrap_or_default());
            out.push_str(&value);
            from = end;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// What the functions behind a `|` make of a value; none for one that is not known.
fn functions(value: &str, inner: &str) -> Option<String> {
    let mut value = value.to_owned();
    for function in inner.split('|').skip(1).map(str::trim) {
        if let Some(range) = function.strip_prefix("truncate(").and_then(|rest| rest.strip_suffix(')')) {
            let (skip, take) = range.split_once(',')?;
            value = value.chars().skip(skip.trim().parse().ok()?).take(take.trim().parse().ok()?).collect();
        } else if function != "expand_vars" {
            return None;
        }
    }
    Some(value)
}

fn name_of(inner: &str) -> Option<&str> {
    inner.split('|').next()?.trim().strip_prefix("inputs.")
}

/// Every `$[[ … ]]`: where it begins and ends, and what stands within.
fn expressions(text: &str) -> Vec<(usize, usize, &str)> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("$[[")).map(|at| from + at) {
        let Some(end) = text.get(start..).and_then(|rest| rest.find("]]")).map(|at| start + at + 2) else { break };
        all.push((start, end, text.get(start + 3..end - 2).unwrap_or_default().trim()));
        from = end;
    }
    all
}

/// What GitLab puts into a text when the pipeline starts; with who gives each of the inputs.
pub(super) fn embedded(text: &str, span: Span, given: &BTreeMap<String, Control>) -> Vec<Embedded> {
    let made = |(start, end, inner): (usize, usize, &str)| {
        let expression = text.get(start..end).unwrap_or_default().to_owned();
        let control = name_of(inner).and_then(|name| given.get(name)).copied().unwrap_or(Control::Unknown);
        Embedded { value: Known::Made(expression, control), in_code: true, place: Reading::at(span) }
    };
    expressions(text).into_iter().map(made).collect()
}

/// Whether a text has an input that is given when the pipeline starts.
pub(super) fn has(text: &str) -> bool {
    !expressions(text).is_empty()
}
