//! Pipelines that stackgate never wrote: read as their system reads them, with every trap on the way named.
//!
//! What must hold: any text gives a result within the [`Limits`], whose nodes count after every alias is expanded. What is
//! wrong is a problem with a place and costs at most its own document; what the system does not have is a problem and is
//! resolved all the same, so that nothing can hide behind it. A node's span is where its text stands, so that of an
//! expanded alias is the anchor's.
//!
//! Deliberately absent: what keys mean, files that a pipeline includes, and any second guess at broken YAML.

mod anchors;
mod builder;
mod dialect;
mod merge;

use granit_parser::Parser;
use stackgate_diagnostic::{Diagnostic, Span};

use crate::node::Node;
use crate::parse::{Limits, check_size};
use builder::Builder;
pub use dialect::{Dialect, Duplicates, Merges};

/// What a text holds, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lenient {
    /// The documents up to the first that is broken; none at all when nothing but nothing is in the text. An empty
    /// document beside others is a null.
    pub documents: Vec<Node>,
    /// Everything that is wrong, in the order of the text, at most a hundred of each rule.
    pub problems: Vec<Diagnostic>,
    /// Every comment up to where reading stopped, in the order of the text.
    pub comments: Vec<Comment>,
    /// The values that an alias repeats: who changes one of these places changes others with it.
    pub shared: Vec<Span>,
}

/// A comment and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// What stands after the `#`, without the spaces around it.
    pub text: String,
}

impl Lenient {
    /// The comment that stands behind a place on the line where that ends, such as the version behind a pin.
    #[must_use]
    pub fn comment_behind(&self, text: &str, place: Span) -> Option<&Comment> {
        // The place of a block of text ends with its last line break.
        let end = place.start + text.get(place.start..place.end)?.trim_end().len();
        let next = self.comments.partition_point(|comment| comment.span.start < end);
        let comment = self.comments.get(next)?;
        let between = text.get(end..comment.span.start)?;
        (!between.contains(['\n', '\r'])).then_some(comment)
    }

    /// Whether an alias repeats what stands in a place, so that an edit there changes more than it shows.
    #[must_use]
    pub fn is_shared(&self, place: Span) -> bool {
        self.shared.iter().any(|shared| shared.start <= place.start && place.end <= shared.end)
    }
}

/// Reads any text as a system's own reader does.
///
/// It takes the text, what reading may cost, and what the system's YAML has. A byte order mark and any line ends are
/// accepted; scalars stay text, as with [`crate::parse`].
#[must_use]
pub fn parse_lenient(text: &str, limits: &Limits, dialect: &Dialect) -> Lenient {
    if let Err(problems) = check_size(text.len(), limits) {
        return Lenient { problems, ..Lenient::default() };
    }
    let mut builder = Builder::new(text, limits, dialect);
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        emit_comments: true,
        // The parser holds comments back while it looks ahead; the size of the text bounds them already.
        max_buffered_comment_events: limits.bytes,
        disallow_directives: false,
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

#[cfg(test)]
mod tests;
