//! The part of Groovy that our own Jenkinsfiles are written in: the declarative form with plain values.
//!
//! What must hold: what passes is calls, assignments and literals, and means to Jenkins what the tree says. It names what
//! it lets through, so that a new kind of node is refused until somebody thinks about it.

use std::collections::BTreeSet;

use stackgate_provider::diagnostic::Span;

use super::parser::Tree;
use super::token::{Fault, Quote};
use super::tree::{Argument, Call, Expression, Kind, Part, Statement};

/// Deeper than our own files go.
const MOST_DEPTH: usize = 64;

/// The first thing that our own files do not say.
pub(super) fn beyond(tree: &Tree) -> Option<Fault> {
    let written = tree.unusual.iter().min_by_key(|fault| fault.span.start).cloned();
    written.or_else(|| statements(&tree.statements, 0).err())
}

fn refuse<T>(span: Span, what: &str) -> Result<T, Fault> {
    Err(Fault::new(span, what))
}

fn statements(all: &[Statement], depth: usize) -> Result<(), Fault> {
    for statement in all {
        if let Some((name, value)) = statement.assignment() {
            if name.contains('.') {
                return refuse(statement.span(), "a value for something that is no plain name");
            }
            plain(name, statement.span())?;
            // Only a statement may be a call without parentheses.
            expression(value, depth)?;
        } else if let Statement::Expression(said) = statement {
            expression(said, depth)?;
        } else {
            return refuse(statement.span(), "a statement that belongs into `script`");
        }
    }
    Ok(())
}

/// Words as templates write them: letters of English, digits and dots.
fn plain(word: &str, span: Span) -> Result<(), Fault> {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
        return Ok(());
    }
    refuse(span, "a name that is not understood")
}

fn expression(said: &Expression, depth: usize) -> Result<(), Fault> {
    if depth == MOST_DEPTH {
        return refuse(said.span, "nested deeper than a pipeline needs to be");
    }
    let depth = depth + 1;
    match &said.kind {
        Kind::Text { quote: Quote::Slash | Quote::Dollar, .. } => refuse(said.span, "a string between slashes"),
        Kind::Text { .. } => Ok(()),
        Kind::Interpolated(interpolation) => {
            if matches!(interpolation.quote, Quote::Slash | Quote::Dollar) {
                return refuse(said.span, "a string between slashes");
            }
            interpolation.parts.iter().try_for_each(|part| self::part(part, said.span))
        }
        Kind::Number(digits) => {
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) || (digits.len() > 1 && digits.starts_with('0')) {
                return refuse(said.span, "a number that is not a plain whole one");
            }
            Ok(())
        }
        Kind::Word(word) => plain(word, said.span),
        Kind::List(items) => arguments(items, depth),
        Kind::Map(items) if !items.is_empty() => arguments(items, depth),
        Kind::Call(call) => self::call(call, depth),
        Kind::Binary(left, "==" | "!=" | "&&" | "||", right) => {
            expression(left, depth)?;
            expression(right, depth)
        }
        _ => refuse(said.span, "an expression that belongs into `script`"),
    }
}

fn call(call: &Call, depth: usize) -> Result<(), Fault> {
    if call.on.is_some() {
        return refuse(call.span, "a call on something that is no plain name");
    }
    plain(&call.name, call.span)?;
    arguments(&call.arguments, depth)?;
    let Some(block) = &call.block else { return Ok(()) };
    if block.parameters.is_some() {
        return refuse(block.span, "a block with parameters");
    }
    statements(&block.body, depth)
}

fn arguments(all: &[Argument], depth: usize) -> Result<(), Fault> {
    let mut names = BTreeSet::new();
    for argument in all {
        if let Some(key) = &argument.key {
            return refuse(key.span, "a name that is not understood");
        }
        if argument.name.as_deref().is_some_and(|name| !names.insert(name)) {
            return refuse(argument.value.span, "an argument that is given twice");
        }
        expression(&argument.value, depth)?;
    }
    Ok(())
}

/// Text, or a path like `env.X`: anything else in a string is code.
fn part(part: &Part, span: Span) -> Result<(), Fault> {
    match part {
        Part::Text(text) if text.contains('$') => refuse(span, "a string with `$` both escaped and not"),
        Part::Text(_) => Ok(()),
        Part::Code { raw, .. } => {
            let path = raw.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}');
            if path.is_empty() || path.starts_with('.') {
                return refuse(span, "an expression inside of a string");
            }
            plain(path, span)
        }
    }
}
