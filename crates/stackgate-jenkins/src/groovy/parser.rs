//! From tokens to the tree: where the parser stands, what it skips, and how it goes on behind what it cannot read.
//!
//! What must hold: total, in time that grows with the text alone, without recursion beyond a limit. What does not parse is
//! a fault with a place; the statement around it is kept as it is written, and everything else is read.

use stackgate_provider::diagnostic::Span;

use super::lexer::tokens;
use super::token::{Fault, Token, TokenKind};
use super::tree::{Closure, Expression, Kind, Statement};

/// More bytes than any pipeline has.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// Deeper than any pipeline goes. A block in a block is two deeper.
const MOST_DEPTH: usize = 128;

/// Longer chains of dots and operators than anybody writes, with the depth that they hang in.
const TALLEST: usize = 1024;

/// After so many faults nobody reads on.
const MOST_FAULTS: usize = 100;

/// What a Jenkinsfile says.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) statements: Vec<Statement>,
    /// What could not be read.
    pub(crate) faults: Vec<Fault>,
    /// What Groovy reads, no template writes, and the statements do not show.
    pub(super) unusual: Vec<Fault>,
}

/// Reads a whole file.
pub(crate) fn read(text: &str) -> Tree {
    if text.len() > MOST_BYTES {
        let fault = Fault::new(Span::at(0), "larger than a pipeline needs to be");
        return Tree { statements: Vec::new(), faults: vec![fault], unusual: Vec::new() };
    }
    let lexed = tokens(text);
    let (tokens, faults, unusual) = (lexed.tokens, lexed.faults, lexed.unusual);
    let mut parser = Parser { text, tokens, at: 0, depth: 0, tall: 0, faults, unusual };
    let mut statements = parser.statements(false);
    while parser.at < parser.tokens.len() {
        // A brace, or a `case`, that nothing opened.
        let fault = parser.expected("the end of the file");
        parser.faults.push(fault);
        parser.at += 1;
        statements.append(&mut parser.statements(false));
    }
    parser.faults.sort_by_key(|fault| fault.span.start);
    parser.faults.truncate(MOST_FAULTS);
    Tree { statements, faults: parser.faults, unusual: parser.unusual }
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    depth: usize,
    /// The height of the highest node below where the parser stands.
    tall: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) unusual: Vec<Fault>,
}

impl Parser<'_> {
    pub(super) fn kind(&self, at: usize) -> Option<&TokenKind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    pub(super) fn peek(&self) -> Option<&TokenKind> {
        self.kind(self.at)
    }

    pub(super) fn mark_at(&self, at: usize) -> Option<&'static str> {
        match self.kind(at) {
            Some(TokenKind::Mark(mark)) => Some(mark),
            _ => None,
        }
    }

    pub(super) fn word_at(&self, at: usize) -> Option<&str> {
        match self.kind(at) {
            Some(TokenKind::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn mark(&self) -> Option<&'static str> {
        self.mark_at(self.at)
    }

    pub(super) fn next_is(&self, mark: &str) -> bool {
        self.mark() == Some(mark)
    }

    pub(super) fn next_word(&self, word: &str) -> bool {
        self.word_at(self.at) == Some(word)
    }

    pub(super) fn take(&mut self, mark: &str) -> bool {
        let found = self.next_is(mark);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.next_word(word);
        self.at += usize::from(found);
        found
    }

    /// Takes that mark.
    pub(super) fn want(&mut self, mark: &str) -> Result<(), Fault> {
        if self.take(mark) { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    /// Takes a name that is none of Groovy's own words.
    pub(super) fn name(&mut self) -> Result<String, Fault> {
        match self.word_at(self.at).filter(|word| !super::words::reserved(word)) {
            Some(word) => {
                let word = word.to_owned();
                self.at += 1;
                Ok(word)
            }
            None => Err(self.expected("a name")),
        }
    }

    pub(super) fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |token| token.span.start)
    }

    /// From `start` to the end of the last token that was taken.
    pub(super) fn since(&self, start: usize) -> Span {
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        Span::new(start, end.max(start))
    }

    /// What stands in a place, as it is written.
    pub(super) fn written(&self, span: Span) -> String {
        self.text.get(span.start..span.end).unwrap_or_default().to_owned()
    }

    /// What stands here, and what should.
    pub(super) fn expected(&self, what: &str) -> Fault {
        let Some(token) = self.tokens.get(self.at) else {
            return Fault::new(Span::at(self.text.len()), format!("the end of the file, expected {what}"));
        };
        let found = match &token.kind {
            TokenKind::Bad(why) => return Fault::new(token.span, *why),
            TokenKind::Newline => "the end of the line".to_owned(),
            TokenKind::Word(word) if word.len() < 40 => format!("`{word}`"),
            TokenKind::Mark(mark) => format!("`{mark}`"),
            TokenKind::Semicolon => "`;`".to_owned(),
            TokenKind::Code | TokenKind::CodeEnd | TokenKind::Path(_) => "code in a string".to_owned(),
            TokenKind::Number(_) => "a number".to_owned(),
            TokenKind::Word(_) => "a name".to_owned(),
            TokenKind::Text { .. } | TokenKind::Open(_) | TokenKind::Piece(_) | TokenKind::Shut => {
                "a string".to_owned()
            }
        };
        Fault::new(token.span, format!("found {found}, expected {what}"))
    }

    /// Notes what is fine for Groovy, and more than templates write.
    pub(super) fn note(&mut self, start: usize, what: &str) {
        let span = self.since(start);
        self.unusual.push(Fault::new(span, what));
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MOST_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let beside = std::mem::take(&mut self.tall);
        let read = read(self);
        self.tall = beside.max(self.tall + 1);
        self.depth -= 1;
        read
    }

    /// Puts one node on top of what was read at this depth.
    pub(super) fn taller(&mut self) -> Result<(), Fault> {
        self.tall += 1;
        if self.tall > TALLEST { Err(self.too_deep()) } else { Ok(()) }
    }

    fn too_deep(&self) -> Fault {
        let span = self.tokens.get(self.at).map_or(Span::at(self.text.len()), |token| token.span);
        Fault::new(span, "nested deeper than a pipeline needs to be")
    }

    pub(super) fn skip_newlines(&mut self) {
        while self.peek() == Some(&TokenKind::Newline) {
            self.at += 1;
        }
    }

    /// The first token from here that is no line end, if it is that mark.
    pub(super) fn behind_newlines(&self) -> usize {
        let mut at = self.at;
        while self.kind(at) == Some(&TokenKind::Newline) {
            at += 1;
        }
        at
    }

    /// Whether a statement ends here.
    pub(super) fn at_end(&self) -> bool {
        matches!(
            self.peek(),
            None | Some(TokenKind::Newline | TokenKind::Semicolon | TokenKind::CodeEnd | TokenKind::Mark("}"))
        )
    }

    /// Up to the end, to the brace that closes the block or, within a switch, to the next case.
    pub(super) fn statements(&mut self, cases: bool) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            while matches!(self.peek(), Some(TokenKind::Newline | TokenKind::Semicolon)) {
                self.at += 1;
            }
            let case = matches!(self.word_at(self.at), Some("case" | "default"));
            if self.at_end() || (cases && case) {
                return statements;
            }
            let first = self.at;
            let read = self.deeper(Self::statement);
            match read {
                Ok(statement) => {
                    statements.push(statement);
                    let case = matches!(self.word_at(self.at), Some("case" | "default"));
                    if !(self.at_end() || cases && case) {
                        let fault = self.expected("the end of the statement");
                        statements.push(self.opaque(self.at, fault));
                    }
                }
                Err(fault) => statements.push(self.opaque(first, fault)),
            }
        }
    }

    /// A block in braces: its statements.
    pub(super) fn block(&mut self) -> Result<Vec<Statement>, Fault> {
        self.want("{")?;
        let body = self.statements(false);
        self.close();
        Ok(body)
    }

    /// Takes the brace at the end of a block. A missing one is no reason to forget what stands in the block.
    pub(super) fn close(&mut self) {
        if !self.take("}") {
            let fault = self.expected("`}`");
            self.faults.push(fault);
        }
    }

    /// `{ a -> … }`.
    pub(super) fn closure(&mut self) -> Result<Closure, Fault> {
        let start = self.start();
        self.want("{")?;
        let parameters = self.closure_parameters()?;
        let body = self.statements(false);
        self.close();
        Ok(Closure { parameters, body, span: self.since(start) })
    }

    /// Skips a statement that could not be read, up to where the next one begins.
    fn opaque(&mut self, first: usize, fault: Fault) -> Statement {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
        let reached = self.at;
        self.at = first;
        let start = self.start();
        let mut open: Vec<&TokenKind> = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                TokenKind::Newline | TokenKind::Semicolon
                    if open.is_empty() && self.at >= reached && self.at > first =>
                {
                    break;
                }
                kind @ (TokenKind::Mark("(" | "[" | "{") | TokenKind::Code) => open.push(kind),
                TokenKind::Mark(")") => {
                    open.pop_if(|kind| **kind == TokenKind::Mark("("));
                }
                TokenKind::Mark("]") => {
                    open.pop_if(|kind| **kind == TokenKind::Mark("["));
                }
                kind @ (TokenKind::Mark("}") | TokenKind::CodeEnd) => {
                    let opener = if *kind == TokenKind::CodeEnd { TokenKind::Code } else { TokenKind::Mark("{") };
                    while open.pop_if(|kind| **kind != opener).is_some() {}
                    if open.pop().is_none() {
                        break;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        let span = self.since(start);
        Statement::Expression(Expression { kind: Kind::Opaque(self.written(span)), span })
    }
}
