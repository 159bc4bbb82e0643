//! Statements: what `script` blocks and scripted pipelines are made of.
//!
//! What must hold: a statement goes on over a line end only where it does in Groovy 2.4.

use super::parser::Parser;
use super::token::{Fault, TokenKind};
use super::tree::{Case, Catch, Expression, Statement};

impl Parser<'_> {
    /// One statement, without what separates it from the next.
    pub(super) fn statement(&mut self) -> Result<Statement, Fault> {
        let start = self.start();
        match self.peek() {
            Some(TokenKind::Word(word)) => {
                let labels = self.mark_at(self.at + 1) == Some(":");
                match word.as_str() {
                    "import" | "package" => return self.import(start),
                    "if" => return self.condition(start),
                    "for" => return self.repeat(start),
                    "while" => return self.repeat_while(start),
                    "switch" => return self.switch(start),
                    "try" => return self.attempt(start),
                    "return" => return self.leave("return", start),
                    "throw" => return self.leave("throw", start),
                    "assert" => return self.leave("assert", start),
                    "break" => return self.leave("break", start),
                    "continue" => return self.leave("continue", start),
                    "synchronized" if self.mark_at(self.at + 1) == Some("(") => {
                        self.at += 1;
                        let word = Some(self.head()?);
                        self.skip_newlines();
                        let body = self.block()?;
                        return Ok(Statement::Block { word, body, span: self.since(start) });
                    }
                    _ if labels => return self.label(start),
                    _ => {}
                }
            }
            Some(TokenKind::Mark("{")) => return self.braces(start),
            _ => {}
        }
        if let Some(definition) = self.definition()? {
            return Ok(definition);
        }
        self.command().map(Statement::Expression)
    }

    /// Braces at the start of a statement: a closure if it has an arrow, and otherwise nothing that Groovy reads.
    fn braces(&mut self, start: usize) -> Result<Statement, Fault> {
        let first = self.at;
        self.at += 1;
        let closure = self.closure_parameters()?.is_some();
        self.at = first;
        if closure {
            return self.command().map(Statement::Expression);
        }
        let what = "a block that belongs to nothing: Groovy cannot tell whether it is a closure";
        self.faults.push(Fault::new(self.since(self.start()), what));
        let body = self.block()?;
        Ok(Statement::Block { word: None, body, span: self.since(start) })
    }

    fn label(&mut self, start: usize) -> Result<Statement, Fault> {
        let name = self.name()?;
        self.want(":")?;
        self.skip_newlines();
        let statement = if self.next_is("{") {
            let begins = self.start();
            let body = self.block()?;
            Statement::Block { word: None, body, span: self.since(begins) }
        } else {
            self.deeper(Self::statement)?
        };
        Ok(Statement::Label { name, statement: Box::new(statement), span: self.since(start) })
    }

    /// `(condition)`.
    fn head(&mut self) -> Result<Expression, Fault> {
        self.want("(")?;
        let condition = self.expression()?;
        self.want(")")?;
        Ok(condition)
    }

    /// A block, or the one statement that stands in place of it.
    fn body(&mut self) -> Result<Vec<Statement>, Fault> {
        self.skip_newlines();
        if self.next_is("{") {
            return self.block();
        }
        Ok(vec![self.deeper(Self::statement)?])
    }

    fn condition(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        let condition = self.head()?;
        let then = self.body()?;
        let mut at = self.at;
        while matches!(self.kind(at), Some(TokenKind::Newline | TokenKind::Semicolon)) {
            at += 1;
        }
        let mut otherwise = None;
        if self.word_at(at) == Some("else") {
            self.at = at + 1;
            otherwise = Some(self.body()?);
        }
        Ok(Statement::If { condition, then, otherwise, span: self.since(start) })
    }

    fn repeat(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        self.want("(")?;
        if let Some(variable) = self.loop_variable()? {
            self.at += 1;
            let list = self.expression()?;
            self.want(")")?;
            let body = self.repeated()?;
            return Ok(Statement::ForIn { variable, list, body, span: self.since(start) });
        }
        let mut head = Vec::new();
        while !self.next_is(")") {
            if self.peek() == Some(&TokenKind::Semicolon) || self.next_is(",") {
                self.at += 1;
                continue;
            }
            head.push(match self.definition()? {
                Some(definition) => definition,
                None => self.command().map(Statement::Expression)?,
            });
            if !matches!(self.peek(), Some(TokenKind::Semicolon | TokenKind::Mark("," | ")"))) {
                return Err(self.expected("`;` or `)`"));
            }
        }
        self.want(")")?;
        let body = self.repeated()?;
        Ok(Statement::For { head, body, span: self.since(start) })
    }

    fn repeat_while(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        let condition = self.head()?;
        let body = self.repeated()?;
        Ok(Statement::While { condition, body, span: self.since(start) })
    }

    /// The body of a loop, which may be nothing but a semicolon.
    fn repeated(&mut self) -> Result<Vec<Statement>, Fault> {
        if self.peek() == Some(&TokenKind::Semicolon) { Ok(Vec::new()) } else { self.body() }
    }

    fn switch(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        let value = self.head()?;
        self.skip_newlines();
        self.want("{")?;
        let mut cases = Vec::new();
        loop {
            while matches!(self.peek(), Some(TokenKind::Newline | TokenKind::Semicolon)) {
                self.at += 1;
            }
            let begins = self.start();
            let value = if self.take_word("case") {
                Some(self.expression()?)
            } else if self.take_word("default") {
                None
            } else {
                break;
            };
            self.want(":")?;
            let body = self.statements(true);
            cases.push(Case { value, body, span: self.since(begins) });
        }
        self.close();
        Ok(Statement::Switch { value, cases, span: self.since(start) })
    }

    fn attempt(&mut self, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        self.skip_newlines();
        let body = self.block()?;
        let mut catches = Vec::new();
        let mut finally = None;
        loop {
            let behind = self.behind_newlines();
            match self.word_at(behind) {
                Some("catch") => {
                    self.at = behind;
                    let begins = self.start();
                    self.at += 1;
                    let variable = self.caught()?;
                    self.skip_newlines();
                    let body = self.block()?;
                    catches.push(Catch { variable, body, span: self.since(begins) });
                }
                Some("finally") => {
                    self.at = behind + 1;
                    self.skip_newlines();
                    finally = Some(self.block()?);
                    break;
                }
                _ => break,
            }
        }
        if catches.is_empty() && finally.is_none() {
            return Err(self.expected("`catch` or `finally`"));
        }
        Ok(Statement::Try { body, catches, finally, span: self.since(start) })
    }

    fn leave(&mut self, word: &'static str, start: usize) -> Result<Statement, Fault> {
        self.at += 1;
        let mut values = Vec::new();
        if !self.at_end() && !matches!(self.word_at(self.at), Some("else" | "case" | "default")) {
            values.push(self.expression()?);
            if word == "assert" && (self.take(",") || self.take(":")) {
                self.skip_newlines();
                values.push(self.expression()?);
            }
        } else if matches!(word, "throw" | "assert") {
            return Err(self.expected("a value"));
        }
        Ok(Statement::Leave { word, values, span: self.since(start) })
    }
}
