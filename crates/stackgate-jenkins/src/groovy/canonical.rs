//! One spelling for all texts that mean the same.
//!
//! What must hold: two statements have one spelling only if Groovy cannot tell them apart. It is for comparing and for
//! showing; it is not always Groovy.

use std::fmt::Write as _;

use stackgate_provider::groovy_literal;

use super::token::Quote;
use super::tree::{Annotation, Argument, Call, Case, Catch, Closure, Expression, Kind, Statement, Variable};

impl Statement {
    /// One spelling for all that mean the same.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Statement::Expression(expression) => expression.canonical(),
            Statement::Import { text, .. } | Statement::Class { text, .. } => {
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Statement::Define(define) => {
                let mut parts = annotations(&define.annotations);
                parts.extend(define.modifiers.iter().cloned());
                let variables = join(&define.variables, ", ", variable);
                match &define.unpacked {
                    Some(value) => parts.push(format!("({variables}) = {}", value.canonical())),
                    None => parts.push(variables),
                }
                parts.join(" ")
            }
            Statement::Method(method) => {
                let mut parts = annotations(&method.annotations);
                parts.extend(method.modifiers.iter().chain(&method.of).cloned());
                let parameters = join(&method.parameters, ", ", variable);
                parts.push(format!("{}({parameters}) {}", method.name, block(&method.body)));
                parts.join(" ")
            }
            Statement::If { condition, then, otherwise, .. } => {
                let mut out = format!("if ({}) {}", condition.canonical(), block(then));
                if let Some(otherwise) = otherwise {
                    let _ = write!(out, " else {}", block(otherwise));
                }
                out
            }
            Statement::ForIn { variable: of, list, body, .. } => {
                format!("for ({} in {}) {}", variable(of), list.canonical(), block(body))
            }
            Statement::For { head, body, .. } => {
                format!("for ({}) {}", join(head, "; ", Statement::canonical), block(body))
            }
            Statement::While { condition, body, .. } => format!("while ({}) {}", condition.canonical(), block(body)),
            Statement::Switch { value, cases, .. } => {
                format!("switch ({}) {{ {} }}", value.canonical(), join(cases, "; ", case))
            }
            Statement::Try { body, catches, finally, .. } => {
                let mut out = format!("try {}", block(body));
                for Catch { variable: of, body, .. } in catches {
                    let _ = write!(out, " catch ({}) {}", variable(of), block(body));
                }
                if let Some(body) = finally {
                    let _ = write!(out, " finally {}", block(body));
                }
                out
            }
            Statement::Leave { word, values, .. } => {
                let values = join(values, ", ", Expression::canonical);
                format!("{word} {values}").trim_end().to_owned()
            }
            Statement::Label { name, statement, .. } => format!("{name}: {}", statement.canonical()),
            Statement::Block { word, body, .. } => match word {
                Some(word) => format!("synchronized ({}) {}", word.canonical(), block(body)),
                None => block(body),
            },
        }
    }
}

impl Expression {
    /// One spelling for all that mean the same: named arguments sorted, plain strings in single quotes.
    pub(crate) fn canonical(&self) -> String {
        match &self.kind {
            Kind::Text { value, .. } => groovy_literal(value),
            Kind::Interpolated(interpolation) => match interpolation.quote {
                Quote::Slash => format!("/{}/", interpolation.raw()),
                Quote::Dollar => format!("$/{}/$", interpolation.raw()),
                _ => format!("\"{}\"", interpolation.raw()),
            },
            Kind::Number(digits) => digits.clone(),
            Kind::Word(word) => word.clone(),
            Kind::List(items) => format!("[{}]", arguments(items)),
            Kind::Map(items) if items.is_empty() => "[:]".to_owned(),
            Kind::Map(items) => format!("[{}]", arguments(items)),
            Kind::Call(call) => call.canonical(),
            Kind::Closure(closure) => self::closure(closure),
            Kind::Property { of, access, name } => format!("{}{access}{}", of.canonical(), name.canonical()),
            Kind::Index { of, items } => format!("{}[{}]", of.canonical(), arguments(items)),
            Kind::Binary(left, operator, right) => format!("({} {operator} {})", left.canonical(), right.canonical()),
            Kind::Unary(operator, value) => format!("{operator}{}", value.canonical()),
            Kind::Postfix(value, operator) => format!("{}{operator}", value.canonical()),
            Kind::Ternary(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                format!("({} ? {} : {})", condition.canonical(), then.canonical(), otherwise.canonical())
            }
            Kind::Assign { target, operator, value } => {
                format!("{} {operator} {}", target.canonical(), value.canonical())
            }
            Kind::New { of, arguments: inside } => format!("new {of}({})", arguments(inside)),
            Kind::Cast { of, value } => format!("({} as {of})", value.canonical()),
            Kind::Is { of, value } => format!("({} instanceof {of})", value.canonical()),
            Kind::Opaque(text) => text.clone(),
        }
    }
}

impl Call {
    /// One spelling for all that mean the same.
    pub(crate) fn canonical(&self) -> String {
        let mut out = self.canonical_head();
        if let Some(block) = &self.block {
            let _ = write!(out, " {}", closure(block));
        }
        out
    }

    /// The call without its block.
    pub(crate) fn canonical_head(&self) -> String {
        let name = match &self.on {
            Some((on, access)) => format!("{}{access}{}", on.canonical(), self.name),
            None => self.name.clone(),
        };
        if self.block.is_some() && self.arguments.is_empty() {
            return name;
        }
        format!("{name}({})", arguments(&self.arguments))
    }
}

fn join<T>(items: &[T], between: &str, say: impl Fn(&T) -> String) -> String {
    items.iter().map(say).collect::<Vec<_>>().join(between)
}

fn block(body: &[Statement]) -> String {
    format!("{{ {} }}", join(body, "; ", Statement::canonical))
}

fn closure(closure: &Closure) -> String {
    let body = join(&closure.body, "; ", Statement::canonical);
    match &closure.parameters {
        Some(parameters) => format!("{{ {} -> {body} }}", join(parameters, ", ", variable)),
        None => format!("{{ {body} }}"),
    }
}

fn variable(of: &Variable) -> String {
    let mut out = of.of.iter().chain([&of.name]).cloned().collect::<Vec<_>>().join(" ");
    if let Some(value) = &of.value {
        let _ = write!(out, " = {}", value.canonical());
    }
    out
}

fn case(of: &Case) -> String {
    let body = join(&of.body, "; ", Statement::canonical);
    match &of.value {
        Some(value) => format!("case {}: {body}", value.canonical()),
        None => format!("default: {body}"),
    }
}

fn annotations(all: &[Annotation]) -> Vec<String> {
    let one = |annotation: &Annotation| match annotation.arguments.as_slice() {
        [] => format!("@{}", annotation.name),
        inside => format!("@{}({})", annotation.name, arguments(inside)),
    };
    all.iter().map(one).collect()
}

/// Positional ones in their order, then named ones by name.
pub(crate) fn arguments(arguments: &[Argument]) -> String {
    let mut named: Vec<(&str, &Argument)> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for argument in arguments {
        match (&argument.name, &argument.key) {
            (Some(name), _) => named.push((name, argument)),
            (None, Some(key)) => parts.push(format!("({}): {}", key.canonical(), argument.value.canonical())),
            (None, None) => parts.push(argument.value.canonical()),
        }
    }
    named.sort_by_key(|(name, _)| *name);
    parts.extend(named.iter().map(|(name, argument)| format!("{name}: {}", argument.value.canonical())));
    parts.join(", ")
}
