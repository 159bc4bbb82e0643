//! Azure's expression language, as conditions, `$[ … ]` and `${{ … }}` use it: its tree and its parser.
//!
//! What must hold: total, and bounded in depth; what is no expression of the language is none. Names of functions are
//! compared without regard to case. Source: Microsoft Learn, "Expressions".

mod lexer;
mod parser;

use std::fmt;

pub(crate) use parser::parse;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// `'text'`, a number or a version, by its text.
    Text(String),
    /// `true` and `false`.
    Truth(bool),
    /// Nothing.
    Null,
    /// A name with what is taken out of it: `variables['Build.Reason']`, `parameters.x`.
    Name(String, Vec<Expression>),
    /// A call, by the function's name in small letters.
    Call(String, Vec<Expression>),
}

impl Expression {
    /// The variable's name, where it is one: `variables['x']` and `variables.x`.
    pub(crate) fn variable(&self) -> Option<&str> {
        match self {
            Expression::Name(root, path) if root.eq_ignore_ascii_case("variables") => match path.as_slice() {
                [Expression::Text(name)] => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Calls `visit` with every name of the expression and the path below it.
    pub(crate) fn names(&self, visit: &mut dyn FnMut(&str, &[Expression])) {
        match self {
            Expression::Name(root, path) => {
                visit(root, path);
                path.iter().for_each(|part| part.names(visit));
            }
            Expression::Call(_, arguments) => arguments.iter().for_each(|argument| argument.names(visit)),
            _ => {}
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Expression::Truth(truth) => write!(f, "{truth}"),
            Expression::Null => f.write_str("null"),
            Expression::Name(root, path) => {
                f.write_str(root)?;
                for part in path {
                    match part {
                        Expression::Text(text) if is_word(text) => write!(f, ".{text}")?,
                        part => write!(f, "[{part}]")?,
                    }
                }
                Ok(())
            }
            Expression::Call(name, arguments) => {
                write!(f, "{name}(")?;
                for (at, argument) in arguments.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{argument}")?;
                }
                f.write_str(")")
            }
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && (text == "*" || text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Every `open … close` of a text, as its range and what stands within; a quoted text within may hold the closing sign.
pub(crate) fn enclosed<'t>(text: &'t str, open: &str, close: &str) -> Vec<(std::ops::Range<usize>, &'t str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(open)).map(|at| at + from) {
        let inner = start + open.len();
        let rest = text.get(inner..).unwrap_or_default();
        let mut quoted = false;
        let end = rest.char_indices().find(|(at, c)| {
            quoted ^= *c == '\'';
            !quoted && rest.get(*at..).is_some_and(|here| here.starts_with(close))
        });
        // An apostrophe in plain text is no quote where nothing closes it.
        let end = end.map(|(at, _)| at).or_else(|| rest.find(close));
        let Some(length) = end else { break };
        found.push((start..inner + length + close.len(), rest.get(..length).unwrap_or_default().trim()));
        from = inner + length + close.len();
    }
    found
}
