//! GitHub's expressions: the language between `${{` and `}}`, and of `if`.
//!
//! What must hold: any text is read in bounded time and depth, and is printed in one spelling, so that two that differ in
//! spaces, quotes of a property or parentheses alone are equal. Source: "Evaluate expressions in workflows" in GitHub's
//! documentation, and the parser of `actions/runner` (fifty levels, 21,000 characters). Deliberately absent: evaluating
//! anything that a run decides.

mod control;
mod fold;
mod lexer;
mod parser;
mod print;
mod template;

pub(super) use control::{Controls, control_of};
pub(super) use fold::{fold, items, outcomes, text, truth};
pub(super) use parser::parse;
pub(super) use print::print;
pub(super) use template::{Part, Template};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A context with its properties: `github.event.number`, `matrix.os`; `*` for each item.
    Path(Vec<String>),
    /// A property of something that is no context: `fromJSON(x).y`, `a[b]`.
    Index(Box<Expr>, Box<Expr>),
    /// A function.
    Call(String, Vec<Expr>),
    /// `!`.
    Not(Box<Expr>),
    /// `&&`.
    And(Vec<Expr>),
    /// `||`.
    Or(Vec<Expr>),
    /// A comparison.
    Compare(Operator, Box<Expr>, Box<Expr>),
    /// Text with expressions in it, that an input was given.
    Concat(Vec<Expr>),
}

/// What compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "==",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
        }
    }
}

impl Expr {
    /// The parts of a path, where this is one.
    pub(super) fn path(&self) -> Option<Vec<&str>> {
        match self {
            Expr::Path(parts) => Some(parts.iter().map(String::as_str).collect()),
            _ => None,
        }
    }

    /// Whether this is such a path, written with dots.
    pub(super) fn is(&self, path: &str) -> bool {
        matches!(self, Expr::Path(parts) if parts.iter().map(String::as_str).eq(path.split('.')))
    }

    /// The expressions that this is made of.
    pub(super) fn parts(&self) -> Vec<&Expr> {
        match self {
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Path(_) => Vec::new(),
            Expr::Index(left, right) | Expr::Compare(_, left, right) => vec![left, right],
            Expr::Call(_, parts) | Expr::And(parts) | Expr::Or(parts) | Expr::Concat(parts) => parts.iter().collect(),
            Expr::Not(inner) => vec![inner],
        }
    }

    /// Calls something for this and everything within.
    pub(super) fn visit(&self, to: &mut dyn FnMut(&Expr)) {
        to(self);
        for part in self.parts() {
            part.visit(to);
        }
    }

    /// How many expressions this is made of.
    pub(super) fn size(&self) -> usize {
        let mut size = 0;
        self.visit(&mut |_| size += 1);
        size
    }

    /// The same with some of its paths replaced; what is replaced is not looked into again.
    pub(super) fn replaced(&self, by: &dyn Fn(&[String]) -> Option<Expr>) -> Expr {
        let all = |parts: &[Expr]| parts.iter().map(|part| part.replaced(by)).collect();
        match self {
            Expr::Path(path) => by(path).unwrap_or_else(|| self.clone()),
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) => self.clone(),
            Expr::Index(left, right) => Expr::Index(Box::new(left.replaced(by)), Box::new(right.replaced(by))),
            Expr::Compare(sign, left, right) => {
                Expr::Compare(*sign, Box::new(left.replaced(by)), Box::new(right.replaced(by)))
            }
            Expr::Call(name, parts) => Expr::Call(name.clone(), all(parts)),
            Expr::And(parts) => Expr::And(all(parts)),
            Expr::Or(parts) => Expr::Or(all(parts)),
            Expr::Concat(parts) => Expr::Concat(all(parts)),
            Expr::Not(inner) => Expr::Not(Box::new(inner.replaced(by))),
        }
    }
}

#[cfg(test)]
mod tests;
