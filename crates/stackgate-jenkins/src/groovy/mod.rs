//! A reader of the declarative form of Jenkinsfiles: text, tokens, tree.
//!
//! What must hold: it is total, and what it accepts means to Jenkins what the tree says. It knows Groovy's words, and
//! none of Jenkins'.

mod lexer;
mod parser;
mod tree;

pub(crate) use parser::parse;
pub(crate) use tree::{Call, Expression, Kind, Statement, arguments};
