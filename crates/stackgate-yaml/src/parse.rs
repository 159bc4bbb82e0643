//! From text to tree, refusing what two readers could read in two ways.
//!
//! Everything that can be wrong is collected in one run; only what ends the text as YAML, or goes
//! over a limit, stops it. Nothing is ever expanded, so time and memory are linear in the input.

mod builder;
pub(crate) mod seen;
pub(crate) mod syntax;

use std::collections::HashMap;

use granit_parser::Parser;
use stackgate_diagnostic::{Diagnostic, Rule};

use crate::node::Node;
use crate::rules::{NOT_UTF_8, TOO_LARGE};
use builder::Builder;

/// More than this of one rule tells nobody anything new.
pub(crate) const MOST_OF_A_RULE: usize = 100;

/// What reading a file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of the file.
    pub bytes: usize,
    /// How many collections may stand within each other.
    pub depth: usize,
    /// How many keys and values there may be; in a pipeline that is audited, after every alias is expanded.
    pub nodes: usize,
    /// How many aliases there may be, where they are read at all.
    pub aliases: usize,
}

impl Limits {
    /// For a spec, which people write.
    pub const SPEC: Self = Self { bytes: 256 * 1024, depth: 32, nodes: 20_000, aliases: 0 };
    /// For a pipeline, which a program may have written.
    pub const PIPELINE: Self = Self { bytes: 1024 * 1024, depth: 64, nodes: 50_000, aliases: 0 };
    /// For a pipeline that stackgate never wrote. GitLab reads two megabytes and a hundred levels, and no pipeline that
    /// people work with comes near any of these; what is above them is a problem that names the limit.
    pub const AUDITED: Self = Self { bytes: 1024 * 1024, depth: 64, nodes: 50_000, aliases: 1_000 };
}

/// Reads bytes, which must be UTF-8.
///
/// # Errors
///
/// As [`parse`]; bytes that are no UTF-8 are one error without a place.
pub fn parse_bytes(bytes: &[u8], limits: &Limits) -> Result<Node, Vec<Diagnostic>> {
    check_size(bytes.len(), limits)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text, limits),
        Err(error) => {
            let message = format!("not UTF-8 text: the byte at offset {} is invalid", error.valid_up_to());
            Err(vec![Diagnostic::error(&NOT_UTF_8, None, message).help("save the file as UTF-8")])
        }
    }
}

/// Reads a text into a tree.
///
/// # Errors
///
/// Everything that is wrong with it, at most a hundred of each rule, in the order of the file.
pub fn parse(text: &str, limits: &Limits) -> Result<Node, Vec<Diagnostic>> {
    check_size(text.len(), limits)?;
    let mut builder = Builder::new(text, limits);
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        disallow_directives: true,
        bom_inside_document_as_content: true,
        flow_nesting_limit: limits.depth + 1,
        block_nesting_limit: limits.depth + 1,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let stopped = match event {
            Ok((event, place)) => builder.event(event, &place),
            Err(error) => builder.syntax(&error),
        };
        if stopped.is_err() {
            break;
        }
    }
    builder.finish()
}

pub(crate) fn check_size(size: usize, limits: &Limits) -> Result<(), Vec<Diagnostic>> {
    if size <= limits.bytes {
        return Ok(());
    }
    let message = format!("{size} bytes are too many; the limit is {} ({} KiB)", limits.bytes, limits.bytes / 1024);
    Err(vec![Diagnostic::error(&TOO_LARGE, None, message).help("split the file")])
}

/// What is wrong so far.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) all: Vec<Diagnostic>,
    counts: HashMap<&'static str, usize>,
}

impl Problems {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let count = self.counts.entry(diagnostic.rule.id).or_default();
        *count += 1;
        if *count <= MOST_OF_A_RULE {
            self.all.push(diagnostic);
        }
    }

    pub(crate) fn has(&self, rule: &Rule) -> bool {
        self.counts.contains_key(rule.id)
    }
}

#[cfg(test)]
mod tests;
