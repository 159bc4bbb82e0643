//! What is looked for everywhere in a spec, whatever key it stands under: expressions of CI systems, and tokens.
//!
//! What must always hold: no text escapes, not even one of a provider's own options or a comment. Deliberately absent:
//! a search for secrets in general, which other tools do better.

use std::collections::HashSet;

use stackgate_diagnostic::{Diagnostic, Diagnostics, Source, Span, quote};
use stackgate_yaml::{Node, Value};

use crate::rules::{ILLEGAL_TEXT, OPENS_EXPRESSION, SECRET_IN_SPEC};
use crate::text;

/// Pulumi access tokens, in values, keys and comments alike.
pub(crate) fn tokens(source: &Source) -> Diagnostics {
    let places = text::tokens(source.text());
    let error = |(start, end)| {
        let message = "a Pulumi access token stands in the spec";
        let help = "revoke it in Pulumi Cloud now, for it stays in history; then delete it here: no pipeline needs a stored token";
        Diagnostic::error(&SECRET_IN_SPEC, Span::new(start, end), message).help(help)
    };
    places.into_iter().map(error).collect()
}

/// Texts that open an expression of some CI system. Where `known` already says that a value is of no legal form, that
/// is enough.
pub(crate) fn openings(root: &Node, source: &Source, known: &Diagnostics) -> Diagnostics {
    let mut found = Diagnostics::new();
    let illegal = known.iter().filter(|diagnostic| diagnostic.rule != &ILLEGAL_TEXT);
    let refused: HashSet<Span> = illegal.filter_map(|diagnostic| diagnostic.span).collect();
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        match &node.value {
            Value::Null => {}
            Value::Tagged { node, .. } => nodes.push(node),
            Value::Sequence(items) => nodes.extend(items),
            Value::Mapping(mapping) => nodes.extend(mapping.iter().map(|entry| &entry.value)),
            Value::Scalar(scalar) => {
                if let Some(opening) = text::opening(&scalar.text).filter(|_| !refused.contains(&node.span)) {
                    let token = &scalar.text[opening.start..opening.end];
                    let message = format!("{} opens an expression: {}", quote(token), opening.taker);
                    let help = "read the value from an environment variable, or put the command into a script of the repository";
                    let span = within(source, node.span, token);
                    found.push(Diagnostic::error(&OPENS_EXPRESSION, span, message).help(help));
                }
            }
        }
    }
    found
}

/// Where `token` was written inside a value, or the value as a whole when it was written with escapes.
fn within(source: &Source, span: Span, token: &str) -> Span {
    let written = source.text().get(span.start..span.end).unwrap_or_default();
    match written.find(token) {
        Some(at) => Span::new(span.start + at, span.start + at + token.len()),
        None => span,
    }
}
