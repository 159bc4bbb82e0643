//! The tree of a declarative Jenkinsfile: statements, calls and literals, each with its place.
//!
//! What must hold: the tree says everything that the text says, comments and layout aside; a plain string and one that
//! Groovy interpolates are never the same. Deliberately absent: what any word means to Jenkins.

use std::fmt::Write as _;

use stackgate_provider::diagnostic::Span;
use stackgate_provider::groovy_literal;

/// One statement of a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Statement {
    /// `name = value`.
    Assign(Assign),
    /// Anything else: usually a call.
    Expression(Expression),
}

/// `name = value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assign {
    pub(crate) name: String,
    pub(crate) value: Expression,
    pub(crate) span: Span,
}

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What an expression can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A string without interpolation, whatever its quotes; `triple` where its lines may be indented by their place.
    Text { value: String, triple: bool },
    /// A string that Groovy interpolates, with its `${…}` as written.
    Interpolated(String),
    /// A whole number.
    Number(String),
    /// A name, or names joined by dots: `none`, `true`, `env.X`.
    Word(String),
    /// `[a, b]`.
    List(Vec<Argument>),
    /// A call, with parentheses or without.
    Call(Call),
    /// Two expressions and what joins them.
    Binary(Box<Expression>, &'static str, Box<Expression>),
}

/// `name(arguments) { block }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) block: Option<Vec<Statement>>,
    pub(crate) span: Span,
}

/// An argument, or an item of a list; named ones are in any order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<String>,
    pub(crate) value: Expression,
}

impl Statement {
    /// Where it begins and ends.
    pub(crate) fn span(&self) -> Span {
        match self {
            Statement::Assign(assign) => assign.span,
            Statement::Expression(expression) => expression.span,
        }
    }

    /// One spelling for all that mean the same.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Statement::Assign(assign) => format!("{} = {}", assign.name, assign.value.canonical()),
            Statement::Expression(expression) => expression.canonical(),
        }
    }
}

impl Expression {
    /// One spelling for all that mean the same: named arguments sorted, plain strings in single quotes.
    pub(crate) fn canonical(&self) -> String {
        match &self.kind {
            Kind::Text { value, .. } => groovy_literal(value),
            Kind::Interpolated(raw) => format!("\"{raw}\""),
            Kind::Number(digits) => digits.clone(),
            Kind::Word(word) => word.clone(),
            Kind::List(items) => format!("[{}]", arguments(items)),
            Kind::Call(call) => call.canonical(),
            Kind::Binary(left, operator, right) => format!("({} {operator} {})", left.canonical(), right.canonical()),
        }
    }
}

impl Call {
    /// One spelling for all that mean the same.
    pub(crate) fn canonical(&self) -> String {
        let mut out = self.canonical_head();
        if let Some(block) = &self.block {
            let inside: Vec<String> = block.iter().map(Statement::canonical).collect();
            let _ = write!(out, " {{ {} }}", inside.join("; "));
        }
        out
    }

    /// The call without its block.
    pub(crate) fn canonical_head(&self) -> String {
        if self.block.is_some() && self.arguments.is_empty() {
            return self.name.clone();
        }
        format!("{}({})", self.name, arguments(&self.arguments))
    }
}

/// Positional ones in their order, then named ones by name.
pub(crate) fn arguments(arguments: &[Argument]) -> String {
    let mut named: Vec<(&str, &Argument)> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for argument in arguments {
        match &argument.name {
            Some(name) => named.push((name, argument)),
            None => parts.push(argument.value.canonical()),
        }
    }
    named.sort_by_key(|(name, _)| *name);
    parts.extend(named.iter().map(|(name, argument)| format!("{name}: {}", argument.value.canonical())));
    parts.join(", ")
}
