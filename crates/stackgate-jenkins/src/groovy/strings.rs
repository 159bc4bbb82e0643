//! Strings: six kinds of quotes, and what may stand between them.
//!
//! What must hold: what Groovy would interpolate is never text. A string without interpolation is one token.

use super::lexer::{Lexer, Nest};
use super::token::{Quote, TokenKind};

/// Strings in the code of strings in the code of strings, more than anybody reads.
const MOST_NESTED: usize = 12;

impl Lexer {
    /// A string in quotes.
    pub(super) fn string(&mut self) {
        let quote = match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some('\''), Some('\''), Some('\'')) => Quote::TripleSingle,
            (Some('\''), ..) => Quote::Single,
            (_, Some('"'), Some('"')) => Quote::TripleDouble,
            _ => Quote::Double,
        };
        self.begin(quote, quote.end().len());
    }

    /// A string between slashes.
    pub(super) fn slashed(&mut self, quote: Quote) {
        self.begin(quote, quote.end().len());
    }

    fn begin(&mut self, quote: Quote, length: usize) {
        let start = self.place();
        self.skip(length);
        if self.texts == MOST_NESTED {
            return self.push(start, TokenKind::Bad("strings nested deeper than a pipeline needs"));
        }
        self.texts += 1;
        self.open.push(Nest::Text(quote));
        self.push(start, TokenKind::Open(quote));
        self.inside(quote);
    }

    /// From here to the end of the string, or to the next code in it.
    pub(super) fn inside(&mut self, quote: Quote) {
        let start = self.place();
        let mut value = String::new();
        let lines = !matches!(quote, Quote::Single | Quote::Double);
        loop {
            if self.follows(quote.end()) {
                return self.end(quote, start, value);
            }
            let here = self.place();
            let Some(c) = self.peek(0) else {
                // The whole text is read; who called says that the string does not end.
                return self.piece(start, value);
            };
            match (c, quote) {
                ('\n' | '\r', _) if !lines => {
                    self.piece(start, value);
                    self.leave();
                    return self.push(here, TokenKind::Bad("a string that does not end on its line"));
                }
                ('\r', _) => {
                    // Groovy turns the line ends of Windows into those of everybody else.
                    self.skip(1);
                    if self.peek(0) != Some('\n') {
                        self.note(here, "a carriage return in a string");
                        value.push('\n');
                    }
                }
                ('\\', Quote::Slash) => {
                    self.skip(1);
                    if self.peek(0) == Some('/') {
                        self.skip(1);
                        value.push('/');
                    } else {
                        value.push('\\');
                    }
                }
                ('\\', Quote::Dollar) => {
                    self.skip(1);
                    value.push('\\');
                }
                ('\\', _) => {
                    self.skip(1);
                    match self.escape(here) {
                        Ok(escaped) => value.extend(escaped),
                        Err(what) => {
                            self.piece(start, value);
                            return self.push(here, TokenKind::Bad(what));
                        }
                    }
                }
                ('$', Quote::Dollar) if matches!(self.peek(1), Some('$' | '/')) => {
                    self.skip(1);
                    value.extend(self.peek(0));
                    self.skip(1);
                }
                ('$', Quote::Double | Quote::TripleDouble | Quote::Slash | Quote::Dollar) => {
                    if self.interpolates() {
                        self.piece(start, value);
                        return self.interpolation();
                    }
                    self.skip(1);
                    if matches!(quote, Quote::Slash | Quote::Dollar) {
                        value.push('$');
                    } else {
                        self.piece(start, value);
                        return self.push(here, TokenKind::Bad("a `$` that nothing follows"));
                    }
                }
                (c, _) => {
                    self.skip(1);
                    value.push(c);
                }
            }
        }
    }

    /// The text before code, or before what is wrong.
    fn piece(&mut self, start: usize, value: String) {
        if !value.is_empty() {
            self.push(start, TokenKind::Piece(value));
        }
    }

    fn leave(&mut self) {
        self.open.pop();
        self.texts -= 1;
    }

    fn end(&mut self, quote: Quote, start: usize, value: String) {
        self.leave();
        // Nothing but text since it began: one token.
        if let Some(TokenKind::Open(_)) = self.tokens.last().map(|token| &token.kind)
            && let Some(open) = self.tokens.pop()
        {
            self.skip(quote.end().len());
            return self.push(open.span.start, TokenKind::Text { value, quote });
        }
        self.piece(start, value);
        let end = self.place();
        self.skip(quote.end().len());
        self.push(end, TokenKind::Shut);
    }

    /// What stands behind a backslash; nothing for a line that goes on.
    fn escape(&mut self, start: usize) -> Result<Option<char>, &'static str> {
        let Some(c) = self.peek(0) else { return Err("a string that does not end") };
        if c.is_digit(8) {
            let most = if c <= '3' { 3 } else { 2 };
            let mut code = 0;
            for _ in 0..most {
                let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else { break };
                code = code * 8 + digit;
                self.skip(1);
            }
            self.note(start, "an octal escape");
            return Ok(char::from_u32(code));
        }
        self.skip(1);
        Ok(Some(match c {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            '\\' | '\'' | '"' | '$' => c,
            '\n' => return Ok(None),
            '\r' => {
                if self.peek(0) == Some('\n') {
                    self.skip(1);
                }
                self.note(start, "a carriage return in a string");
                return Ok(None);
            }
            _ => return Err("an escape in a string that Groovy does not know"),
        }))
    }

    fn interpolates(&self) -> bool {
        self.peek(1).is_some_and(|c| c == '{' || c == '_' || c.is_alphabetic())
    }

    /// `${` or `$a.b`.
    fn interpolation(&mut self) {
        let start = self.place();
        self.skip(1);
        if self.peek(0) == Some('{') {
            self.skip(1);
            self.open.push(Nest::Code);
            return self.push(start, TokenKind::Code);
        }
        let name = |c: char| c == '_' || c.is_alphanumeric();
        let mut path = self.take_while(name);
        while self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c == '_' || c.is_alphabetic()) {
            self.skip(1);
            path.push('.');
            path.push_str(&self.take_while(name));
        }
        self.push(start, TokenKind::Path(path));
    }
}
