//! Text with expressions in it.
//!
//! What must hold: where an expression begins and ends is found as the runner does it, so that `}}` within a quoted text
//! ends nothing.

use super::{Expr, parse};

/// A text, cut at its expressions.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::facts) struct Template {
    /// Its parts, in order; no text is empty.
    pub(in crate::facts) parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::facts) enum Part {
    /// As it stands.
    Text(String),
    /// An expression.
    Made(Expr),
}

impl Template {
    /// Cuts a text; the second part is what is wrong with its expressions, each of which then stays text.
    pub(in crate::facts) fn new(text: &str) -> (Template, Vec<String>) {
        let (mut template, mut problems) = (Template::default(), Vec::new());
        let mut rest = text;
        while let Some(start) = rest.find("${{") {
            let (before, from) = rest.split_at(start);
            let inner = from.get(3..).unwrap_or("");
            let Some(end) = end(inner) else {
                problems.push("an expression has no closing `}}`".to_owned());
                break;
            };
            let (expression, after) = inner.split_at(end);
            let after = after.get(2..).unwrap_or("");
            match parse(expression) {
                Ok(expr) => {
                    template.text(before);
                    template.parts.push(Part::Made(expr));
                }
                Err(problem) => {
                    problems.push(problem);
                    let taken = from.len() - after.len();
                    template.text(before);
                    template.text(from.get(..taken).unwrap_or(""));
                }
            }
            rest = after;
        }
        template.text(rest);
        (template, problems)
    }

    fn text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    /// The expressions.
    pub(in crate::facts) fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Made(expr) => Some(expr),
            Part::Text(_) => None,
        })
    }

    /// One expression that comes to the same.
    pub(in crate::facts) fn into_expr(mut self) -> Expr {
        if self.parts.len() == 1
            && let Some(part) = self.parts.pop()
        {
            return part.into_expr();
        }
        match self.parts.is_empty() {
            true => Expr::Text(String::new()),
            false => Expr::Concat(self.parts.into_iter().map(Part::into_expr).collect()),
        }
    }
}

impl Part {
    fn into_expr(self) -> Expr {
        match self {
            Part::Text(text) => Expr::Text(text),
            Part::Made(expr) => expr,
        }
    }
}

/// Where `}}` stands, outside quoted texts.
fn end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' => quoted = !quoted,
            '}' if !quoted && matches!(chars.peek(), Some((_, '}'))) => return Some(at),
            _ => {}
        }
    }
    None
}
