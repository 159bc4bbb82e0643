//! The tree as it grows from the events of the parser, and every refusal on the way.
//!
//! Open collections are a list, not calls within calls, so that depth costs no stack. Nodes under
//! an error are kept only to go on; such a tree is never handed out.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, ScalarStyle, ScanError, StructureStyle};
use stackgate_diagnostic::{Diagnostic, Span, quote};

use super::seen::Seen;
use super::syntax::{self, to_span};
use super::{Limits, Problems};
use crate::characters::Characters;
use crate::node::{Entry, Key, Mapping, Node, Scalar, Value};
use crate::rules::{
    ALIAS, ANCHOR, COMPLEX_KEY, CONTROL_CHARACTER, DUPLICATE_KEY, EMPTY_FILE, MERGE_KEY, SEVERAL_DOCUMENTS, TAG,
    TOO_DEEP, TOO_MANY_NODES,
};

/// Nothing more can be read.
pub(super) struct Stopped;

/// A collection that is still open, or has just been closed.
struct Frame {
    span: Span,
    flow: bool,
    kind: Kind,
}

enum Kind {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<Key>, seen: Seen },
}

/// Builds the tree from events, without recursion.
pub(super) struct Builder<'a> {
    limits: &'a Limits,
    problems: Problems,
    characters: Characters<'a>,
    stack: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
}

impl<'a> Builder<'a> {
    /// A builder that has looked at every character, and at no event yet.
    pub(super) fn new(text: &'a str, limits: &'a Limits) -> Self {
        let mut problems = Problems::default();
        let mut characters = Characters::new(text);
        characters.anywhere(|diagnostic| problems.push(diagnostic));
        Self { limits, problems, characters, stack: Vec::new(), root: None, documents: 0, nodes: 0 }
    }

    /// Takes one event of the parser.
    pub(super) fn event(&mut self, event: Event<'_>, place: &granit_parser::Span) -> Result<(), Stopped> {
        let span = to_span(place);
        if event.is_node() {
            self.nodes += 1;
            if self.nodes > self.limits.nodes {
                let message = format!("more than {} keys and values", self.limits.nodes);
                return self.stop(Diagnostic::error(&TOO_MANY_NODES, span, message).help("split the file"));
            }
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let diagnostic = Diagnostic::error(&SEVERAL_DOCUMENTS, span, "a second document begins here");
                    return self.stop(diagnostic.help("keep one document in a file"));
                }
            }
            Event::Scalar(text, style, _, tag) => {
                if tag.is_some() {
                    self.tag(place);
                }
                self.scalar(text, style, span);
            }
            Event::SequenceStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(place);
                }
                self.open(span, style, Kind::Sequence(Vec::new()))?;
            }
            Event::MappingStart(style, _, tag) => {
                if tag.is_some() {
                    self.tag(place);
                }
                let kind = Kind::Mapping { entries: Vec::new(), key: None, seen: Seen::default() };
                self.open(span, style, kind)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Anchor(_, name) => {
                let message = format!("anchor {}", quote(&format!("&{name}")));
                let diagnostic = Diagnostic::error(&ANCHOR, span, message);
                self.problems.push(diagnostic.help("write the value out where it is needed"));
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let diagnostic = Diagnostic::error(&ALIAS, span, "alias of a value that is written elsewhere");
                self.problems.push(diagnostic.help("write the value out"));
                self.place(Node { span, value: Value::Null }, true);
            }
            _ => {}
        }
        Ok(())
    }

    fn tag(&mut self, place: &granit_parser::Span) {
        let span = place.tag_span().as_ref().map_or_else(|| to_span(place), to_span);
        let diagnostic = Diagnostic::error(&TAG, span, "tags are not allowed");
        self.problems.push(diagnostic.help("write the plain value; quote it to make it text"));
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, span: Span) {
        self.characters.in_scalar(span, &text, |diagnostic| self.problems.push(diagnostic));
        let plain = style == ScalarStyle::Plain;
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if self.awaits_key() {
            let empty = plain && span.start == span.end;
            if empty || block {
                self.complex_key(span, if empty { "nothing" } else { "a block of text" });
            } else if plain && text == "<<" {
                let diagnostic = Diagnostic::error(&MERGE_KEY, span, "merge keys are not allowed");
                self.problems.push(diagnostic.help("write the keys out"));
            }
            self.set_key(Key { text: text.into_owned(), span }, !empty);
            return;
        }
        // The parser stands a `~` for a value that is not there.
        let null = plain && matches!(&*text, "~" | "null" | "Null" | "NULL");
        let value = if null { Value::Null } else { Value::Scalar(Scalar { text: text.into_owned(), plain, block }) };
        self.place(Node { span, value }, false);
    }

    fn open(&mut self, span: Span, style: StructureStyle, kind: Kind) -> Result<(), Stopped> {
        if self.stack.len() >= self.limits.depth {
            return self.too_deep(span);
        }
        let flow = style == StructureStyle::Flow;
        self.stack.push(Frame { span, flow, kind });
        Ok(())
    }

    fn close(&mut self, end: Span) {
        let Some(Frame { mut span, flow, kind }) = self.stack.pop() else {
            return;
        };
        let last = match &kind {
            Kind::Sequence(items) => items.last().map(|item| item.span.end),
            Kind::Mapping { entries, .. } => entries.last().map(|entry| entry.value.span.end),
        };
        // A block ends only where the next thing begins, after comments and empty lines.
        span.end = if flow { end.end } else { last.unwrap_or(span.end) };
        let value = match kind {
            Kind::Sequence(items) => Value::Sequence(items),
            Kind::Mapping { entries, .. } => Value::Mapping(Mapping::of(entries)),
        };
        self.place(Node { span, value }, false);
    }

    /// Puts a finished node where it belongs; `known` says that what is wrong with it has been said.
    fn place(&mut self, mut node: Node, known: bool) {
        if self.awaits_key() {
            if !known {
                self.complex_key(node.span, node.kind());
            }
            self.set_key(Key { text: String::new(), span: node.span }, false);
            return;
        }
        match self.stack.last_mut().map(|frame| &mut frame.kind) {
            None => self.root = Some(node),
            Some(Kind::Sequence(items)) => items.push(node),
            Some(Kind::Mapping { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    if node.is_null() && node.span.start == node.span.end {
                        node.span = key.span;
                    }
                    entries.push(Entry { key, value: node });
                }
            }
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { kind: Kind::Mapping { key: None, .. }, .. }))
    }

    fn set_key(&mut self, key: Key, compare: bool) {
        let Some(Frame { kind: Kind::Mapping { key: slot, seen, entries }, .. }) = self.stack.last_mut() else {
            return;
        };
        if compare && let Some(first) = seen.first(&key, entries, false) {
            let message = format!("the key {} stands here again", quote(&key.text));
            let diagnostic = Diagnostic::error(&DUPLICATE_KEY, key.span, message)
                .help("delete one of the two, or merge what they hold")
                .related(first, "the first one is here");
            self.problems.push(diagnostic);
        }
        *slot = Some(key);
    }

    fn complex_key(&mut self, span: Span, found: &str) {
        let message = format!("expected a word as the key, found {found}");
        let diagnostic = Diagnostic::error(&COMPLEX_KEY, span, message);
        self.problems.push(diagnostic.help("write a word before the colon; quote text that begins with `{` or `[`"));
    }

    fn too_deep(&mut self, span: Span) -> Result<(), Stopped> {
        let message = format!("more than {} lists and mappings within each other", self.limits.depth);
        self.stop(Diagnostic::error(&TOO_DEEP, span, message).help("flatten the structure"))
    }

    /// Takes the error that ended the events.
    pub(super) fn syntax(&mut self, error: &ScanError) -> Result<(), Stopped> {
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => self.too_deep(syntax::place(error)),
            // Control characters are no YAML either; they have been reported, each by its number.
            ErrorKind::UnexpectedCharacter { .. } if self.problems.has(&CONTROL_CHARACTER) => Err(Stopped),
            _ => self.stop(syntax::problem(error)),
        }
    }

    fn stop(&mut self, diagnostic: Diagnostic) -> Result<(), Stopped> {
        self.problems.push(diagnostic);
        Err(Stopped)
    }

    /// The tree, or all that is wrong.
    pub(super) fn finish(mut self) -> Result<Node, Vec<Diagnostic>> {
        let said = |node: &Node| !node.is_null() || node.span.start < node.span.end;
        if let Some(root) = self.root.filter(said)
            && self.problems.all.is_empty()
        {
            return Ok(root);
        }
        if self.problems.all.is_empty() {
            let diagnostic = Diagnostic::error(&EMPTY_FILE, None, "the file is empty");
            self.problems.push(diagnostic.help("write the document, or delete the file"));
        }
        self.problems.all.sort_by_key(|diagnostic| diagnostic.span);
        Err(self.problems.all)
    }
}
