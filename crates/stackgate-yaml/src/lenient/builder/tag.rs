//! Tags: those of YAML are resolved, those of the system are kept, and any other is a problem and ignored.

use granit_parser::Tag;
use stackgate_diagnostic::{Span, quote};

use super::Builder;
use crate::node::{Node, Value};
use crate::parse::syntax::to_span;

/// What a tag makes of its value.
pub(super) enum Tagging {
    Nothing,
    Text,
    Plain,
    Null,
    Own(String, Span),
}

impl Builder<'_> {
    /// What a tag makes of a value, which is a `str`, a `seq` or a `map`.
    pub(super) fn tag(&mut self, tag: Option<&Tag>, kind: &str, place: &granit_parser::Span) -> Tagging {
        let Some(tag) = tag else {
            return Tagging::Nothing;
        };
        let span = place.tag_span().as_ref().map_or_else(|| to_span(place), to_span);
        let scalar = kind == "str";
        match tag.core_suffix() {
            Some("str") if scalar => return Tagging::Text,
            Some("null") if scalar => return Tagging::Null,
            Some("bool" | "int" | "float") if scalar => return Tagging::Plain,
            Some(suffix) if suffix == kind => return Tagging::Nothing,
            _ => {}
        }
        let name = tag.original();
        if name == "!" {
            return if scalar { Tagging::Text } else { Tagging::Nothing };
        }
        if self.dialect.tags.contains(&name.as_str()) {
            return Tagging::Own(name, span);
        }
        let message = format!("tag {}, which this system does not read", quote(&name));
        self.unsupported(span, message, "write the plain value; quote it to make it text");
        Tagging::Nothing
    }
}

/// A value with its tag.
pub(super) fn tagged(tag: String, place: Span, node: Node) -> Node {
    Node { span: place.to(node.span), value: Value::Tagged { tag, node: Box::new(node) } }
}
