//! What an expression comes to: a text, or what the build makes of it and who has a hand in that.
//!
//! What must hold: a name is followed only where it has one value all over the file; what a name may be more than once is made.

use stackgate_provider::facts::{Control, Value};

use super::Reading;
use super::around::Around;
use super::names;
use crate::groovy::{Closure, Expression, Kind, Part, Statement};

/// How far names are followed.
const DEEPEST: usize = 8;

/// How many expressions of a file are looked into, each once for every use.
pub(super) const MOST_EFFORT: usize = 3_000_000;

impl Reading<'_> {
    /// What an expression comes to.
    pub(super) fn value(&self, expression: &Expression, around: &Around) -> Value {
        self.valued(expression, around, 0)
    }

    fn valued(&self, expression: &Expression, around: &Around, depth: usize) -> Value {
        if depth > DEEPEST || !self.try_on(expression) {
            return Value::Made(short(expression), Control::Unknown);
        }
        let made = |control| Value::Made(short(expression), control);
        let of = |inner: &Expression| self.valued(inner, around, depth + 1);
        match &expression.kind {
            Kind::Text { value, .. } => Value::literal(value.as_str()),
            Kind::Number(digits) => Value::literal(digits.as_str()),
            Kind::Interpolated(_) | Kind::Binary(_, "+", _) => {
                let (text, embedded) = self.pieces(expression, around, depth);
                match embedded.iter().map(Value::control).max() {
                    None => Value::Literal(text),
                    Some(control) => Value::Made(text, control),
                }
            }
            Kind::Word(word) => self.name(word, around, depth),
            Kind::Property { of: inner, name, .. } => match (&inner.kind, super::arguments::plain(name), &name.kind) {
                (Kind::Word(path), Some(text), _) => self.name(&format!("{path}.{text}"), around, depth),
                (Kind::Word(path), None, Kind::Word(text)) => self.name(&format!("{path}.{text}"), around, depth),
                _ => made(of(inner).control().max(Control::System)),
            },
            Kind::Index { of: inner, items } => match (&inner.kind, items.as_slice()) {
                (Kind::Word(path), [item]) if path == "env" || path == "params" => {
                    match super::arguments::plain(&item.value) {
                        Some(text) => self.name(&format!("{path}.{text}"), around, depth),
                        None => made(if path == "params" { Control::Member } else { Control::Unknown }),
                    }
                }
                _ => made(of(inner).control()),
            },
            Kind::Ternary(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                made(
                    [condition, then, otherwise]
                        .map(|part| of(part).control())
                        .into_iter()
                        .max()
                        .unwrap_or(Control::Unknown),
                )
            }
            Kind::Binary(left, _, right) => made(of(left).control().max(of(right).control())),
            Kind::Unary(_, inner) | Kind::Cast { value: inner, .. } => match of(inner) {
                value @ Value::Literal(_) if matches!(expression.kind, Kind::Cast { .. }) => value,
                value => made(value.control()),
            },
            Kind::Call(call) => {
                // What a method of a text gives is as much somebody's as the text.
                let on = match &call.on {
                    Some((on, _)) => Some(of(on)),
                    None => call.name.rsplit_once('.').map(|(on, _)| self.name(on, around, depth + 1)),
                };
                let same = matches!(call.name.rsplit('.').next(), Some("trim" | "toString" | "strip"));
                match on {
                    Some(value @ Value::Literal(_)) if same && call.arguments.is_empty() => value,
                    Some(value) => {
                        let arguments = call.arguments.iter().map(|argument| of(&argument.value).control());
                        made(arguments.max().unwrap_or(Control::System).max(value.control()))
                    }
                    None => made(Control::Unknown),
                }
            }
            Kind::List(items) | Kind::Map(items) => {
                let controls = items.iter().map(|item| of(&item.value)).filter(|value| value.as_literal().is_none());
                match controls.map(|value| value.control()).max() {
                    None => Value::Literal(expression.canonical()),
                    Some(control) => made(control),
                }
            }
            _ => made(Control::Unknown),
        }
    }

    /// Whether it is worth the effort to look into an expression: names of names of names can take any time.
    fn try_on(&self, expression: &Expression) -> bool {
        let length = expression.span.end.saturating_sub(expression.span.start);
        let effort = self.effort.get().saturating_add(1 + length / 16);
        self.effort.set(effort);
        effort < MOST_EFFORT
    }

    /// Follows a name to what it stands for, unless that goes too far.
    pub(super) fn follow<T>(&self, expression: &Expression, read: impl FnOnce() -> Option<T>) -> Option<T> {
        let depth = self.followed.get();
        if depth >= DEEPEST || !self.try_on(expression) {
            return None;
        }
        self.followed.set(depth + 1);
        let found = read();
        self.followed.set(depth);
        found
    }

    /// What a name stands for.
    fn name(&self, name: &str, around: &Around, depth: usize) -> Value {
        let name = name.strip_prefix("this.").unwrap_or(name);
        if matches!(name, "true" | "false" | "null") {
            return Value::literal(name);
        }
        if let Some((_, value)) = self.bound.iter().rev().find(|(known, _)| known == name) {
            return value.clone();
        }
        if name.starts_with("params.") {
            return Value::Made(name.to_owned(), Control::Member);
        }
        let bare = name.strip_prefix("env.").unwrap_or(name);
        if bare == name
            && let Some(value) = self.known.get(name)
        {
            return match self.valued(value, around, depth + 1) {
                Value::Made(_, control) => Value::Made(name.to_owned(), control),
                literal => literal,
            };
        }
        let variables =
            around.variables.iter().rev().chain(around.base.variables.iter().rev()).chain(self.later.iter().rev());
        if let Some(variable) = variables.into_iter().find(|variable| variable.name == bare) {
            return match &variable.value {
                Value::Made(_, control) => Value::Made(name.to_owned(), *control),
                literal => literal.clone(),
            };
        }
        let mut bound = around.credentials.iter().chain(&around.base.credentials);
        if bound.any(|credential| credential.variable.as_deref() == Some(bare)) {
            return Value::Made(name.to_owned(), Control::Administrator);
        }
        let of_parameters = |variable: &&stackgate_provider::facts::Variable| variable.name == bare;
        let control = match names::control(bare) {
            Some(control) => control,
            None if self.observation.environment.iter().any(|variable| of_parameters(&variable)) => Control::Member,
            None if name.starts_with("scm.") || name.starts_with("currentBuild.") => Control::System,
            // What a controller sets for all its builds is its administrator's.
            None if bare != name => Control::Administrator,
            None => Control::Unknown,
        };
        Value::Made(name.to_owned(), control)
    }

    /// A text with what is put into it: each as it is written, and who has a hand in it. What is known is put in.
    pub(super) fn text(&self, expression: &Expression, around: &Around) -> (String, Vec<Value>) {
        self.pieces(expression, around, 0)
    }

    fn pieces(&self, expression: &Expression, around: &Around, depth: usize) -> (String, Vec<Value>) {
        let mut text = String::new();
        let mut embedded = Vec::new();
        self.append(expression, around, depth + 1, &mut text, &mut embedded);
        (text, embedded)
    }

    fn append(
        &self,
        expression: &Expression,
        around: &Around,
        depth: usize,
        text: &mut String,
        embedded: &mut Vec<Value>,
    ) {
        let mut put = |value: Value, raw: String, text: &mut String| match value {
            Value::Literal(known) => text.push_str(&known),
            Value::Made(_, control) => {
                text.push_str(&raw);
                embedded.push(Value::Made(raw, control));
            }
        };
        match &expression.kind {
            Kind::Text { value, .. } => text.push_str(value),
            Kind::Interpolated(interpolation) => {
                for part in &interpolation.parts {
                    match part {
                        Part::Text(piece) => text.push_str(piece),
                        Part::Code { raw, closure } => {
                            let value = only(closure).map(|inner| self.valued(inner, around, depth + 1));
                            put(value.unwrap_or(Value::Made(raw.clone(), Control::Unknown)), raw.clone(), text);
                        }
                    }
                }
            }
            // Long sums are deep to the left alone.
            Kind::Binary(_, "+", _) if depth <= DEEPEST => {
                let (mut first, mut rest) = (expression, Vec::new());
                while let Kind::Binary(left, "+", right) = &first.kind {
                    rest.push(&**right);
                    first = left;
                }
                self.append(first, around, depth + 1, text, embedded);
                for part in rest.into_iter().rev() {
                    self.append(part, around, depth + 1, text, embedded);
                }
            }
            Kind::Call(call) if is_tidying(&call.name) && call.arguments.is_empty() => match &call.on {
                // `'''…'''.stripIndent()` is the text, for whoever does not count spaces.
                Some((on, _)) if depth <= DEEPEST => self.append(on, around, depth + 1, text, embedded),
                _ => put(self.valued(expression, around, depth), format!("${{{}}}", short(expression)), text),
            },
            _ => put(self.valued(expression, around, depth), format!("${{{}}}", short(expression)), text),
        }
    }
}

fn is_tidying(name: &str) -> bool {
    matches!(name, "stripIndent" | "stripMargin" | "trim" | "toString" | "strip")
}

/// The one expression of a closure.
pub(super) fn only(closure: &Closure) -> Option<&Expression> {
    match closure.body.as_slice() {
        [Statement::Expression(expression)] => Some(expression),
        [Statement::Leave { word: "return", values, .. }] => values.first(),
        _ => None,
    }
}

/// An expression in one spelling, cut where it holds a whole script.
pub(super) fn short(expression: &Expression) -> String {
    let text = expression.canonical();
    match text.char_indices().nth(200) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or("")),
        None => text,
    }
}
