//! Reading a Jenkinsfile's tree without overlooking anything: every section is either taken or reported.
//!
//! What must hold: a section that nobody takes, one that stands twice, and a value of another kind than expected end in
//! `unknown`. It knows how sections look, and none of their names.

use std::collections::BTreeMap;

use stackgate_provider::diagnostic::Span;

use crate::groovy::{Call, Expression, Kind, Statement};

/// Collects what was not understood in one file.
pub(crate) struct Reading<'a> {
    /// `file: line: what`.
    pub(crate) unknown: Vec<String>,
    file: &'a str,
    text: &'a str,
}

/// The sections of one block; those that nobody takes are reported by [`Sections::finish`].
pub(crate) struct Sections<'t> {
    calls: Vec<&'t Call>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Reading<'a> {
        Reading { unknown: Vec::new(), file, text }
    }

    /// Reports something that was not understood.
    pub(crate) fn report(&mut self, span: Span, what: &str) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        self.unknown.push(format!("{}: line {line}: {what}", self.file));
    }

    /// The calls among statements; anything else is reported.
    pub(crate) fn calls<'t>(&mut self, statements: &'t [Statement]) -> Vec<&'t Call> {
        let mut calls = Vec::new();
        for statement in statements {
            match statement {
                Statement::Expression(Expression { kind: Kind::Call(call), .. }) => calls.push(call.as_ref()),
                other => self.report(other.span(), &format!("unknown statement {:?}", other.canonical())),
            }
        }
        calls
    }

    /// The block of a call that takes nothing else.
    pub(crate) fn block<'t>(&mut self, call: &'t Call) -> &'t [Statement] {
        if !call.arguments.is_empty() || call.block.is_none() {
            self.report(call.span, &format!("expected `{} {{ … }}`", call.name));
        }
        call.statements()
    }

    /// The sections of a block, each of which may stand once.
    pub(crate) fn sections<'t>(&mut self, block: &'t [Statement]) -> Sections<'t> {
        let mut sections = Sections { calls: Vec::new() };
        for call in self.calls(block) {
            if sections.calls.iter().any(|other| other.name == call.name) {
                self.report(call.span, &format!("`{}` stands twice", call.name));
            }
            sections.calls.push(call);
        }
        sections
    }

    /// The one argument of a call without a block and without names.
    pub(crate) fn argument<'t>(&mut self, call: &'t Call) -> Option<&'t Expression> {
        match call.arguments.as_slice() {
            [argument] if argument.name.is_none() && call.block.is_none() => Some(&argument.value),
            _ => {
                self.report(call.span, &format!("expected one value for `{}`", call.name));
                None
            }
        }
    }

    /// The one text that a call is given.
    pub(crate) fn text(&mut self, call: &Call) -> Option<String> {
        let argument = self.argument(call)?;
        self.plain(argument)
    }

    /// The one word that a call is given, such as `true`.
    pub(crate) fn word(&mut self, call: &Call) -> Option<String> {
        let argument = self.argument(call)?;
        match &argument.kind {
            Kind::Word(word) => Some(word.clone()),
            _ => {
                self.report(argument.span, &format!("expected a word, found {}", argument.canonical()));
                None
            }
        }
    }

    /// A text that Groovy does not interpolate.
    pub(crate) fn plain(&mut self, expression: &Expression) -> Option<String> {
        match &expression.kind {
            Kind::Text { value, .. } => Some(value.clone()),
            _ => {
                self.report(expression.span, &format!("expected a plain text, found {}", expression.canonical()));
                None
            }
        }
    }

    /// The named arguments of a call; one without a name is reported.
    pub(crate) fn named<'t>(&mut self, call: &'t Call) -> BTreeMap<&'t str, &'t Expression> {
        let mut named = BTreeMap::new();
        for argument in &call.arguments {
            match &argument.name {
                Some(name) => {
                    named.insert(name.as_str(), &argument.value);
                }
                None => self.report(argument.value.span, &format!("expected named values for `{}`", call.name)),
            }
        }
        named
    }
}

impl<'t> Sections<'t> {
    /// The section of that name, if it is there.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'t Call> {
        let at = self.calls.iter().position(|call| call.name == name)?;
        Some(self.calls.remove(at))
    }

    /// Every section that nobody took yet, in the order of the file; these count as taken.
    pub(crate) fn others(&mut self) -> Vec<&'t Call> {
        std::mem::take(&mut self.calls)
    }

    /// Reports every section that nobody took.
    pub(crate) fn finish(mut self, reading: &mut Reading<'_>) {
        for call in self.others() {
            reading.report(call.span, &format!("unknown section {:?}", call.name));
        }
    }
}
