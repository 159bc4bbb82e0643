//! Bytes to words.
//!
//! What must hold: each call goes forward or ends; nothing is looked at more often than its nesting is deep.

use super::{DEEPEST, LONGEST, Macros, Operator, Part, Script, Word, parser};

/// A position in a text, and what is left of the limits.
pub(super) struct Lexer<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) depth: usize,
    pub(super) left: usize,
    pub(super) cut: Option<&'static str>,
    pub(super) macros: &'a Macros<'a>,
}

/// What ends a word beside blanks and signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Nothing.
    Sign,
    /// The closing brace of `${…}`: blanks belong to it.
    Brace,
    /// A here-document's end: quotes are text.
    End,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, macros: &'a Macros<'a>) -> Lexer<'a> {
        Lexer { text, at: 0, end: text.len(), depth: 0, left: 20 * LONGEST, cut: None, macros }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<u8> {
        let at = self.at + by;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn starts(&self, sign: &str) -> bool {
        self.rest().starts_with(sign)
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// What follows, up to so many bytes: a search that fails must not look at the whole text each time.
    pub(super) fn near(&self, bytes: usize) -> &'a str {
        let mut to = (self.at + bytes).min(self.end);
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        self.slice(self.at, to)
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to.min(self.end)).unwrap_or("")
    }

    /// One character further; its text.
    fn character(&mut self) -> &'a str {
        let length = self.rest().chars().next().map_or(1, char::len_utf8);
        let from = self.at;
        self.at = (self.at + length).min(self.end);
        self.slice(from, self.at)
    }

    fn stop(&mut self, why: &'static str) {
        self.cut.get_or_insert(why);
    }

    /// Reads one word; it may be empty where a sign stands.
    pub(super) fn word(&mut self, until: Until) -> Word {
        let start = self.at;
        let mut word = Word::default();
        if self.left == 0 {
            self.stop("it is too long");
            self.at = self.end;
        }
        self.left = self.left.saturating_sub(1);
        while let Some(byte) = self.peek() {
            match byte {
                b'}' if until == Until::Brace => break,
                b'\'' | b'"' if until == Until::End => push(&mut word, self.character()),
                b'\'' => {
                    word.quoted = true;
                    self.at += 1;
                    let rest = self.rest();
                    let length = rest.find('\'').unwrap_or_else(|| {
                        self.stop("a quote has no end");
                        rest.len()
                    });
                    push(&mut word, rest.get(..length).unwrap_or(""));
                    self.at = (self.at + length + 1).min(self.end);
                }
                b'"' => {
                    word.quoted = true;
                    self.at += 1;
                    self.double(&mut word);
                }
                b'\\' => self.escape(&mut word, until),
                b'$' => self.dollar(&mut word, until == Until::End),
                b'`' => self.backticks(&mut word, until == Until::End),
                b'<' | b'>' if self.ahead(1) == Some(b'(') && until == Until::Sign => {
                    let from = self.at;
                    self.at += 2;
                    self.substitution(&mut word, from, true, true);
                }
                b'<' if until != Until::Brace && self.parameter(&mut word) => {}
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'
                    if until == Until::Sign =>
                {
                    break;
                }
                _ => push(&mut word, self.character()),
            }
        }
        word.range = start..self.at;
        word
    }

    fn double(&mut self, word: &mut Word) {
        loop {
            match self.peek() {
                None => return self.stop("a quote has no end"),
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'\n') => self.at += 1,
                        Some(b'$' | b'`' | b'"' | b'\\') => push(word, self.character()),
                        _ => push(word, "\\"),
                    }
                }
                Some(b'$') if self.ahead(1) != Some(b'\'') && self.ahead(1) != Some(b'"') => self.dollar(word, true),
                Some(b'`') => self.backticks(word, true),
                Some(b'<') if self.parameter(word) => {}
                Some(_) => push(word, self.character()),
            }
        }
    }

    fn escape(&mut self, word: &mut Word, until: Until) {
        self.at += 1;
        match self.peek() {
            None => push(word, "\\"),
            Some(b'\n') => self.at += 1,
            Some(b'\r') if self.ahead(1) == Some(b'\n') => self.at += 2,
            Some(b'$' | b'`' | b'\\') if until == Until::End => push(word, self.character()),
            Some(_) if until == Until::End => push(word, "\\"),
            Some(_) => {
                word.quoted = true;
                push(word, self.character());
            }
        }
    }

    /// `<< pipeline.x >>`: a provider puts a parameter there. A here-document's end has no full stop behind such a word.
    fn parameter(&mut self, word: &mut Word) -> bool {
        let rest = self.near(400);
        let Some(inner) = rest.strip_prefix("<<") else { return false };
        let Some(length) = inner.find(">>") else { return false };
        let name = inner.get(..length).unwrap_or("").trim();
        let known =
            ["pipeline.", "parameters.", "matrix.", "executor.", "job."].iter().any(|start| name.starts_with(start));
        if !known || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
            return false;
        }
        let text = rest.get(..length + 4).unwrap_or("");
        word.parts.push(Part::Embedded { expression: name.to_owned(), text: text.to_owned() });
        self.at += text.len();
        true
    }

    fn embedded(&mut self, word: &mut Word, open: &str, close: &str) -> bool {
        let Some(inner) = self.near(4000).strip_prefix(open) else { return false };
        let Some(length) = inner.find(close) else { return false };
        let text = self.slice(self.at, self.at + open.len() + length + close.len());
        let expression = inner.get(..length).unwrap_or("").trim().to_owned();
        word.parts.push(Part::Embedded { expression, text: text.to_owned() });
        self.at += text.len();
        true
    }

    /// `$(name)`, where the provider puts a variable there.
    fn named(&mut self, word: &mut Word) -> bool {
        let Some(inner) = self.rest().strip_prefix("$(") else { return false };
        let length = inner.bytes().take(200).take_while(|b| b.is_ascii_alphanumeric() || b"._-".contains(b)).count();
        let name = inner.get(..length).unwrap_or("");
        let ends = inner.as_bytes().get(length) == Some(&b')');
        let dotted = name.contains('.') && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let known = || self.macros.names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if !ends || name.is_empty() || !(dotted || known()) {
            return false;
        }
        word.parts.push(Part::Embedded { expression: name.to_owned(), text: format!("$({name})") });
        self.at += length + 3;
        true
    }

    fn dollar(&mut self, word: &mut Word, quoted: bool) {
        if self.embedded(word, "${{", "}}") || self.embedded(word, "$[[", "]]") || self.named(word) {
            return;
        }
        let from = self.at;
        match self.ahead(1) {
            Some(b'(') if self.ahead(2) == Some(b'(') && self.arithmetic(word) => {}
            Some(b'(') => {
                self.at += 2;
                self.substitution(word, from, quoted, false);
            }
            Some(b'{') => {
                self.at += 2;
                self.braced(word, from, quoted);
            }
            Some(b'\'') if !quoted => {
                self.at += 2;
                word.quoted = true;
                self.ansi(word);
            }
            Some(b'"') if !quoted => self.at += 1,
            Some(b) if b.is_ascii_alphabetic() || b == b'_' => {
                let length = name_length(self.rest().get(1..).unwrap_or(""));
                let name = self.slice(from + 1, from + 1 + length).to_owned();
                self.at += 1 + length;
                word.parts.push(Part::Variable { name, operator: Operator::Plain, quoted });
            }
            Some(b) if b.is_ascii_digit() || b"@*#?-$!".contains(&b) => {
                self.at += 2;
                let name = char::from(b).to_string();
                word.parts.push(Part::Variable { name, operator: Operator::Plain, quoted });
            }
            _ => push(word, self.character()),
        }
    }

    /// `$((…))`, where the brackets fit; else it is a substitution that begins with a subshell.
    fn arithmetic(&mut self, word: &mut Word) -> bool {
        let inner = self.rest().get(3..).unwrap_or("");
        let mut open = 0usize;
        for (index, byte) in inner.bytes().enumerate().take(10_000) {
            match byte {
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b')' if inner.as_bytes().get(index + 1) == Some(&b')') => {
                    word.parts.push(Part::Arithmetic(inner.get(..index).unwrap_or("").to_owned()));
                    self.at += index + 5;
                    return true;
                }
                b')' | b'\n' => return false,
                _ => {}
            }
        }
        false
    }

    /// What stands in `$(…)`, from behind the bracket.
    fn substitution(&mut self, word: &mut Word, from: usize, quoted: bool, file: bool) {
        if self.depth >= DEEPEST {
            self.stop("it is nested too deeply");
            self.at = self.end;
            return;
        }
        self.depth += 1;
        let script = parser::substituted(self);
        self.depth -= 1;
        let text = self.slice(from, self.at).to_owned();
        word.parts.push(Part::Substitution { script, quoted, file, text });
    }

    fn backticks(&mut self, word: &mut Word, quoted: bool) {
        let from = self.at;
        let bytes = self.text.as_bytes();
        let mut close = from + 1;
        while close < self.end && bytes.get(close) != Some(&b'`') {
            close += 1 + usize::from(bytes.get(close) == Some(&b'\\'));
        }
        if close >= self.end {
            self.stop("a quote has no end");
            close = self.end;
        }
        let mut script = Script::default();
        if self.depth < DEEPEST {
            let outer = std::mem::replace(&mut self.end, close);
            self.at = (from + 1).min(close);
            self.depth += 1;
            script = parser::substituted(self);
            self.depth -= 1;
            self.end = outer;
        } else {
            self.stop("it is nested too deeply");
        }
        self.at = (close + 1).min(self.end);
        let text = self.slice(from, self.at).to_owned();
        word.parts.push(Part::Substitution { script, quoted, file: false, text });
    }

    /// What stands in `${…}`, from behind the brace.
    fn braced(&mut self, word: &mut Word, from: usize, quoted: bool) {
        let rest = self.rest();
        let prefix = usize::from(rest.starts_with(['#', '!']) && !rest.get(1..).unwrap_or("").starts_with('}'));
        let after = rest.get(prefix..).unwrap_or("");
        let special = after.bytes().next().is_some_and(|b| b.is_ascii_digit() || b"@*#?-$!".contains(&b));
        let length = if special { 1 } else { name_length(after) };
        let name = after.get(..length).unwrap_or("").to_owned();
        self.at = (self.at + prefix + length).min(self.end);
        let start = self.at;
        if self.depth >= DEEPEST {
            self.stop("it is nested too deeply");
            self.at = self.end;
            return;
        }
        let sign = self.rest();
        let defaults = [":-", "-", ":=", "="].iter().find(|sign| self.starts(sign));
        let required = sign.starts_with(":?") || sign.starts_with('?');
        if let Some(sign) = defaults {
            self.at += sign.len();
        }
        self.depth += 1;
        let inner = self.word(Until::Brace);
        self.depth -= 1;
        let text = self.slice(start, self.at).to_owned();
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            self.stop("a quote has no end");
        }
        let operator = match defaults {
            _ if prefix > 0 => Operator::Other(format!("{}{text}", self.slice(from + 2, from + 3))),
            Some(_) => Operator::Default(Box::new(inner)),
            None if required || text.is_empty() => Operator::Plain,
            None => Operator::Other(text),
        };
        word.parts.push(Part::Variable { name, operator, quoted });
    }

    /// `$'…'`.
    fn ansi(&mut self, word: &mut Word) {
        loop {
            match self.peek() {
                None => return self.stop("a quote has no end"),
                Some(b'\'') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => {
                    self.at += 1;
                    let rest = self.rest();
                    let (digits, radix, skip) = match rest.bytes().next() {
                        Some(b'x') => (2, 16, 1),
                        Some(b'u') => (4, 16, 1),
                        Some(b'0'..=b'7') => (3, 8, 0),
                        _ => (0, 0, 0),
                    };
                    if radix > 0 {
                        let number = rest.get(skip..).unwrap_or("");
                        let length = number.chars().take(digits).take_while(|c| c.is_digit(radix)).count();
                        let code = u32::from_str_radix(number.get(..length).unwrap_or(""), radix).ok();
                        let c = code.and_then(char::from_u32).unwrap_or('\u{fffd}');
                        push(word, c.encode_utf8(&mut [0; 4]));
                        self.at += skip + length;
                        continue;
                    }
                    match self.character() {
                        "n" => push(word, "\n"),
                        "t" => push(word, "\t"),
                        "r" => push(word, "\r"),
                        other => push(word, other),
                    }
                }
                Some(_) => push(word, self.character()),
            }
        }
    }
}

/// How long a variable's name is at the start of a text.
pub(super) fn name_length(text: &str) -> usize {
    let digit = text.bytes().next().is_some_and(|b| b.is_ascii_digit());
    if digit { 0 } else { text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count() }
}

pub(super) fn push(word: &mut Word, text: &str) {
    match word.parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ => word.parts.push(Part::Text(text.to_owned())),
    }
}
