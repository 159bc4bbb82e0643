//! Values: literals, strings with code, lists, what is called or taken from them, and their arguments.
//!
//! What must hold: a block belongs to a call only where it does in Groovy; named arguments that Groovy refuses are faults.

use std::collections::BTreeSet;

use super::parser::Parser;
use super::token::{Fault, Quote, TokenKind};
use super::tree::{Argument, Closure, Expression, Interpolation, Kind, Part, Statement};
use super::words::{reserved, value};

impl Parser<'_> {
    /// A value with everything that hangs on it: `a.b(c)[d] { … }`.
    pub(super) fn path(&mut self, statement: bool) -> Result<Expression, Fault> {
        let start = self.start();
        let value = self.primary()?;
        self.links(value, start, statement)
    }

    /// What hangs on a value. A block may begin on the next line only where a statement may stand.
    pub(super) fn links(&mut self, mut on: Expression, start: usize, statement: bool) -> Result<Expression, Fault> {
        loop {
            let behind = self.behind_newlines();
            let wrapped = behind > self.at;
            match self.mark_at(behind) {
                Some(access @ ("." | "?." | "*." | ".&" | ".@")) => {
                    self.at = behind + 1;
                    if wrapped || self.peek() == Some(&TokenKind::Newline) {
                        self.note(start, "a name on another line than its dot");
                    }
                    self.skip_newlines();
                    on = self.property(on, access, start)?;
                }
                Some("(") if !wrapped => {
                    self.at += 1;
                    let arguments = self.arguments(Some(")"))?;
                    on = self.called(on, arguments, start)?;
                }
                Some("[") if !wrapped => {
                    self.at += 1;
                    let items = self.arguments(Some("]"))?;
                    self.taller()?;
                    on = Expression { kind: Kind::Index { of: Box::new(on), items }, span: self.since(start) };
                }
                Some("{") if !wrapped || statement => {
                    self.at = behind;
                    if wrapped {
                        self.note(start, "a block that begins on a line of its own");
                    }
                    let block = self.deeper(Self::closure)?;
                    on = self.with_block(on, block, start)?;
                }
                _ => return Ok(on),
            }
        }
    }

    fn with_block(&mut self, on: Expression, block: Closure, start: usize) -> Result<Expression, Fault> {
        let mut on = if matches!(on.kind, Kind::Call(_)) { on } else { self.called(on, Vec::new(), start)? };
        on.span = self.since(start);
        if let Kind::Call(call) = &mut on.kind {
            call.span = on.span;
            // A second block is one more argument; the last one keeps the place.
            if let Some(before) = call.block.replace(block) {
                let span = before.span;
                let value = Expression { kind: Kind::Closure(Box::new(before)), span };
                call.arguments.push(Argument { name: None, key: None, value });
            }
        }
        Ok(on)
    }

    fn property(&mut self, of: Expression, access: &'static str, start: usize) -> Result<Expression, Fault> {
        // `a.<T>b()` says nothing that anybody here asks for.
        if self.next_is("<")
            && let Some(end) = self.generics_end(self.at)
        {
            self.at = end;
        }
        self.taller()?;
        let begins = self.start();
        let name = match self.peek() {
            Some(TokenKind::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                if let (Kind::Word(path), ".") = (&of.kind, access) {
                    let kind = Kind::Word(format!("{path}.{word}"));
                    return Ok(Expression { kind, span: self.since(start) });
                }
                Expression { kind: Kind::Word(word), span: self.since(begins) }
            }
            Some(TokenKind::Text { .. } | TokenKind::Open(_) | TokenKind::Mark("(" | "@")) => {
                self.take("@");
                self.primary()?
            }
            _ => return Err(self.expected("a name")),
        };
        let kind = Kind::Property { of: Box::new(of), access, name: Box::new(name) };
        Ok(Expression { kind, span: self.since(start) })
    }

    pub(super) fn primary(&mut self) -> Result<Expression, Fault> {
        let start = self.start();
        let kind = match self.peek() {
            Some(TokenKind::Text { value, quote }) => {
                let kind = Kind::Text { value: value.clone(), quote: *quote };
                self.at += 1;
                kind
            }
            Some(TokenKind::Number(digits)) => {
                let kind = Kind::Number(digits.clone());
                self.at += 1;
                kind
            }
            Some(TokenKind::Open(quote)) => Kind::Interpolated(self.interpolated(*quote)?),
            Some(TokenKind::Word(word)) if word == "new" => self.constructed()?,
            Some(TokenKind::Word(word)) if !reserved(word) || value(word) => {
                let kind = Kind::Word(word.clone());
                self.at += 1;
                kind
            }
            Some(TokenKind::Mark("[")) => {
                self.at += 1;
                self.list()?
            }
            Some(TokenKind::Mark("{")) => Kind::Closure(Box::new(self.deeper(Self::closure)?)),
            Some(TokenKind::Mark("(")) => return self.deeper(Self::parenthesised),
            _ => return Err(self.expected("a value")),
        };
        Ok(Expression { kind, span: self.since(start) })
    }

    /// `(a)`, or `(a, b)` before what is assigned to both.
    fn parenthesised(&mut self) -> Result<Expression, Fault> {
        let start = self.start();
        self.want("(")?;
        let mut inside = self.expression()?;
        if self.next_is(",") {
            let mut items = vec![Argument { name: None, key: None, value: inside }];
            while self.take(",") {
                items.push(Argument { name: None, key: None, value: self.expression()? });
            }
            self.want(")")?;
            if !self.next_is("=") {
                return Err(self.expected("`=`"));
            }
            return Ok(Expression { kind: Kind::List(items), span: self.since(start) });
        }
        self.want(")")?;
        inside.span = self.since(start);
        Ok(inside)
    }

    /// `new X(a)`, `new X[a]`, `new X(a) { … }`.
    fn constructed(&mut self) -> Result<Kind, Fault> {
        self.at += 1;
        self.skip_newlines();
        let mut of = self.type_name_without_brackets()?;
        let behind = self.behind_newlines();
        let mut arguments = Vec::new();
        if self.mark_at(behind) == Some("(") {
            self.at = behind + 1;
            arguments = self.arguments(Some(")"))?;
            if self.next_is("{") {
                self.skip_braces();
            }
            return Ok(Kind::New { of, arguments });
        }
        if !self.next_is("[") {
            return Err(self.expected("`(`"));
        }
        while self.take("[") {
            arguments.append(&mut self.arguments(Some("]"))?);
            of.push_str("[]");
        }
        Ok(Kind::New { of, arguments })
    }

    /// What stands behind `[`.
    fn list(&mut self) -> Result<Kind, Fault> {
        if self.next_is(":") && self.mark_at(self.at + 1) == Some("]") {
            self.at += 2;
            return Ok(Kind::Map(Vec::new()));
        }
        let items = self.items(Some("]"))?;
        let named = |item: &Argument| {
            item.name.is_some() || item.key.is_some() || matches!(item.value.kind, Kind::Unary("*:", _))
        };
        let count = items.iter().filter(|item| named(item)).count();
        if count == 0 {
            return Ok(Kind::List(items));
        }
        if count < items.len() {
            return Err(self.expected("either names for all items of a list or for none"));
        }
        Ok(Kind::Map(items))
    }

    /// Arguments up to the mark that closes them or, without one, to the end of the line.
    pub(super) fn arguments(&mut self, close: Option<&'static str>) -> Result<Vec<Argument>, Fault> {
        let arguments = self.items(close)?;
        let mut names = BTreeSet::new();
        if arguments.iter().filter_map(|argument| argument.name.as_deref()).any(|name| !names.insert(name)) {
            return Err(Fault::new(self.since(self.start()), "an argument that is given twice"));
        }
        Ok(arguments)
    }

    fn items(&mut self, close: Option<&'static str>) -> Result<Vec<Argument>, Fault> {
        let mut items: Vec<Argument> = Vec::new();
        loop {
            if let Some(close) = close {
                self.skip_newlines();
                if self.take(close) {
                    return Ok(items);
                }
            }
            items.push(self.deeper(|parser| parser.argument(close.is_some()))?);
            if close.is_some() {
                self.skip_newlines();
            }
            if self.take(",") {
                self.skip_newlines();
                // Groovy does not mind commas between which nothing stands.
                while close.is_some() && self.take(",") {
                    self.note(self.start(), "a comma that nothing stands before");
                }
            } else {
                match close {
                    None => return Ok(items),
                    Some(close) if self.next_is(close) => {}
                    Some(close) => return Err(self.expected(&format!("`,` or `{close}`"))),
                }
            }
        }
    }

    fn argument(&mut self, enclosed: bool) -> Result<Argument, Fault> {
        let start = self.start();
        if let Some(spread @ ("*" | "*:")) = self.mark().filter(|_| enclosed) {
            self.at += 1;
            let value = self.expression()?;
            let value = Expression { kind: Kind::Unary(spread, Box::new(value)), span: self.since(start) };
            return Ok(Argument { name: None, key: None, value });
        }
        let mut name = None;
        let mut key = None;
        if self.mark_at(self.at + 1) == Some(":")
            && let Some(TokenKind::Word(word) | TokenKind::Text { value: word, .. }) = self.peek()
        {
            name = Some(word.clone());
            self.at += 1;
        } else if enclosed && self.defines() {
            // A definition may stand here for Groovy; nobody has a use for it.
            self.definition()?;
            let span = self.since(start);
            let value = Expression { kind: Kind::Opaque(self.written(span)), span };
            return Ok(Argument { name, key, value });
        } else {
            let value = self.expression()?;
            let closes = self.at.checked_sub(1).and_then(|last| self.mark_at(last));
            let may_name =
                matches!(&value.kind, Kind::Interpolated(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_))
                    || closes == Some(")");
            if !(self.next_is(":") && may_name) {
                return Ok(Argument { name: None, key: None, value });
            }
            key = Some(value);
        }
        self.at += 1;
        self.skip_newlines();
        Ok(Argument { name, key, value: self.expression()? })
    }

    /// A string with code in it.
    fn interpolated(&mut self, quote: Quote) -> Result<Interpolation, Fault> {
        self.at += 1;
        let mut parts = Vec::new();
        loop {
            let start = self.start();
            match self.peek() {
                Some(TokenKind::Piece(text)) => {
                    parts.push(Part::Text(text.clone()));
                    self.at += 1;
                }
                Some(TokenKind::Path(path)) => {
                    let kind = Kind::Word(path.clone());
                    self.at += 1;
                    let span = self.since(start);
                    let body = vec![Statement::Expression(Expression { kind, span })];
                    parts.push(Part::Code {
                        raw: self.written(span),
                        closure: Closure { parameters: None, body, span },
                    });
                }
                Some(TokenKind::Code) => {
                    self.at += 1;
                    let closure = self.deeper(|parser| {
                        let parameters = parser.closure_parameters()?;
                        let body = parser.statements(false);
                        if parser.peek() != Some(&TokenKind::CodeEnd) {
                            return Err(parser.expected("`}`"));
                        }
                        parser.at += 1;
                        Ok(Closure { parameters, body, span: parser.since(start) })
                    })?;
                    parts.push(Part::Code { raw: self.written(closure.span), closure });
                }
                Some(TokenKind::Shut) => {
                    self.at += 1;
                    return Ok(Interpolation { quote, parts });
                }
                _ => return Err(self.expected("the end of the string")),
            }
        }
    }
}
