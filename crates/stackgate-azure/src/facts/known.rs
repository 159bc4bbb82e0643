//! What `${{ … }}` comes to before a run: values of parameters and variables, and the functions over them.
//!
//! What must hold: total; a value that the run or whoever starts it decides is none, never a guess. Source: Microsoft
//! Learn, "Template expressions" and "Expressions".

use std::collections::BTreeMap;

use stackgate_provider::canonical;
use stackgate_provider::yaml::{Node, Scalar, Span, Value};

use super::expression::Expression;

/// A value that is known before a run.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    Null,
    Truth(bool),
    Text(String),
    Node(Node),
}

/// What a file's expressions may name.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    /// Parameters with a known value; names in small letters.
    pub(crate) parameters: BTreeMap<String, Node>,
    /// Variables with a known value; names in small letters.
    pub(crate) variables: BTreeMap<String, String>,
    /// What `each` names.
    pub(crate) locals: Vec<(String, Known)>,
    /// Whether the parameters are those of a template, all of which its caller decides.
    pub(crate) is_template: bool,
    /// Parameters that whoever starts a run decides: what they are unless somebody says otherwise.
    pub(crate) defaults: BTreeMap<String, Node>,
}

impl Known {
    /// The value of a node; none where a part of it is not decided yet.
    pub(crate) fn of(node: &Node) -> Option<Known> {
        match &node.value {
            Value::Null => Some(Known::Null),
            Value::Scalar(scalar) if scalar.text.contains("${{") => None,
            Value::Scalar(scalar) => Some(match node.as_bool() {
                Some(truth) => Known::Truth(truth),
                None => Known::Text(scalar.text.clone()),
            }),
            _ => Some(Known::Node(node.clone())),
        }
    }

    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Known::Null => Some(String::new()),
            Known::Truth(true) => Some("True".into()),
            Known::Truth(false) => Some("False".into()),
            Known::Text(text) => Some(text.clone()),
            Known::Node(_) => None,
        }
    }

    pub(crate) fn truth(&self) -> bool {
        match self {
            Known::Null => false,
            Known::Truth(truth) => *truth,
            Known::Text(text) => !text.is_empty() && text != "0",
            Known::Node(_) => true,
        }
    }

    /// As a node that stands at a place.
    pub(crate) fn node(&self, span: Span) -> Node {
        match self {
            Known::Node(node) => moved(node, span),
            Known::Null => scalar("", span),
            Known::Truth(truth) => {
                Node { span, value: Value::Scalar(Scalar { text: truth.to_string(), plain: true, block: false }) }
            }
            Known::Text(text) => scalar(text, span),
        }
    }

    fn same(&self, other: &Known) -> Option<bool> {
        match (self, other) {
            (Known::Truth(truth), Known::Text(text)) | (Known::Text(text), Known::Truth(truth)) => {
                Some(match text.to_ascii_lowercase().as_str() {
                    "true" => *truth,
                    "false" => !truth,
                    _ => text.is_empty() != *truth,
                })
            }
            (Known::Node(one), Known::Node(other)) => Some(canonical(one) == canonical(other)),
            (one, other) => match (one.text(), other.text()) {
                (Some(one), Some(other)) => Some(one.eq_ignore_ascii_case(&other)),
                _ => Some(false),
            },
        }
    }
}

/// A node with all its places at one: it came from elsewhere.
pub(crate) fn moved(node: &Node, span: Span) -> Node {
    use stackgate_provider::yaml::{Entry, Key};
    let value = match &node.value {
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| moved(item, span)).collect()),
        Value::Mapping(mapping) => {
            let one = |entry: &Entry| Entry {
                key: Key { text: entry.key.text.clone(), span },
                value: moved(&entry.value, span),
            };
            Value::Mapping(mapping.iter().map(one).collect())
        }
        // The lines of a text that came from elsewhere are not those of this place.
        Value::Scalar(scalar) => Value::Scalar(Scalar { block: false, ..scalar.clone() }),
        other => other.clone(),
    };
    Node { span, value }
}

pub(crate) fn scalar(text: &str, span: Span) -> Node {
    Node { span, value: Value::Scalar(Scalar { text: text.to_owned(), plain: false, block: false }) }
}

impl Scope {
    /// What an expression comes to; none where that is not known yet.
    pub(crate) fn evaluate(&self, expression: &Expression) -> Option<Known> {
        match expression {
            Expression::Text(text) => Some(Known::Text(text.clone())),
            Expression::Truth(truth) => Some(Known::Truth(*truth)),
            Expression::Null => Some(Known::Null),
            Expression::Name(root, path) => self.name(root, path),
            Expression::Call(name, arguments) => self.call(name, arguments),
        }
    }

    fn name(&self, root: &str, path: &[Expression]) -> Option<Known> {
        if let Some((_, known)) = self.locals.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(root)) {
            return self.within(known.clone(), path);
        }
        let Some((first, rest)) = path.split_first() else {
            // All parameters of a template, for an `each` over them.
            let all = self.is_template && root.eq_ignore_ascii_case("parameters");
            return all.then(|| Known::Node(self.every_parameter()));
        };
        let name = self.evaluate(first)?.text()?.to_ascii_lowercase();
        match root.to_ascii_lowercase().as_str() {
            "parameters" => match self.parameters.get(&name) {
                Some(node) => self.within(Known::of(node)?, rest),
                None if self.is_template => Some(Known::Null),
                None => None,
            },
            "variables" if rest.is_empty() => self.variables.get(&name).cloned().map(Known::Text),
            _ => None,
        }
    }

    fn every_parameter(&self) -> Node {
        use stackgate_provider::yaml::{Entry, Key};
        let span = Span::default();
        let one =
            |(name, value): (&String, &Node)| Entry { key: Key { text: name.clone(), span }, value: value.clone() };
        Node { span, value: Value::Mapping(self.parameters.iter().map(one).collect()) }
    }

    /// This with what the pipeline's parameters are unless whoever starts a run says otherwise.
    pub(crate) fn by_default(&self) -> Scope {
        let mut scope = self.clone();
        for (name, value) in &self.defaults {
            scope.parameters.entry(name.clone()).or_insert_with(|| value.clone());
        }
        scope
    }

    fn within(&self, mut known: Known, path: &[Expression]) -> Option<Known> {
        for part in path {
            let key = self.evaluate(part)?.text()?;
            known = match &known {
                Known::Node(node) => match &node.value {
                    Value::Mapping(mapping) => {
                        let entry = mapping.iter().find(|entry| entry.key.text.eq_ignore_ascii_case(&key));
                        entry.map_or(Some(Known::Null), |entry| Known::of(&entry.value))?
                    }
                    Value::Sequence(items) => {
                        items.get(key.parse::<usize>().ok()?).map_or(Some(Known::Null), Known::of)?
                    }
                    _ => return None,
                },
                _ => Known::Null,
            };
        }
        Some(known)
    }

    fn call(&self, name: &str, arguments: &[Expression]) -> Option<Known> {
        let truth = |argument: &Expression| self.evaluate(argument).map(|known| known.truth());
        match name {
            "and" | "or" => {
                let ends = name == "or";
                let all: Vec<Option<bool>> = arguments.iter().map(truth).collect();
                if all.contains(&Some(ends)) {
                    return Some(Known::Truth(ends));
                }
                return all.iter().all(Option::is_some).then_some(Known::Truth(!ends));
            }
            "coalesce" => {
                for argument in arguments {
                    let known = self.evaluate(argument)?;
                    if known.text().is_none_or(|text| !text.is_empty()) {
                        return Some(known);
                    }
                }
                return Some(Known::Null);
            }
            "iif" => {
                let [condition, yes, no] = arguments else { return None };
                return self.evaluate(if truth(condition)? { yes } else { no });
            }
            _ => {}
        }
        let all: Vec<Known> = arguments.iter().map(|argument| self.evaluate(argument)).collect::<Option<_>>()?;
        let text = |at: usize| all.get(at).and_then(Known::text);
        let lower = |at: usize| text(at).map(|text| text.to_ascii_lowercase());
        let result = match name {
            "not" => Known::Truth(!all.first()?.truth()),
            "xor" => Known::Truth(all.first()?.truth() != all.get(1)?.truth()),
            "eq" => Known::Truth(all.first()?.same(all.get(1)?)?),
            "ne" => Known::Truth(!all.first()?.same(all.get(1)?)?),
            "in" | "notin" => {
                let first = all.first()?;
                let found = all.iter().skip(1).any(|other| first.same(other) == Some(true));
                Known::Truth(found == (name == "in"))
            }
            "gt" | "ge" | "lt" | "le" => {
                let (one, other): (f64, f64) = (text(0)?.parse().ok()?, text(1)?.parse().ok()?);
                Known::Truth(match name {
                    "gt" => one > other,
                    "ge" => one >= other,
                    "lt" => one < other,
                    _ => one <= other,
                })
            }
            "contains" => Known::Truth(lower(0)?.contains(&lower(1)?)),
            "startswith" => Known::Truth(lower(0)?.starts_with(&lower(1)?)),
            "endswith" => Known::Truth(lower(0)?.ends_with(&lower(1)?)),
            "containsvalue" => {
                let Known::Node(node) = all.first()? else { return None };
                let wanted = all.get(1)?;
                let is = |node: &Node| Known::of(node).is_some_and(|known| known.same(wanted) == Some(true));
                Known::Truth(match &node.value {
                    Value::Sequence(items) => items.iter().any(is),
                    Value::Mapping(mapping) => mapping.iter().any(|entry| is(&entry.value)),
                    _ => false,
                })
            }
            "lower" => Known::Text(lower(0)?),
            "upper" => Known::Text(text(0)?.to_ascii_uppercase()),
            "trim" => Known::Text(text(0)?.trim().to_owned()),
            "replace" => {
                let (of, with) = (text(1)?, text(2)?);
                // Bounded: a text of a stranger's file could grow with each call.
                Known::Text(text(0)?.replace(&of, &with)).bounded()?
            }
            "format" => {
                let mut made = text(0)?;
                for at in 1..all.len() {
                    made = made.replace(&format!("{{{}}}", at - 1), &text(at)?);
                }
                Known::Text(made.replace("{{", "{").replace("}}", "}")).bounded()?
            }
            "join" => {
                let Known::Node(node) = all.get(1)? else { return None };
                let texts: Option<Vec<&str>> = node.as_sequence()?.iter().map(Node::as_str).collect();
                Known::Text(texts?.join(&text(0)?)).bounded()?
            }
            "split" => {
                let (whole, sign) = (text(0)?, text(1)?);
                let span = Span::default();
                let items = whole.split(|c: char| sign.contains(c)).map(|part| scalar(part, span)).collect();
                Known::Node(Node { span, value: Value::Sequence(items) })
            }
            "length" => Known::Text(match all.first()? {
                Known::Node(node) => match &node.value {
                    Value::Sequence(items) => items.len().to_string(),
                    Value::Mapping(mapping) => mapping.len().to_string(),
                    _ => return None,
                },
                known => known.text()?.len().to_string(),
            }),
            "converttojson" => Known::Text(match all.first()? {
                Known::Node(node) => canonical(node),
                known => known.text()?,
            }),
            "index" => return self.within(all.first()?.clone(), arguments.get(1..)?),
            _ => return None,
        };
        Some(result)
    }

    /// The expression with what is known put in, and what that decides left out.
    pub(crate) fn simplified(&self, expression: &Expression) -> Expression {
        match self.evaluate(expression) {
            Some(Known::Truth(truth)) => return Expression::Truth(truth),
            Some(Known::Text(text)) => return Expression::Text(text),
            Some(Known::Null) => return Expression::Text(String::new()),
            Some(Known::Node(_)) | None => {}
        }
        let Expression::Call(name, arguments) = expression else { return expression.clone() };
        let mut parts: Vec<Expression> = arguments.iter().map(|argument| self.simplified(argument)).collect();
        let neutral = match name.as_str() {
            "and" => Some(Expression::Truth(true)),
            "or" => Some(Expression::Truth(false)),
            _ => None,
        };
        if let Some(neutral) = neutral {
            parts.retain(|part| *part != neutral);
            if parts.len() == 1 {
                return parts.remove(0);
            }
        }
        Expression::Call(name.clone(), parts)
    }
}

impl Known {
    fn bounded(self) -> Option<Known> {
        const LONGEST: usize = 100_000;
        self.text().is_none_or(|text| text.len() <= LONGEST).then_some(self)
    }
}
