//! From the text of a Jenkinsfile to tokens, as Groovy 2.4 sees them.
//!
//! What must hold: total, in linear time and within limits. What Groovy does not read becomes a token that says so, and
//! reading goes on behind it. Line ends within parentheses and brackets are no tokens, as in Groovy.

use stackgate_provider::diagnostic::Span;

use super::token::{Fault, Quote, Token, TokenKind};
use super::unicode::decode;

/// More tokens than any pipeline needs.
const MOST_TOKENS: usize = 300_000;

/// Marks by length, so that the longest wins.
const MARKS: [&str; 63] = [
    ">>>=", ">>>", ">>=", "<<=", "<=>", "===", "==~", "!==", "**=", "..<", "...", ">>", ">=", "<<", "<=", "==", "=~",
    "!=", "&&", "&=", "||", "|=", "^=", "++", "+=", "--", "-=", "->", "**", "*.", "*:", "*=", "/=", "%=", "?:", "?.",
    "..", ".&", ".@", ">", "<", "=", "!", "&", "|", "^", "+", "-", "*", "/", "%", "?", ":", ",", ".", "~", "@", "(",
    ")", "[", "]", "{", "}",
];

/// What a text is made of.
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    /// What no token can say: escapes that are none.
    pub(super) faults: Vec<Fault>,
    /// What Groovy reads and no template writes, where the tokens do not show it.
    pub(super) unusual: Vec<Fault>,
}

/// What is open where the lexer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nest {
    Parenthesis,
    Brace,
    Text(Quote),
    Code,
}

pub(super) struct Lexer {
    characters: Vec<(usize, char)>,
    at: usize,
    length: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) open: Vec<Nest>,
    /// How many strings are among what is open.
    pub(super) texts: usize,
    /// Whether a line just ended, in parentheses, where none of our own does.
    wrapped: bool,
    pub(super) unusual: Vec<Fault>,
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str) -> Lexed {
    let (characters, faults) = decode(text);
    let (tokens, open, unusual) = (Vec::new(), Vec::new(), Vec::new());
    let mut lexer = Lexer { characters, at: 0, length: text.len(), tokens, open, texts: 0, wrapped: false, unusual };
    if lexer.follows("#!") {
        lexer.note(0, "a line for a shell");
        lexer.take_while(|c| c != '\n' && c != '\r');
    }
    while lexer.peek(0).is_some() {
        if lexer.tokens.len() >= MOST_TOKENS {
            lexer.push(lexer.place(), TokenKind::Bad("more tokens than a pipeline needs"));
            break;
        }
        match lexer.open.last() {
            Some(Nest::Text(quote)) => lexer.inside(*quote),
            _ => lexer.token(),
        }
    }
    if let Some(Nest::Text(_)) = lexer.open.last() {
        lexer.push(lexer.place(), TokenKind::Bad("a string that does not end"));
    }
    Lexed { tokens: lexer.tokens, faults, unusual: lexer.unusual }
}

/// Whether a character can begin a name in Groovy 2.4, which takes everything beyond Latin for a letter.
fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '$' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..)
}

impl Lexer {
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).map(|(_, c)| *c)
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// The byte at which the next character was written.
    pub(super) fn place(&self) -> usize {
        self.characters.get(self.at).map_or(self.length, |(at, _)| *at)
    }

    pub(super) fn follows(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut out = String::new();
        while let Some(c) = self.peek(0).filter(|c| wanted(*c)) {
            out.push(c);
            self.at += 1;
        }
        out
    }

    /// Adds a token from `start` up to here.
    pub(super) fn push(&mut self, start: usize, kind: TokenKind) {
        if std::mem::take(&mut self.wrapped) && !matches!(kind, TokenKind::Mark(")" | "]" | ",")) {
            self.note(start, "a line that ends within an expression");
        }
        self.tokens.push(Token { kind, span: Span::new(start, self.place()) });
    }

    /// Notes what is fine for Groovy, and more than templates write.
    pub(super) fn note(&mut self, start: usize, what: &str) {
        self.unusual.push(Fault::new(Span::new(start, self.place()), what));
    }

    fn token(&mut self) {
        let start = self.place();
        let Some(c) = self.peek(0) else { return };
        match c {
            ' ' | '\t' => self.at += 1,
            '\u{c}' => {
                self.at += 1;
                self.note(start, "a form feed");
            }
            '\n' | '\r' => self.line_end(start),
            '\\' if matches!(self.peek(1), Some('\n' | '\r')) => {
                self.at += if self.follows("\\\r\n") { 3 } else { 2 };
                self.note(start, "a line that goes on behind a backslash");
            }
            ';' => {
                self.at += 1;
                self.push(start, TokenKind::Semicolon);
            }
            '/' if self.peek(1) == Some('/') => {
                self.take_while(|c| c != '\n' && c != '\r');
            }
            '/' if self.peek(1) == Some('*') => self.comment(start),
            '\'' | '"' => self.string(),
            '/' if self.value_may_begin() => self.slashed(Quote::Slash),
            '$' if self.peek(1) == Some('/') && self.value_may_begin() => self.slashed(Quote::Dollar),
            '0'..='9' => self.number(start),
            c if begins_name(c) => {
                let word = self.take_while(|c| begins_name(c) || c.is_ascii_digit());
                if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    self.note(start, "a name that is not understood");
                }
                self.push(start, TokenKind::Word(word));
            }
            _ => self.mark(start),
        }
    }

    fn line_end(&mut self, start: usize) {
        if self.peek(0) == Some('\r') && self.peek(1) != Some('\n') {
            self.note(start, "a carriage return alone");
        }
        self.at += if self.follows("\r\n") { 2 } else { 1 };
        let within = self.open.last() == Some(&Nest::Parenthesis);
        if within {
            self.wrapped = !matches!(
                self.tokens.last().map(|token| &token.kind),
                Some(TokenKind::Mark("(" | "[" | "," | ":" | "==" | "!=" | "&&" | "||"))
            );
        } else if self.tokens.last().is_none_or(|token| token.kind != TokenKind::Newline) {
            self.push(start, TokenKind::Newline);
        }
    }

    fn comment(&mut self, start: usize) {
        self.at += 2;
        while !self.follows("*/") {
            if self.peek(0).is_none() {
                return self.push(start, TokenKind::Bad("a comment that does not end"));
            }
            self.at += 1;
        }
        self.at += 2;
    }

    /// Whether a value may stand here, so that a slash begins a string and does not divide.
    fn value_may_begin(&self) -> bool {
        let Some(last) = self.tokens.last() else { return true };
        match &last.kind {
            TokenKind::Word(word) => matches!(
                word.as_str(),
                "as" | "assert" | "case" | "else" | "in" | "instanceof" | "return" | "throw" | "def" | "final"
            ),
            TokenKind::Mark(mark) => !matches!(*mark, ")" | "]" | "}" | "++" | "--"),
            TokenKind::Newline | TokenKind::Semicolon | TokenKind::Code => true,
            _ => false,
        }
    }

    fn number(&mut self, start: usize) {
        let radix = matches!(self.peek(0), Some('0')) && matches!(self.peek(1), Some('x' | 'X' | 'b' | 'B'));
        let mut digits = String::new();
        if radix {
            digits = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        } else {
            digits.push_str(&self.take_while(|c| c.is_ascii_digit() || c == '_'));
            if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
                digits.push('.');
                digits.push_str(&self.take_while(|c| c.is_ascii_digit() || c == '_'));
            }
            let sign = usize::from(matches!(self.peek(1), Some('+' | '-')));
            if let Some(e @ ('e' | 'E')) = self.peek(0)
                && self.peek(1 + sign).is_some_and(|c| c.is_ascii_digit())
            {
                digits.push(e);
                digits.extend(self.peek(1).filter(|_| sign == 1));
                self.at += 1 + sign;
                digits.push_str(&self.take_while(|c| c.is_ascii_digit()));
            }
            if let Some(suffix) = self.peek(0).filter(|c| "gGlLiIdDfF".contains(*c)) {
                self.at += 1;
                digits.push(suffix);
            }
        }
        self.push(start, TokenKind::Number(digits));
    }

    fn mark(&mut self, start: usize) {
        let Some(mark) = MARKS.into_iter().find(|mark| self.follows(mark)) else {
            self.at += 1;
            return self.push(start, TokenKind::Bad("a character that Groovy does not know"));
        };
        self.at += mark.len();
        let mut kind = TokenKind::Mark(mark);
        match mark {
            "(" | "[" => self.open.push(Nest::Parenthesis),
            "{" => self.open.push(Nest::Brace),
            ")" | "]" => {
                self.open.pop_if(|nest| *nest == Nest::Parenthesis);
            }
            // A brace ends what was left open within it too.
            "}" => loop {
                match self.open.pop() {
                    Some(Nest::Parenthesis) => {}
                    Some(Nest::Code) => {
                        kind = TokenKind::CodeEnd;
                        break;
                    }
                    _ => break,
                }
            },
            _ => {}
        }
        self.push(start, kind);
    }
}
