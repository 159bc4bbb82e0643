//! Texts in which Azure puts something in when a job runs: `$(name)`, `$[ … ]`, and what `${{ … }}` left open.
//!
//! What must hold: a text is a literal only where no run can change it; a name that the file does not set is somebody
//! else's. Source: Microsoft Learn, "Define variables", on the three syntaxes.

use std::collections::BTreeMap;
use std::ops::Range;

use stackgate_provider::facts::{Control, Embedded, Place, Value};

use super::conditions::Variables;
use super::expression::{Expression, enclosed, parse};
use super::names;

/// The variables that a text may name.
#[derive(Clone, Default)]
pub(super) struct Names {
    /// The file's own, by their names in small letters.
    pub(super) variables: BTreeMap<String, Value>,
    /// The pipeline's parameters that whoever starts a run decides.
    pub(super) parameters: BTreeMap<String, Control>,
}

impl Variables for Names {
    fn literal(&self, name: &str) -> Option<String> {
        self.variables.get(&name.to_ascii_lowercase())?.as_literal().map(str::to_owned)
    }
}

/// Every `$(name)` of a text. A command of a shell in such brackets has a space or another sign in it.
pub(super) fn macros(text: &str) -> Vec<(Range<usize>, &str)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "._- ".contains(c))
            && !name.contains(" -")
            && !name.ends_with(' ')
    };
    enclosed(text, "$(", ")").into_iter().filter(|(_, name)| is_name(name)).collect()
}

impl Names {
    /// Who decides what a variable holds.
    pub(super) fn control(&self, name: &str) -> Control {
        match self.variables.get(&name.to_ascii_lowercase()) {
            Some(value) => value.control(),
            None => names::control(name).unwrap_or(Control::Administrator),
        }
    }

    /// A text as a value.
    pub(super) fn value(&self, text: &str) -> Value {
        let mut made = String::new();
        let mut from = 0;
        let mut control: Option<Control> = None;
        for (range, name) in macros(text) {
            match self.literal(name) {
                // A name of its own is not put in once more.
                Some(literal) if !literal.contains("$(") && literal.len() < 10_000 => {
                    made.push_str(text.get(from..range.start).unwrap_or_default());
                    made.push_str(&literal);
                    from = range.end;
                }
                _ => control = control.max(Some(self.control(name))),
            }
        }
        made.push_str(text.get(from..).unwrap_or_default());
        for (_, inner) in enclosed(text, "${{", "}}").into_iter().chain(enclosed(text, "$[", "]")) {
            control = control.max(Some(self.expression(inner)));
        }
        match control {
            None => Value::Literal(made),
            Some(control) => Value::Made(made, control),
        }
    }

    /// Who has a hand in what an expression comes to.
    pub(super) fn expression(&self, text: &str) -> Control {
        let text = text.trim();
        let text = text.strip_prefix("if ").unwrap_or(text);
        let Some(expression) = parse(text) else { return Control::Unknown };
        let mut worst = Control::System;
        expression.names(&mut |root, path| {
            let name = match path.first() {
                Some(Expression::Text(name)) => name.as_str(),
                _ => "",
            };
            worst = worst.max(match root.to_ascii_lowercase().as_str() {
                "variables" => self.control(name),
                "parameters" => self.parameters.get(&name.to_ascii_lowercase()).copied().unwrap_or(Control::Member),
                "dependencies" | "stagedependencies" => Control::Unknown,
                "resources" => Control::Member,
                "pipeline" | "environment" | "strategy" => Control::System,
                _ => Control::Unknown,
            });
        });
        worst
    }

    /// What is put into a text before it runs. In a script a name that the file does not set may be a command of the shell.
    pub(super) fn embedded(&self, text: &str, in_code: bool, script: bool, place: Place) -> Vec<Embedded> {
        let mut all = Vec::new();
        for (range, name) in macros(text) {
            let known = self.variables.contains_key(&name.to_ascii_lowercase()) || names::control(name).is_some();
            let looks = name.contains(['.', '_']) || name.chars().any(|c| c.is_ascii_uppercase());
            if script && !known && !looks {
                continue;
            }
            // A text of the file's own is no text of anybody's.
            if self.literal(name).is_none() {
                let text = text.get(range).unwrap_or_default().to_owned();
                all.push(Embedded { value: Value::Made(text, self.control(name)), in_code, place });
            } else if script {
                let value = self.value(text.get(range.clone()).unwrap_or_default());
                let text = text.get(range).unwrap_or_default().to_owned();
                // The script's reader puts the literal in by this name.
                all.push(Embedded { value: Value::Made(text, value.control()), in_code, place });
            }
        }
        for (range, inner) in enclosed(text, "${{", "}}") {
            let text = text.get(range).unwrap_or_default().to_owned();
            all.push(Embedded { value: Value::Made(text, self.expression(inner)), in_code, place });
        }
        all.dedup_by(|one, other| one.value == other.value);
        all
    }
}
