//! Words to arguments: what each comes to, and who has a hand in it.
//!
//! What must hold: an argument is a literal only when every part of it is; unquoted text of a variable may become several.

use std::ops::Range;

use super::call::Argument;
use super::walk::Walker;
use super::{Operator, Part, Scope, Word};
use crate::value::{Control, Value};

/// Most a single word may come to: variables that double themselves would fill the memory.
const LARGEST: usize = 1 << 16;

impl Walker<'_, '_> {
    /// What a word comes to: one argument, or several where an unquoted variable holds blanks.
    pub(super) fn arguments(&mut self, word: &Word, scope: &mut Scope<'_>, out: &mut Vec<Argument>) {
        let mut argument = Argument { range: self.outer(&word.range), quoted: word.quoted, ..Argument::default() };
        let mut text = String::new();
        let mut any = word.quoted;
        for part in &word.parts {
            if let Part::Text(piece) = part {
                append(&mut text, &mut argument, piece);
                any = true;
                continue;
            }
            let splits = matches!(part, Part::Variable { quoted: false, .. } | Part::Embedded { .. });
            let piece = self.part(part, scope, &mut argument);
            any |= matches!(part, Part::Variable { quoted: true, .. });
            match piece {
                Value::Literal(piece) if splits && piece.contains([' ', '\t', '\n']) => {
                    let blank = |c: char| matches!(c, ' ' | '\t' | '\n');
                    let mut fields = piece.split(blank).filter(|field| !field.is_empty()).peekable();
                    if piece.starts_with(blank) && !text.is_empty() {
                        out.push(finished(&mut argument, &mut text));
                    }
                    while let Some(field) = fields.next() {
                        append(&mut text, &mut argument, field);
                        any = true;
                        if fields.peek().is_some() || piece.ends_with(blank) {
                            out.push(finished(&mut argument, &mut text));
                            any = false;
                        }
                    }
                }
                Value::Literal(piece) => append(&mut text, &mut argument, &piece),
                Value::Made(piece, control) => {
                    any = true;
                    text.truncate(floor(&text, LARGEST));
                    text.push_str(piece.get(..floor(&piece, LARGEST)).unwrap_or(""));
                    argument.tail.clear();
                    argument.control = Some(argument.control.map_or(control, |worst| worst.max(control)));
                }
            }
        }
        if any || !text.is_empty() {
            out.push(finished(&mut argument, &mut text));
        }
    }

    /// One argument, whatever a variable holds: an assignment's value, a redirection's file.
    pub(super) fn single(&mut self, word: &Word, scope: &mut Scope<'_>) -> Argument {
        let mut all = Vec::new();
        self.arguments(word, scope, &mut all);
        let mut all = all.into_iter();
        let Some(mut first) = all.next() else {
            return Argument { range: self.outer(&word.range), ..Argument::default() };
        };
        for more in all {
            let text = format!("{} {}", first.value.text(), more.value.text());
            first.value = match (&first.value, &more.value) {
                (Value::Literal(_), Value::Literal(_)) => Value::Literal(text),
                (left, right) => Value::Made(text, left.control().max(right.control())),
            };
            first.names.extend(more.names);
            first.unquoted.extend(more.unquoted);
            first.substitutions.extend(more.substitutions);
            first.runs.end = first.runs.end.max(more.runs.end);
        }
        first
    }

    fn part(&mut self, part: &Part, scope: &mut Scope<'_>, argument: &mut Argument) -> Value {
        match part {
            Part::Text(text) => Value::Literal(text.clone()),
            Part::Arithmetic(text) => Value::Made(format!("$(({}))", text.trim()), Control::System),
            Part::Embedded { expression, text } => {
                let value = scope.embedded(expression);
                argument.names.push(expression.clone());
                match value {
                    Some(Value::Literal(text)) => Value::Literal(text),
                    Some(Value::Made(_, control)) => Value::Made(text.clone(), control),
                    None => Value::Made(text.clone(), Control::Unknown),
                }
            }
            Part::Variable { name, operator, quoted } => {
                argument.names.push(name.clone());
                let value = self.variable(name, operator, scope, argument);
                if let (false, Value::Made(..)) = (quoted, &value) {
                    argument.unquoted.push(value.clone());
                }
                value
            }
            Part::Substitution { script, text, quoted, file } => {
                if self.seen.contains(text) {
                    return Value::Made(text.clone(), Control::Unknown);
                }
                let before = self.next;
                argument.substitutions.push(text.clone());
                let control = self.within(script, scope);
                let runs = if argument.runs.is_empty() { before..self.next } else { argument.runs.start..self.next };
                argument.runs = runs;
                argument.file |= file;
                let value = Value::Made(text.clone(), control);
                if !quoted {
                    argument.unquoted.push(value.clone());
                }
                value
            }
        }
    }

    fn variable(&mut self, name: &str, operator: &Operator, scope: &mut Scope<'_>, argument: &mut Argument) -> Value {
        let value = scope.get(name);
        let control = |value: &Option<Value>| match value {
            Some(value) => value.control(),
            None if matches!(name, "?" | "$" | "!" | "#" | "RANDOM" | "SECONDS" | "PWD" | "UID" | "HOME" | "PATH") => {
                Control::System
            }
            None => Control::Unknown,
        };
        match operator {
            Operator::Plain => match value {
                Some(Value::Literal(text)) => Value::Literal(text),
                other => Value::Made(format!("${name}"), control(&other)),
            },
            Operator::Default(word) => match value {
                Some(Value::Literal(text)) if !text.is_empty() => Value::Literal(text),
                known => {
                    let default = self.single(word, scope);
                    argument.names.extend(default.names);
                    match known {
                        // The file itself says that it is empty.
                        Some(Value::Literal(_)) => default.value,
                        other => {
                            let worst = control(&other).max(default.value.control());
                            Value::Made(format!("${{{name}:-{}}}", default.value.text()), worst)
                        }
                    }
                }
            },
            // `${params.X}` is no shell's: Groovy has put a value there.
            Operator::Other(text) => match scope.embedded(&format!("{name}{text}")) {
                Some(Value::Made(_, worst)) => Value::Made(format!("${{{name}{text}}}"), worst),
                Some(literal) => literal,
                None => Value::Made(format!("${{{name}{text}}}"), control(&value)),
            },
        }
    }

    /// A range within a script that itself was a word of another: the word's.
    pub(super) fn outer(&self, range: &Range<usize>) -> Range<usize> {
        self.fixed.clone().unwrap_or_else(|| range.clone())
    }
}

fn append(text: &mut String, argument: &mut Argument, piece: &str) {
    let room = LARGEST.saturating_sub(text.len());
    let piece = piece.get(..floor(piece, room)).unwrap_or("");
    text.push_str(piece);
    argument.tail.push_str(piece);
}

fn finished(argument: &mut Argument, text: &mut String) -> Argument {
    let mut done = Argument { range: argument.range.clone(), quoted: argument.quoted, ..Argument::default() };
    std::mem::swap(&mut done, argument);
    let text = std::mem::take(text);
    done.value = match done.control {
        None => Value::Literal(text),
        Some(control) => Value::Made(text, control),
    };
    done
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
