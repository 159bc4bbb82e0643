//! From the text of a Jenkinsfile to tokens, as Groovy 2.4 sees them.
//!
//! What must hold: total, in linear time and within limits; what Groovy would read in a way that is not handled here is
//! a fault, never a guess. `\uXXXX` is decoded first, as Groovy does, so that a comment cannot hide code from it.
//! Deliberately absent: slashy strings, dollar strings and most operators, which no declarative pipeline needs.

use stackgate_provider::diagnostic::Span;

/// More tokens than any pipeline needs.
const MOST_TOKENS: usize = 200_000;

/// Something that is not understood, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) what: String,
}

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a token can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name.
    Word(String),
    /// A whole number.
    Number(String),
    /// A string without interpolation.
    Text { value: String, triple: bool },
    /// A string with interpolation, which is kept as written.
    Interpolated(String),
    /// One of `{}()[],:.=`.
    Mark(char),
    /// One of `==`, `!=`, `&&`, `||`.
    Operator(&'static str),
    /// A line's end or a semicolon.
    End,
}

/// Splits a text into tokens.
///
/// # Errors
/// At the first thing that is not understood.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { characters: decode(text)?, at: 0, length: text.len() };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        if tokens.len() == MOST_TOKENS {
            return Err(Fault { span: token.span, what: "more tokens than a pipeline needs".into() });
        }
        tokens.push(token);
    }
    Ok(tokens)
}

/// Replaces unicode escapes; each character keeps the place where it was written.
fn decode(text: &str) -> Result<Vec<(usize, char)>, Fault> {
    let mut out = Vec::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    let mut backslashes = 0;
    while let Some((at, c)) = characters.next() {
        let escapes = backslashes % 2 == 1 && c == 'u';
        if escapes && backslashes > 1 {
            // Groovy's own reader looks at no more than the character before; nothing sane depends on it.
            return Err(Fault {
                span: Span::new(at, at + 1),
                what: "a unicode escape behind other backslashes".into(),
            });
        }
        if escapes {
            while characters.next_if(|(_, c)| *c == 'u').is_some() {}
            let digits: String =
                (0..4).map_while(|_| characters.next_if(|(_, c)| c.is_ascii_hexdigit())).map(|(_, c)| c).collect();
            let decoded = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4).and_then(char::from_u32);
            let Some(decoded) = decoded else {
                return Err(Fault { span: Span::new(at - 1, at + 1), what: "a unicode escape that is none".into() });
            };
            out.pop();
            out.push((at - 1, decoded));
            backslashes = 0;
            continue;
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push((at, c));
    }
    Ok(out)
}

struct Lexer {
    characters: Vec<(usize, char)>,
    at: usize,
    length: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).map(|(_, c)| *c)
    }

    /// The byte at which the next character was written.
    fn place(&self) -> usize {
        self.characters.get(self.at).map_or(self.length, |(at, _)| *at)
    }

    fn fault<T>(&self, start: usize, what: &str) -> Result<T, Fault> {
        Err(Fault { span: Span::new(start, self.place()), what: what.into() })
    }

    fn follows(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn token(&mut self) -> Result<Option<Token>, Fault> {
        self.blanks()?;
        let start = self.place();
        let Some(c) = self.peek(0) else { return Ok(None) };
        let kind = match c {
            '\n' | ';' => {
                self.at += 1;
                TokenKind::End
            }
            '\'' | '"' => self.string(c)?,
            '0'..='9' => TokenKind::Number(self.take_while(|c| c.is_ascii_alphanumeric() || c == '.')),
            c if c.is_ascii_alphabetic() || c == '_' => {
                TokenKind::Word(self.take_while(|c| c.is_ascii_alphanumeric() || c == '_'))
            }
            _ => self.mark(c)?,
        };
        if let TokenKind::Number(digits) = &kind
            && (!digits.bytes().all(|byte| byte.is_ascii_digit()) || (digits.len() > 1 && digits.starts_with('0')))
        {
            return self.fault(start, "a number that is not a plain whole one");
        }
        Ok(Some(Token { kind, span: Span::new(start, self.place()) }))
    }

    fn mark(&mut self, c: char) -> Result<TokenKind, Fault> {
        let start = self.place();
        if let Some(operator) = ["==", "!=", "&&", "||"].into_iter().find(|operator| self.follows(operator)) {
            self.at += 2;
            if matches!(self.peek(0), Some('=' | '~' | '>')) {
                return self.fault(start, "an operator that is not understood");
            }
            return Ok(TokenKind::Operator(operator));
        }
        self.at += 1;
        if c == '=' && self.peek(0) == Some('~') {
            return self.fault(start, "an operator that is not understood");
        }
        match c {
            '{' | '}' | '(' | ')' | '[' | ']' | ',' | ':' | '.' | '=' => Ok(TokenKind::Mark(c)),
            _ => self.fault(start, "a character that is not understood"),
        }
    }

    /// Spaces and comments; a line's end is a token of its own.
    fn blanks(&mut self) -> Result<(), Fault> {
        loop {
            let start = self.place();
            if matches!(self.peek(0), Some(' ' | '\t')) || self.follows("\r\n") {
                self.at += 1;
            } else if self.follows("//") {
                // A carriage return alone ends the line too; it is refused by what follows.
                self.take_while(|c| c != '\n' && c != '\r');
            } else if self.follows("/*") {
                self.at += 2;
                while !self.follows("*/") {
                    if self.peek(0).is_none() {
                        return self.fault(start, "a comment that does not end");
                    }
                    self.at += 1;
                }
                self.at += 2;
            } else {
                return Ok(());
            }
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut out = String::new();
        while let Some(c) = self.peek(0).filter(|c| wanted(*c)) {
            out.push(c);
            self.at += 1;
        }
        out
    }

    fn string(&mut self, quote: char) -> Result<TokenKind, Fault> {
        let start = self.place();
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        let end: String = std::iter::repeat_n(quote, if triple { 3 } else { 1 }).collect();
        self.at += end.len();
        let (mut value, mut interpolated, mut dollar) = (String::new(), false, false);
        while !self.follows(&end) {
            let Some(c) = self.peek(0) else { return self.fault(start, "a string that does not end") };
            self.at += 1;
            match c {
                '\\' => {
                    let escaped = self.escape(start)?;
                    dollar |= escaped == Some('$');
                    value.extend(escaped);
                }
                '$' if quote == '"' => {
                    interpolated = true;
                    self.interpolation(&mut value)?;
                }
                '\n' if !triple => return self.fault(start, "a string that does not end on its line"),
                // Groovy turns the line ends of Windows into those of everybody else.
                '\r' if triple && self.peek(0) == Some('\n') => {}
                '\r' => return self.fault(start, "a carriage return in a string"),
                c => value.push(c),
            }
        }
        self.at += end.len();
        match (interpolated, dollar) {
            (true, true) => self.fault(start, "a string with `$` both escaped and not"),
            (true, false) => Ok(TokenKind::Interpolated(value)),
            (false, _) => Ok(TokenKind::Text { value, triple }),
        }
    }

    /// What stands behind a backslash; nothing for a line that goes on.
    fn escape(&mut self, start: usize) -> Result<Option<char>, Fault> {
        let Some(c) = self.peek(0) else { return self.fault(start, "a string that does not end") };
        self.at += 1;
        Ok(Some(match c {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            '\\' | '\'' | '"' | '$' => c,
            '\n' => return Ok(None),
            _ => return self.fault(start, "an escape in a string that is not understood"),
        }))
    }

    /// `${a.b}` or `$a.b`, kept as it is written.
    fn interpolation(&mut self, out: &mut String) -> Result<(), Fault> {
        let start = self.place();
        let braces = self.peek(0) == Some('{');
        out.push('$');
        if braces {
            self.at += 1;
        }
        let path = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if path.is_empty() || path.starts_with('.') || (braces && self.peek(0) != Some('}')) {
            return self.fault(start, "an expression inside of a string");
        }
        if braces {
            self.at += 1;
            out.push_str(&format!("{{{path}}}"));
        } else {
            out.push_str(&path);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> TokenKind {
        let mut tokens = tokens(text).unwrap();
        assert_eq!(tokens.len(), 1, "{text}");
        tokens.remove(0).kind
    }

    fn value(text: &str) -> String {
        match one(text) {
            TokenKind::Text { value, .. } => value,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn plain_strings_mean_the_same_in_all_quotes() {
        for text in ["'a b'", "\"a b\"", "'''a b'''", "\"\"\"a b\"\"\"", r"'a\u0020b'", r"'a\uu0020b'"] {
            assert_eq!(value(text), "a b", "{text}");
        }
        assert_eq!(value(r"'it\'s \\ \n $HOME ${x}'"), "it's \\ \n $HOME ${x}");
        assert_eq!(value(r#""\${x}""#), "${x}");
        assert_eq!(value("'''a\r\n'b' \\\nc'''"), "a\n'b' c");
        assert_eq!(value(r"'\\u0027'"), r"\u0027");
    }

    #[test]
    fn what_templates_write_is_read_as_it_was() {
        let texts = [
            "",
            "it's",
            r"\",
            r"\\u0027",
            r"\u0027",
            "a\nb\r\n\tc",
            "${x} $(y) $",
            "\"\"\"",
            "''' '",
            "é\u{2028}😀",
            r"a\",
        ];
        for text in texts {
            assert_eq!(value(&stackgate_provider::groovy_literal(text)), text);
        }
    }

    #[test]
    fn interpolation_is_never_taken_for_text() {
        assert_eq!(one("\"${env.X}/y\""), TokenKind::Interpolated("${env.X}/y".into()));
        assert_eq!(one("\"$x y\""), TokenKind::Interpolated("$x y".into()));
        for text in ["\"${a()}\"", "\"${a\"", "\"$\"", "\"$ a\"", "\"\\$a ${b}\""] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_escape_cannot_hide_code_in_a_comment() {
        assert_eq!(tokens("// quiet \\u000a evil()").unwrap().len(), 4);
        assert_eq!(
            tokens("/* quiet \\u002a/ evil */").map(|_| ()).unwrap_err().what,
            "a character that is not understood"
        );
        assert!(tokens("'a\\\\\\u0027'").is_err());
        assert!(tokens("'\\u00zz'").is_err() && tokens("'\\ud800'").is_err() && tokens("'\\u").is_err());
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for text in [
            "'a",
            "'a\nb'",
            "'''a",
            "'\\d'",
            "'\\7'",
            "/re/",
            "$/x/$",
            "@Library",
            "1.5",
            "0x1",
            "01",
            "a =~ b",
            "a === b",
            "é",
            "// x \r evil()",
            "/* x",
            "a + b",
            "'\r'",
        ] {
            assert!(tokens(text).is_err(), "{text}");
        }
        assert!(tokens("// é is fine here\n/* and\nhere */ 'é'").is_ok());
    }
}
