//! Definitions: variables, methods, classes, annotations, and the types in front of them.
//!
//! What must hold: what begins like a definition is one exactly where Groovy says so; every look ahead has a limit.

use super::parser::Parser;
use super::token::{Fault, TokenKind};
use super::tree::{Annotation, Argument, Define, Method, Statement, Variable};
use super::words::{modifier, primitive, reserved};

/// A longer type is none.
const LONGEST_TYPE: usize = 64;

/// Parameters of a closure that take more tokens are none.
const LONGEST_PARAMETERS: usize = 400;

impl Parser<'_> {
    /// The token behind a type that begins at `at`.
    pub(super) fn type_ends(&self, at: usize) -> Option<usize> {
        let first = self.word_at(at)?;
        if reserved(first) && !primitive(first) {
            return None;
        }
        let mut at = at + 1;
        while self.mark_at(at) == Some(".") && self.word_at(at + 1).is_some() {
            at += 2;
        }
        if self.mark_at(at) == Some("<") {
            at = self.generics_end(at)?;
        }
        while self.mark_at(at) == Some("[") && self.mark_at(at + 1) == Some("]") {
            at += 2;
        }
        Some(at)
    }

    /// The token behind `<…>`.
    pub(super) fn generics_end(&self, at: usize) -> Option<usize> {
        let mut open = 0usize;
        for here in at..at + LONGEST_TYPE {
            match self.kind(here)? {
                TokenKind::Mark("<") => open += 1,
                TokenKind::Mark(close @ (">" | ">>" | ">>>")) => {
                    open = open.checked_sub(close.len())?;
                    if open == 0 {
                        return Some(here + 1);
                    }
                }
                TokenKind::Word(_) | TokenKind::Newline | TokenKind::Mark("." | "," | "?" | "[" | "]" | "&") => {}
                _ => return None,
            }
        }
        None
    }

    /// A type, as it is written.
    pub(super) fn type_name(&mut self) -> Result<String, Fault> {
        match self.type_ends(self.at) {
            Some(end) => Ok(self.type_up_to(end)),
            None => Err(self.expected("a type")),
        }
    }

    /// The type behind `new`: brackets are the size of an array.
    pub(super) fn type_name_without_brackets(&mut self) -> Result<String, Fault> {
        let Some(mut end) = self.type_ends(self.at) else { return Err(self.expected("a type")) };
        while self.mark_at(end - 1) == Some("]") && self.mark_at(end - 2) == Some("[") {
            end -= 2;
        }
        Ok(self.type_up_to(end))
    }

    fn type_up_to(&mut self, end: usize) -> String {
        let start = self.start();
        self.at = end;
        self.written(self.since(start)).split_whitespace().collect()
    }

    /// The token at which the name stands, if a type and a name begin at `at`.
    fn typed_name(&self, at: usize) -> Option<usize> {
        let end = self.type_ends(at)?;
        match self.kind(end)? {
            TokenKind::Word(word) if !reserved(word) => Some(end),
            // A method may be named by a string.
            TokenKind::Text { .. } if self.mark_at(end + 1) == Some("(") => Some(end),
            _ => None,
        }
    }

    /// Whether a definition begins here, as far as its type says so: types of classes begin with a capital.
    pub(super) fn defines(&self) -> bool {
        let Some(first) = self.word_at(self.at) else { return false };
        if modifier(first) {
            // `synchronized (x) { … }` is a statement.
            return !(first == "synchronized" && self.mark_at(self.at + 1) == Some("("));
        }
        let Some(name) = self.typed_name(self.at) else { return false };
        let mut last = self.at;
        while last + 2 < name && self.mark_at(last + 1) == Some(".") {
            last += 2;
        }
        self.word_at(last).is_some_and(|word| primitive(word) || word.starts_with(char::is_uppercase))
    }

    /// A definition, if one begins here.
    pub(super) fn definition(&mut self) -> Result<Option<Statement>, Fault> {
        let start = self.start();
        let annotated = self.next_is("@");
        if !annotated && !self.defines() && !self.class_word(self.at) {
            return Ok(None);
        }
        let annotations = self.annotations()?;
        let mut modifiers = Vec::new();
        while let Some(word) = self.word_at(self.at).filter(|word| modifier(word)) {
            modifiers.push(word.to_owned());
            self.at += 1;
            self.skip_newlines();
        }
        if self.next_is("<") {
            let Some(end) = self.generics_end(self.at) else { return Err(self.expected("a type")) };
            self.at = end;
        }
        if self.class_word(self.at) || (self.next_is("@") && self.class_word(self.at + 1)) {
            return self.class(start).map(Some);
        }
        // `@Library('x')` stands before an import too, and a bare one before anything.
        if annotated && modifiers.is_empty() && self.next_word("import") {
            return self.import(start).map(Some);
        }
        if self.next_is("(") && !modifiers.is_empty() {
            return self.unpacking(annotations, modifiers, start).map(Some);
        }
        let of = if self.typed_name(self.at).is_some() { Some(self.type_name()?) } else { None };
        let begins = self.start();
        let name = match self.peek() {
            Some(TokenKind::Text { value, .. }) => {
                let name = value.clone();
                self.at += 1;
                name
            }
            _ => self.name()?,
        };
        if self.take("(") {
            return self.method(annotations, modifiers, of, name, start).map(Some);
        }
        let mut variables = vec![self.variable(of.clone(), name, begins)?];
        while self.take(",") {
            self.skip_newlines();
            let begins = self.start();
            let name = self.name()?;
            variables.push(self.variable(of.clone(), name, begins)?);
        }
        let span = self.since(start);
        Ok(Some(Statement::Define(Define { annotations, modifiers, variables, unpacked: None, span })))
    }

    fn variable(&mut self, of: Option<String>, name: String, start: usize) -> Result<Variable, Fault> {
        let mut value = None;
        if self.take("=") {
            self.skip_newlines();
            value = Some(self.command()?);
        }
        Ok(Variable { of, name, value, span: self.since(start) })
    }

    /// `def (a, b) = value`.
    fn unpacking(
        &mut self,
        annotations: Vec<Annotation>,
        modifiers: Vec<String>,
        start: usize,
    ) -> Result<Statement, Fault> {
        self.want("(")?;
        let variables = self.parameters(")")?;
        self.want(")")?;
        self.want("=")?;
        self.skip_newlines();
        let unpacked = Some(self.expression()?);
        let span = self.since(start);
        Ok(Statement::Define(Define { annotations, modifiers, variables, unpacked, span }))
    }

    fn method(
        &mut self,
        annotations: Vec<Annotation>,
        modifiers: Vec<String>,
        of: Option<String>,
        name: String,
        start: usize,
    ) -> Result<Statement, Fault> {
        let parameters = self.parameters(")")?;
        self.want(")")?;
        let behind = self.behind_newlines();
        if self.word_at(behind) == Some("throws") {
            self.at = behind + 1;
            self.type_name()?;
            while self.take(",") {
                self.skip_newlines();
                self.type_name()?;
            }
        }
        self.skip_newlines();
        let body = self.block()?;
        let span = self.since(start);
        Ok(Statement::Method(Method { annotations, modifiers, of, name, parameters, body, span }))
    }

    /// Parameters up to the mark that ends them, which is left.
    fn parameters(&mut self, end: &str) -> Result<Vec<Variable>, Fault> {
        let mut parameters = Vec::new();
        self.skip_newlines();
        while !self.next_is(end) {
            let start = self.start();
            self.annotations()?;
            while self.word_at(self.at).is_some_and(modifier) {
                self.at += 1;
            }
            let typed = self.type_ends(self.at).filter(|end| {
                self.mark_at(*end) == Some("...") || self.word_at(*end).is_some_and(|word| !reserved(word))
            });
            let mut of = typed.map(|end| self.type_up_to(end));
            if self.take("...") {
                of = Some(format!("{}...", of.unwrap_or_default()));
            }
            let name = self.name()?;
            let mut value = None;
            if self.take("=") {
                self.skip_newlines();
                value = Some(self.expression()?);
            }
            parameters.push(Variable { of, name, value, span: self.since(start) });
            self.skip_newlines();
            if !self.take(",") {
                break;
            }
            self.skip_newlines();
        }
        Ok(parameters)
    }

    /// The parameters of a closure, if there is an arrow behind them.
    pub(super) fn closure_parameters(&mut self) -> Result<Option<Vec<Variable>>, Fault> {
        if !self.arrow_follows() {
            return Ok(None);
        }
        let parameters = self.parameters("->")?;
        self.want("->")?;
        Ok(Some(parameters))
    }

    /// Whether there is an arrow before anything that cannot be a parameter.
    fn arrow_follows(&self) -> bool {
        let mut open = 0usize;
        let mut newline = false;
        for at in self.behind_newlines()..self.at + LONGEST_PARAMETERS {
            let Some(kind) = self.kind(at) else { return false };
            match kind {
                TokenKind::Mark("->") if open == 0 => return true,
                TokenKind::Semicolon => return false,
                TokenKind::Newline if open == 0 => {
                    newline = !matches!(self.mark_at(at - 1), Some("," | "="));
                    continue;
                }
                // Only an arrow may stand on a line of its own.
                _ if newline => return false,
                TokenKind::Mark("(" | "[" | "{") | TokenKind::Code => open += 1,
                TokenKind::Mark(")" | "]" | "}") | TokenKind::CodeEnd => match open.checked_sub(1) {
                    Some(less) => open = less,
                    None => return false,
                },
                _ => {}
            }
        }
        false
    }

    /// `@A @B(c)`, with line ends behind each.
    fn annotations(&mut self) -> Result<Vec<Annotation>, Fault> {
        let mut annotations = Vec::new();
        while self.next_is("@") && self.word_at(self.at + 1) != Some("interface") {
            let start = self.start();
            self.at += 1;
            let mut name = self.name()?;
            while self.take(".") {
                name = format!("{name}.{}", self.name()?);
            }
            let arguments = if self.take("(") { self.annotation_arguments()? } else { Vec::new() };
            annotations.push(Annotation { name, arguments, span: self.since(start) });
            self.skip_newlines();
        }
        Ok(annotations)
    }

    fn annotation_arguments(&mut self) -> Result<Vec<Argument>, Fault> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            let mut name = None;
            if self.mark_at(self.at + 1) == Some("=") {
                name = self.word_at(self.at).map(str::to_owned);
                self.at += 2;
            }
            let value = self.expression()?;
            arguments.push(Argument { name, key: None, value });
            if !self.take(",") && !self.next_is(")") {
                return Err(self.expected("`)`"));
            }
        }
        Ok(arguments)
    }

    fn class_word(&self, at: usize) -> bool {
        matches!(self.word_at(at), Some("class" | "interface" | "enum" | "trait"))
    }

    /// A class, of which nothing is read but where it ends.
    fn class(&mut self, start: usize) -> Result<Statement, Fault> {
        while !self.next_is("{") {
            if matches!(self.peek(), None | Some(TokenKind::Semicolon | TokenKind::Mark("}"))) {
                return Err(self.expected("`{`"));
            }
            self.at += 1;
        }
        self.skip_braces();
        let span = self.since(start);
        Ok(Statement::Class { text: self.written(span), span })
    }

    /// Skips a block in braces without reading it.
    pub(super) fn skip_braces(&mut self) {
        let mut open = 0usize;
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Mark("{") | TokenKind::Code => open += 1,
                TokenKind::Mark("}") | TokenKind::CodeEnd => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
        let fault = self.expected("`}`");
        self.faults.push(fault);
    }

    /// `import a.b.*`, `package a.b`.
    pub(super) fn import(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        self.take_word("static");
        if self.word_at(self.at).is_none() {
            return Err(self.expected("a name"));
        }
        while matches!(self.peek(), Some(TokenKind::Word(_) | TokenKind::Mark("." | "*"))) {
            self.at += 1;
        }
        let span = self.since(start);
        Ok(Statement::Import { text: self.written(span), span })
    }

    /// What could be a variable of a loop: its type and its name, before `in` or `:`.
    pub(super) fn loop_variable(&mut self) -> Result<Option<Variable>, Fault> {
        let start = self.start();
        let mut at = self.at;
        while self.word_at(at).is_some_and(modifier) {
            at += 1;
        }
        let name = self.typed_name(at).unwrap_or(at);
        let follows = self.word_at(name + 1) == Some("in") || self.mark_at(name + 1) == Some(":");
        if !follows || self.word_at(name).is_none() {
            return Ok(None);
        }
        self.at = at;
        let of = (name > at).then(|| self.type_up_to(name));
        let name = self.name()?;
        Ok(Some(Variable { of, name, value: None, span: self.since(start) }))
    }

    /// `(Type | Other name)` of a catch.
    pub(super) fn caught(&mut self) -> Result<Variable, Fault> {
        self.want("(")?;
        let start = self.start();
        while self.word_at(self.at).is_some_and(modifier) {
            self.at += 1;
        }
        let mut of = None;
        if self.mark_at(self.at + 1) != Some(")") {
            let mut types = self.type_name()?;
            while self.take("|") {
                types = format!("{types} | {}", self.type_name()?);
            }
            of = Some(types);
        }
        let name = self.name()?;
        let variable = Variable { of, name, value: None, span: self.since(start) };
        self.want(")")?;
        Ok(variable)
    }
}
