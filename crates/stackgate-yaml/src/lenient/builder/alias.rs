//! Aliases: what each stands for, within the limits.
//!
//! What must hold: a value is measured before it is copied, and no further than the limits go.

use stackgate_diagnostic::{Diagnostic, Span};

use super::{Builder, Stopped};
use crate::lenient::anchors::{Found, Size};
use crate::node::{Key, Node, Value};
use crate::rules::{RECURSIVE_ALIAS, TOO_MANY_ALIASES, UNKNOWN_ALIAS};

impl Builder<'_> {
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stopped> {
        self.aliases += 1;
        if self.aliases > self.limits.aliases {
            return self.too_many(span, format!("more than {} aliases", self.limits.aliases));
        }
        let node = match self.anchors.find(anchor, &self.stack) {
            Some(Found::Value(node)) => node,
            Some(Found::Open) => {
                let message = "this alias stands for a value that it is itself a part of";
                self.problems.push(Diagnostic::error(&RECURSIVE_ALIAS, span, message).help("write the value out"));
                self.place(Node { span, value: Value::Null }, span.end, true);
                return Ok(());
            }
            None => {
                self.unknown(span);
                return Ok(());
            }
        };
        // The alias itself has been counted as one.
        let size = Size::of(node, self.limits.nodes - self.nodes + 1);
        self.nodes += size.nodes - 1;
        self.copied += size.bytes;
        if self.nodes > self.limits.nodes {
            return self
                .too_many(span, format!("with this alias, there are more than {} keys and values", self.limits.nodes));
        }
        if self.copied > self.limits.bytes {
            return self.too_many(span, format!("aliases repeat more than {} bytes of text", self.limits.bytes));
        }
        if self.stack.len() + size.depth > self.limits.depth {
            return self.too_deep(span);
        }
        let node = node.clone();
        if self.found.shared.last() != Some(&node.span) {
            self.found.shared.push(node.span);
        }
        if self.awaits_key()
            && let Value::Scalar(scalar) = node.value
        {
            self.set_key(Key { text: scalar.text, span: node.span });
            return Ok(());
        }
        self.place(node, span.end, false);
        Ok(())
    }

    pub(super) fn unknown(&mut self, span: Span) {
        let message = "an alias without an anchor above it in its document";
        self.problems.push(Diagnostic::error(&UNKNOWN_ALIAS, span, message).help("write the value out"));
        self.place(Node { span, value: Value::Null }, span.end, true);
    }

    fn too_many(&mut self, span: Span, message: String) -> Result<(), Stopped> {
        self.stop(Diagnostic::error(&TOO_MANY_ALIASES, span, message).help("write some of the values out"))
    }
}
