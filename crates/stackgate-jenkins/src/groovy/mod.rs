//! A reader of Jenkinsfiles, declarative and scripted: text, tokens, tree.
//!
//! What must hold: it is total, and what it reads means to Groovy 2.4, which Jenkins embeds, what the tree says. It knows
//! Groovy's words, and none of Jenkins'. [`read`] takes what people write; [`parse`] takes what our templates write.

mod canonical;
mod definitions;
mod expressions;
mod lexer;
mod parser;
mod statements;
mod strings;
mod subset;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod unicode;
mod values;
mod walk;
mod words;

pub(crate) use canonical::arguments;
pub(crate) use parser::read;
pub(crate) use token::{Fault, Quote};
pub(crate) use tree::{Annotation, Argument, Call, Case, Closure, Expression, Kind, Method, Part, Statement};
pub(crate) use walk::{Node, walk};

/// Reads a file strictly: as our own are written.
///
/// # Errors
/// At the first thing that could not be read, or that no template writes.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>, Fault> {
    let tree = read(text);
    match tree.faults.first().cloned().or_else(|| subset::beyond(&tree)) {
        Some(fault) => Err(fault),
        None => Ok(tree.statements),
    }
}
