//! What the parser's own errors and places are here.
//!
//! What must hold: an error has one byte as its place, also at the end of the text.

use granit_parser::{ErrorKind, ScanError};
use stackgate_diagnostic::{Diagnostic, Span};

use crate::rules::{DIRECTIVE, SYNTAX};

/// The place of an error.
pub(crate) fn place(error: &ScanError) -> Span {
    let start = error.marker().byte_offset().unwrap_or_default();
    Span::new(start, start + 1)
}

/// An error of the parser, which ended the events.
pub(crate) fn problem(error: &ScanError) -> Diagnostic {
    let span = place(error);
    if matches!(error.kind(), ErrorKind::DirectiveDisallowed) {
        return Diagnostic::error(&DIRECTIVE, span, "directives are not allowed").help("delete the line");
    }
    let diagnostic = Diagnostic::error(&SYNTAX, span, format!("not valid YAML: {}", error.info()));
    match help(error.kind()) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn help(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            Some("indent with spaces")
        }
        ErrorKind::UnclosedQuotedScalar => Some("add the closing quote"),
        ErrorKind::UnclosedFlowCollection { .. } => Some("add the closing bracket"),
        ErrorKind::UnexpectedCharacter { .. } => Some("put quotes around the text"),
        _ => None,
    }
}

pub(crate) fn to_span(place: &granit_parser::Span) -> Span {
    // A parser over a text always knows its offsets.
    place.byte_range().map_or_else(Span::default, |range| Span::new(range.start, range.end))
}
