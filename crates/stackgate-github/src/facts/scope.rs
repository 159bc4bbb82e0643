//! What the names of an expression stand for in one place of a workflow.
//!
//! What must hold: an input that was given replaces its name wherever it is used, so that who controls it is known; what
//! is put in is not looked into again, and no text grows without bound.

use std::collections::BTreeMap;

use stackgate_provider::facts::{Control, Place, Value};

use super::expr::{Controls, Expr, Part, Template, control_of, fold, print};
use super::matrix::Matrix;
use super::reading::Made;

/// More than this many parts of an expression are not put in.
const LARGEST: usize = 2_000;

/// The names that are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Inputs that were given; none where whoever starts the run gives them.
    pub(super) inputs: Option<BTreeMap<String, Expr>>,
    /// Secrets that a caller hands over by name; none where all of the store's have their own names.
    pub(super) secrets: Option<BTreeMap<String, Expr>>,
    /// Who decides each variable of the file.
    pub(super) variables: BTreeMap<String, Control>,
    /// The matrix.
    pub(super) matrix: Matrix,
    /// Whether any workflow may call this one and give its inputs; otherwise whoever starts a run by hand does.
    pub(super) callable: bool,
}

impl Controls for Scope {
    fn variable(&self, name: &str) -> Option<Control> {
        self.variables.get(name).copied()
    }

    fn matrix(&self, key: &str) -> Option<Control> {
        self.matrix.control(key)
    }

    fn inputs(&self) -> Control {
        if self.callable { Control::Unknown } else { Control::Member }
    }
}

impl Scope {
    /// The expression with all that is known put in.
    pub(super) fn known(&self, expr: &Expr) -> Expr {
        if self.inputs.is_none() && self.secrets.is_none() {
            return fold(expr.clone());
        }
        let given = |path: &[String]| {
            let [context, name] = path else { return None };
            let from = match context.as_str() {
                "inputs" => self.inputs.as_ref()?,
                "secrets" if !name.eq_ignore_ascii_case("github_token") => self.secrets.as_ref()?,
                _ => return None,
            };
            let found = from.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            // What is not given is empty.
            Some(found.cloned().unwrap_or(Expr::Text(String::new())))
        };
        let replaced = fold(expr.replaced(&given));
        if replaced.size() > LARGEST { expr.clone() } else { replaced }
    }

    /// A text's template with all that is known put in, and what is wrong with it.
    pub(super) fn template(&self, text: &str) -> (Template, Vec<String>) {
        let (mut template, problems) = Template::new(text);
        for part in &mut template.parts {
            if let Part::Made(expr) = part {
                *expr = self.known(expr);
            }
        }
        (template, problems)
    }

    /// A text's value; the places of its expressions are the caller's to find. Also what is wrong with it.
    pub(super) fn value(&self, text: &str) -> (Made, Vec<String>) {
        let (template, problems) = self.template(text);
        let mut out = String::new();
        let mut control = Control::System;
        let mut made = false;
        let mut expressions = Vec::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Made(expr) => {
                    expressions.push((expr.clone(), Place::default()));
                    if let Some(text) = super::expr::text(expr) {
                        out.push_str(&text);
                    } else {
                        made = true;
                        control = control.max(control_of(expr, self));
                        rendered(expr, &mut out);
                    }
                }
            }
        }
        let value = if made { Value::Made(out.clone(), control) } else { Value::Literal(out.clone()) };
        (Made { value, expressions, text: out }, problems)
    }
}

/// An expression within a text; one that was put together of text and others is text and others again.
fn rendered(expr: &Expr, out: &mut String) {
    match expr {
        Expr::Concat(parts) => parts.iter().for_each(|part| match part {
            Expr::Text(text) => out.push_str(text),
            other => rendered(other, out),
        }),
        other => {
            out.push_str("${{ ");
            out.push_str(&print(other));
            out.push_str(" }}");
        }
    }
}
