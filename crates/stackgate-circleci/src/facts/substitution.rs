//! Parameters: what a call gives, what a definition has by default, and their place in the text.
//!
//! What must hold: a value is put in as CircleCI does it, before anything runs; a scalar that is nothing but a parameter
//! becomes whatever that is, a list of steps too. What is made by the pipeline stays in the text, and is known as text that
//! is put into code. Source: CircleCI, "Reusable configuration reference" and "Pipeline values and parameters".

use std::collections::BTreeMap;

use stackgate_provider::facts::{Control, Embedded, Place, Value as Known};
use stackgate_provider::yaml::{Entry, Node, Scalar, Value};

use super::sections;

/// Parameters by name.
pub(crate) type Parameters = BTreeMap<String, Node>;

/// The parameters of a definition: what a call gives, over the defaults.
pub(crate) fn parameters(definition: &Node, given: &Parameters) -> Parameters {
    let mut all = Parameters::new();
    for entry in definition.get("parameters").and_then(Node::as_mapping).into_iter().flatten() {
        if let Some(default) = entry.value.get("default") {
            all.insert(entry.key.text.clone(), default.clone());
        }
    }
    for (name, value) in given {
        all.insert(name.clone(), value.clone());
    }
    all
}

/// A copy with every `<< parameters.x >>` and `<< matrix.x >>` put in that is known. Each node and each byte takes one of
/// what is left; where nothing is left, nothing is copied.
pub(crate) fn substituted(node: &Node, parameters: &Parameters, left: &mut usize) -> Node {
    let cost = 1 + node.as_str().map_or(0, str::len);
    *left = left.saturating_sub(cost);
    if *left == 0 {
        return Node { span: node.span, value: Value::Null };
    }
    let value = match &node.value {
        Value::Scalar(_) if parameters.is_empty() => return node.clone(),
        Value::Scalar(scalar) => return scalar_of(node, scalar, parameters, left),
        Value::Sequence(items) => {
            let mut all = Vec::with_capacity(items.len());
            for item in items {
                let made = substituted(item, parameters, left);
                match made.value {
                    // A parameter of type `steps` stands for its steps.
                    Value::Sequence(steps) if item.as_str().is_some() => all.extend(steps),
                    value => all.push(Node { span: made.span, value }),
                }
            }
            Value::Sequence(all)
        }
        Value::Mapping(mapping) => {
            let mut made =
                |entry: &Entry| Entry { key: entry.key.clone(), value: substituted(&entry.value, parameters, left) };
            Value::Mapping(mapping.iter().map(&mut made).collect())
        }
        other => other.clone(),
    };
    Node { span: node.span, value }
}

fn scalar_of(node: &Node, scalar: &Scalar, parameters: &Parameters, left: &mut usize) -> Node {
    let decided = sections::decided(&scalar.text, parameters);
    let moved = decided.as_ref().is_some_and(|text| text.matches('\n').count() != scalar.text.matches('\n').count());
    let scalar = &Scalar {
        text: decided.unwrap_or_else(|| scalar.text.clone()),
        plain: scalar.plain,
        block: scalar.block && !moved,
    };
    let found = expressions(&scalar.text);
    if let [(start, end, name)] = found.as_slice()
        && *start == 0
        && *end == scalar.text.len()
        && let Some(value) = value_of(name, parameters)
    {
        // What is put in was made before: a copy of it, which costs the same again.
        return Node { span: node.span, value: substituted(value, &Parameters::new(), left).value };
    }
    let mut text = String::with_capacity(scalar.text.len());
    let mut from = 0;
    for (start, end, name) in found {
        if let Some(value) = value_of(name, parameters).and_then(Node::as_str) {
            text.push_str(scalar.text.get(from..start).unwrap_or_default());
            *left = left.saturating_sub(value.len());
            if *left == 0 {
                return Node { span: node.span, value: Value::Null };
            }
            text.push_str(value);
            from = end;
        }
    }
    text.push_str(scalar.text.get(from..).unwrap_or_default());
    // A value with line breaks moves the lines below it: the text is no longer that of the file.
    let block = scalar.block && text.matches('\n').count() == scalar.text.matches('\n').count();
    Node { span: node.span, value: Value::Scalar(Scalar { text, plain: scalar.plain, block }) }
}

/// The value of `parameters.x` or `matrix.x`.
pub(super) fn value_of<'p>(name: &str, parameters: &'p Parameters) -> Option<&'p Node> {
    let name = name.strip_prefix("parameters.").or_else(|| name.strip_prefix("matrix."))?;
    parameters.get(name)
}

/// The longest expression that is looked at, in bytes.
const LONGEST: usize = 1_000;

/// Every `<< … >>` of a text: where it begins and ends, and what stands within.
pub(crate) fn expressions(text: &str) -> Vec<(usize, usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("<<")).map(|at| at + from) {
        let escaped = text.get(..start).is_some_and(|before| before.ends_with('\\'));
        let window = text.as_bytes().get(start..(start + LONGEST).min(text.len())).unwrap_or_default();
        let Some(length) = window.windows(2).position(|pair| pair == b">>") else {
            from = start + 2;
            continue;
        };
        let within = text.get(start + 2..start + length).unwrap_or_default();
        let name = within.trim();
        let is_one = !within.contains('\n') && !within.contains("<<") && is_expression(name);
        if !escaped && is_one {
            found.push((start, start + length + 2, name));
            from = start + length + 2;
        } else {
            from = start + 2;
        }
    }
    found
}

/// What expressions speak of. Anything else between the marks is text, such as a shell's `<< EOF >> file`.
const ROOTS: &[&str] = &["parameters.", "matrix.", "pipeline.", "job.", "workflow.", "#", "^"];

/// Whether it is one: a value, or several with operators.
fn is_expression(text: &str) -> bool {
    words(text).next().is_some()
}

/// The values that an expression speaks of, outside its quoted texts.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let unquoted = text.split(['"', '\'']).step_by(2);
    unquoted
        .flat_map(move |part| part.split(|c: char| c.is_whitespace() || "()=!,<>&|".contains(c)))
        .filter(|word| ROOTS.iter().any(|root| word.starts_with(root)))
}

/// Who decides at worst what an expression comes to.
pub(crate) fn control(text: &str) -> Control {
    words(text).map(|word| of_word(word.trim_start_matches(['#', '^']))).max().unwrap_or(Control::Unknown)
}

fn of_word(name: &str) -> Control {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    // Numbers, ids and words of a closed list, among values that somebody writes.
    let inert = name.starts_with("pipeline.event.")
        && [".name", ".action", ".number", ".sha", ".draft", ".merged", ".before", ".after", ".sender.type"]
            .iter()
            .any(|end| name.ends_with(end))
        && !name.contains("label");
    if inert || name == "pipeline.git.branch.is_default" || name == "pipeline.git.commit.url" {
        Control::System
    } else if starts(&["pipeline.event.", "pipeline.trigger_parameters.", "pipeline.git.commit."]) {
        Control::Stranger
    } else if starts(&["pipeline.git.branch", "pipeline.git.tag", "pipeline.parameters.", "pipeline.deploy."]) {
        Control::Member
    } else if starts(&["pipeline.schedule."]) {
        Control::Administrator
    } else if starts(&["pipeline.", "matrix.", "job.", "workflow."]) {
        Control::System
    } else {
        Control::Unknown
    }
}

/// What is put into a text before it runs.
pub(crate) fn embedded(text: &str, in_code: bool, place: Place) -> Vec<Embedded> {
    let one = |name: &str| Embedded { value: Known::Made(format!("<< {name} >>"), control(name)), in_code, place };
    expressions(text).into_iter().map(|(_, _, name)| one(name)).collect()
}

/// A value: a literal, unless the pipeline makes a part of it.
pub(crate) fn value(text: &str) -> Known {
    match expressions(text).iter().map(|(_, _, name)| control(name)).max() {
        None => Known::literal(text),
        Some(control) => Known::Made(text.to_owned(), control),
    }
}
