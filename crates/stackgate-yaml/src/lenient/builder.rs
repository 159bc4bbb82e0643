//! The documents as they grow from the events of the parser.
//!
//! Aliases are expanded at once, by cloning; merges wait for the end of their document, so that until then every child
//! keeps its number. Open collections are a list, so that depth costs no stack. Deliberately absent: recovery within a
//! document; of a broken one nothing is handed out.

mod alias;
mod tag;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, ScalarStyle, ScanError, StructureStyle, Tag};
use stackgate_diagnostic::{Diagnostic, Span, quote};

use super::anchors::Anchors;
use super::merge::{is_merge, resolve};
use super::{Comment, Dialect, Duplicates, Lenient, Merges};
use crate::characters::Characters;
use crate::node::{Entry, Key, Mapping, Node, Scalar, Value};
use crate::parse::seen::Seen;
use crate::parse::syntax::{self, to_span};
use crate::parse::{Limits, Problems};
use crate::rules::{
    COMPLEX_KEY, CONTROL_CHARACTER, DIRECTIVE, DUPLICATE_KEY, EMPTY_FILE, TOO_DEEP, TOO_MANY_NODES, UNSUPPORTED_YAML,
};
use tag::{Tagging, tagged};

/// Nothing more can be read.
pub(super) struct Stopped;

/// A collection that is still open.
pub(super) struct Frame {
    /// Where it begins, and where the last of it so far ends as it is written.
    span: Span,
    flow: bool,
    /// It stands where a key should.
    is_key: bool,
    tag: Option<(String, Span)>,
    pub(super) kind: Kind,
}

/// What kind of collection it is.
pub(super) enum Kind {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<Key>, seen: Seen },
}

/// Builds the documents, without recursion.
pub(super) struct Builder<'a> {
    text: &'a str,
    limits: &'a Limits,
    dialect: &'a Dialect,
    problems: Problems,
    characters: Characters<'a>,
    stack: Vec<Frame>,
    root: Option<Node>,
    found: Lenient,
    begun: usize,
    anchors: Anchors,
    nodes: usize,
    aliases: usize,
    copied: usize,
    /// How many open collections stand where a key should.
    keys: usize,
    /// Whether the document has a merge or a key twice.
    untidy: bool,
    /// Where the last document ended.
    ended: usize,
}

impl<'a> Builder<'a> {
    /// A builder that has looked at every character, and at no event yet.
    pub(super) fn new(text: &'a str, limits: &'a Limits, dialect: &'a Dialect) -> Self {
        let mut problems = Problems::default();
        let mut characters = Characters::new(text);
        characters.anywhere(|diagnostic| problems.push(diagnostic));
        Self {
            text,
            limits,
            dialect,
            problems,
            characters,
            stack: Vec::new(),
            root: None,
            found: Lenient::default(),
            begun: 0,
            anchors: Anchors::default(),
            nodes: 0,
            aliases: 0,
            copied: 0,
            keys: 0,
            untidy: false,
            ended: 0,
        }
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
            Event::DocumentStart(..) => self.begin(span),
            Event::DocumentEnd => self.end(span),
            Event::Comment(text, _) => {
                self.found.comments.push(Comment { span, text: text.trim().to_owned() });
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), place),
            Event::SequenceStart(style, anchor, tag) => {
                let tagging = self.tag(tag.as_deref(), "seq", place);
                self.open(span, style, anchor, tagging, Kind::Sequence(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let tagging = self.tag(tag.as_deref(), "map", place);
                let kind = Kind::Mapping { entries: Vec::new(), key: None, seen: Seen::default() };
                self.open(span, style, anchor, tagging, kind)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Anchor(_, name) if !self.dialect.anchors => {
                let message = format!("anchor {}, which this system does not read", quote(&format!("&{name}")));
                self.unsupported(span, message, "write the value out where it is needed");
            }
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::UnresolvedAlias(_) => self.unknown(span),
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, span: Span) {
        self.begun += 1;
        let before = self.text.get(self.ended..span.start).unwrap_or_default();
        let mut at = self.ended;
        for line in before.split_inclusive('\n') {
            if line.trim_start_matches('\u{feff}').starts_with('%') {
                let place = Span::new(at, at + line.trim_end().len());
                let message = "a directive changes how the file is read";
                self.problems.push(Diagnostic::error(&DIRECTIVE, place, message).help("delete the line"));
            }
            at += line.len();
        }
        if self.begun == self.dialect.documents + 1 {
            let message = match self.dialect.documents {
                1 => "a second document begins here; this system reads one".to_owned(),
                most => format!("one more document than the {most} that this system reads begins here"),
            };
            self.unsupported(span, message, "move it to a file of its own");
        }
    }

    fn end(&mut self, span: Span) {
        self.ended = span.end;
        self.anchors.clear();
        if let Some(mut root) = self.root.take() {
            if self.untidy {
                resolve(&mut root, self.text, self.dialect, &mut self.problems);
            }
            self.found.documents.push(root);
        }
        self.untidy = false;
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: &granit_parser::Span,
    ) {
        let span = to_span(place);
        let tagging = self.tag(tag, "str", place);
        self.characters.in_scalar(span, &text, |diagnostic| self.problems.push(diagnostic));
        let plain =
            (style == ScalarStyle::Plain || matches!(tagging, Tagging::Plain)) && !matches!(tagging, Tagging::Text);
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        // The parser stands a `~` for a value that is not there.
        let empty = style == ScalarStyle::Plain && span.start == span.end;
        let text = if empty { String::new() } else { text.into_owned() };
        if self.awaits_key() {
            if empty || block {
                self.complex_key(span, if empty { "nothing" } else { "a block of text" });
            }
            if anchor != 0 && self.keys == 0 {
                let value = Value::Scalar(Scalar { text: text.clone(), plain, block });
                self.anchors.key(anchor, Node { span, value });
            }
            return self.set_key(Key { text, span });
        }
        let null = plain && (empty || matches!(&*text, "~" | "null" | "Null" | "NULL"));
        let value = match tagging {
            Tagging::Null => Value::Null,
            _ if null => Value::Null,
            _ => Value::Scalar(Scalar { text, plain, block }),
        };
        self.remember(anchor);
        let node = Node { span, value };
        let node = match tagging {
            Tagging::Own(tag, place) => tagged(tag, place, node),
            _ => node,
        };
        self.place(node, span.end, false);
    }

    fn open(
        &mut self,
        span: Span,
        style: StructureStyle,
        anchor: usize,
        tagging: Tagging,
        kind: Kind,
    ) -> Result<(), Stopped> {
        if self.stack.len() >= self.limits.depth {
            return self.too_deep(span);
        }
        let is_key = self.awaits_key();
        self.keys += usize::from(is_key);
        self.remember(anchor);
        let flow = style == StructureStyle::Flow;
        let tag = if let Tagging::Own(tag, place) = tagging { Some((tag, place)) } else { None };
        let span = Span::new(span.start, if flow { span.end } else { span.start });
        self.stack.push(Frame { span, flow, is_key, tag, kind });
        Ok(())
    }

    /// Keeps the place of an anchor; within a key there is none that could be found again.
    fn remember(&mut self, anchor: usize) {
        if anchor != 0 && self.keys == 0 {
            self.anchors.here(anchor, &self.stack);
        }
    }

    fn close(&mut self, end: Span) {
        let Some(Frame { mut span, flow, is_key, tag, kind }) = self.stack.pop() else {
            return;
        };
        self.keys -= usize::from(is_key);
        if flow {
            span.end = end.end;
        }
        let value = match kind {
            Kind::Sequence(items) => Value::Sequence(items),
            Kind::Mapping { entries, .. } => Value::Mapping(Mapping::of(entries)),
        };
        let node = Node { span, value };
        let node = match tag {
            Some((tag, place)) => tagged(tag, place, node),
            None => node,
        };
        self.place(node, span.end, false);
    }

    /// Puts a finished node where it belongs. `end` is where it ends as it is written, which for an alias is another place
    /// than where its value stands; `known` says that what is wrong with it has been said.
    fn place(&mut self, mut node: Node, end: usize, known: bool) {
        if self.awaits_key() {
            if !known {
                self.complex_key(node.span, node.kind());
            }
            let text = self.text.get(node.span.start..node.span.end).unwrap_or_default().to_owned();
            self.set_key(Key { text, span: node.span });
            return;
        }
        let Some(Frame { span, kind, .. }) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        match kind {
            Kind::Sequence(items) => {
                span.end = span.end.max(end);
                items.push(node);
            }
            Kind::Mapping { entries, key, .. } => {
                if let Some(key) = key.take() {
                    let missing = node.is_null() && node.span.start == node.span.end;
                    if missing {
                        node.span = key.span;
                    }
                    span.end = span.end.max(if missing { key.span.end } else { end });
                    entries.push(Entry { key, value: node });
                }
            }
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { kind: Kind::Mapping { key: None, .. }, .. }))
    }

    fn set_key(&mut self, key: Key) {
        let (text, dialect) = (self.text, self.dialect);
        let Some(Frame { kind: Kind::Mapping { key: slot, seen, entries }, .. }) = self.stack.last_mut() else {
            return;
        };
        let merge = is_merge(&key, text, dialect);
        self.untidy |= merge;
        // Psych merges each `<<`; to others it is a key like any.
        let repeats = !(merge && dialect.merges == Merges::LaterWins);
        if let Some(first) = seen.first(&key, entries, dialect.fold_case).filter(|_| repeats) {
            self.untidy = true;
            let what = match dialect.duplicate_keys {
                Duplicates::LastWins => "the last one counts, and the others do nothing",
                Duplicates::Refused => "this system refuses the file",
            };
            let message = format!("the key {} stands here again; {what}", quote(&key.text));
            let diagnostic = Diagnostic::error(&DUPLICATE_KEY, key.span, message)
                .help("delete one of the two, or merge what they hold")
                .related(first, "the first one is here");
            self.problems.push(diagnostic);
        }
        let span = key.span;
        *slot = Some(key);
        if merge && !dialect.merge_keys {
            self.unsupported(span, "a merge key, which this system does not read".to_owned(), "write the keys out");
        }
    }

    fn complex_key(&mut self, span: Span, found: &str) {
        let message = format!("expected a word as the key, found {found}");
        let diagnostic = Diagnostic::error(&COMPLEX_KEY, span, message);
        self.problems.push(diagnostic.help("write a word before the colon; quote text that begins with `{` or `[`"));
    }

    fn unsupported(&mut self, span: Span, message: String, help: &'static str) {
        self.problems.push(Diagnostic::error(&UNSUPPORTED_YAML, span, message).help(help));
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

    fn stop(&mut self, mut diagnostic: Diagnostic) -> Result<(), Stopped> {
        // The parser's place is one byte, and a character may have more.
        if let Some(span) = &mut diagnostic.span {
            while !self.text.is_char_boundary(span.end) && span.end < self.text.len() {
                span.end += 1;
            }
        }
        self.problems.push(diagnostic);
        Err(Stopped)
    }

    /// All that was found.
    pub(super) fn finish(mut self) -> Lenient {
        let said = |node: &Node| !node.is_null() || node.span.start < node.span.end;
        if !self.found.documents.iter().any(said) {
            self.found.documents.clear();
            if self.problems.all.is_empty() {
                let diagnostic = Diagnostic::error(&EMPTY_FILE, None, "the file is empty");
                self.problems.push(diagnostic.help("write the document, or delete the file"));
            }
        }
        self.found.problems = self.problems.all;
        self.found.problems.sort_by_key(|diagnostic| diagnostic.span);
        self.found.comments.sort_by_key(|comment| comment.span);
        self.found.shared.sort_unstable();
        self.found.shared.dedup();
        self.found
    }
}
