//! PowerShell and the Windows command interpreter: lines and words, with their variables.
//!
//! What must hold: every line's commands are there. Less is known than of a POSIX shell: blocks are not told apart, so that
//! an assignment counts wherever it stands.

use super::lexer::{name_length, push};
use super::{Assignment, Command, DEEPEST, Dialect, Item, LONGEST, Operator, Part, Script, Word};

pub(super) fn parse(text: &str, dialect: Dialect) -> Script {
    let mut reader = Reader {
        text,
        at: 0,
        end: text.len(),
        dialect,
        script: Script::default(),
        command: Command::default(),
        piped: false,
        called: false,
        first: None,
        depth: 0,
        left: 20 * LONGEST,
    };
    reader.run();
    reader.end_command();
    reader.script
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    dialect: Dialect,
    script: Script,
    command: Command,
    piped: bool,
    /// Whether the call operator stands in the command, and with which sign its first word begins.
    called: bool,
    first: Option<char>,
    depth: usize,
    left: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn power(&self) -> bool {
        self.dialect == Dialect::PowerShell
    }

    fn run(&mut self) {
        let escape = if self.power() { '`' } else { '^' };
        while let Some(c) = self.rest().chars().next() {
            if self.left == 0 {
                self.script.cut.get_or_insert("it is too long");
                return;
            }
            self.left -= 1;
            let rest = self.rest();
            if self.power() && rest.starts_with("<#") {
                self.at += rest.find("#>").map_or(rest.len(), |at| at + 2);
                continue;
            }
            match c {
                '\n' => {
                    self.end_command();
                    self.at += 1;
                }
                '#' if self.power() => self.at += rest.find('\n').unwrap_or(rest.len()),
                c if c == escape && rest.get(1..).is_some_and(|rest| rest.starts_with(['\n', '\r'])) => {
                    self.at += rest.find('\n').map_or(rest.len(), |at| at + 1);
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '|' => {
                    self.end_command();
                    self.piped = !rest.starts_with("||");
                    self.at += if rest.starts_with("||") { 2 } else { 1 };
                }
                ';' if self.power() => self.split(1),
                '{' | '}' if self.power() => self.split(1),
                '(' | ')' => self.split(1),
                '&' if self.power() && !rest.starts_with("&&") => {
                    self.called = true;
                    self.at += 1;
                }
                '&' => self.split(if rest.starts_with("&&") { 2 } else { 1 }),
                '@' if self.command.words.is_empty() && !rest.starts_with("@\"") && !rest.starts_with("@'") => {
                    self.at += 1
                }
                '>' | '<' => self.redirect(),
                _ => self.word(),
            }
        }
    }

    fn split(&mut self, by: usize) {
        self.end_command();
        self.at += by;
    }

    fn redirect(&mut self) {
        let operator = if self.rest().starts_with(">>") {
            ">>"
        } else if self.rest().starts_with('>') {
            ">"
        } else {
            "<"
        };
        self.at += operator.len();
        while self.rest().starts_with([' ', '\t']) {
            self.at += 1;
        }
        let target = self.read();
        self.command.redirects.push(super::Redirect { operator, target, document: None });
    }

    fn word(&mut self) {
        if self.command.words.is_empty() {
            self.first = self.rest().chars().next();
        }
        let word = self.read();
        if self.command.words.is_empty() {
            self.command.range.start = word.range.start;
        }
        self.command.range.end = word.range.end;
        self.command.words.push(word);
    }

    /// A word; at least one character, so that there is an end.
    fn read(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            let first = self.at == start;
            match c {
                '@' if self.power()
                    && (rest.starts_with("@\"\n")
                        || rest.starts_with("@'\n")
                        || rest.starts_with("@\"\r")
                        || rest.starts_with("@'\r")) =>
                {
                    let close = if rest.starts_with("@\"") { "\n\"@" } else { "\n'@" };
                    let inner = rest.get(2..).unwrap_or("");
                    let length = inner.find(close).unwrap_or(inner.len());
                    self.quoted(&mut word, inner.get(..length).unwrap_or(""), close == "\n\"@");
                    self.at = (self.at + 2 + length + close.len()).min(self.end);
                }
                '"' | '\'' if c == '"' || self.power() => {
                    let inner = rest.get(1..).unwrap_or("");
                    let length = closing(inner, c, self.power());
                    word.quoted = true;
                    self.quoted(&mut word, inner.get(..length).unwrap_or(""), c == '"');
                    self.at = (self.at + length + 2).min(self.end);
                }
                c if c.is_whitespace() => break,
                '|' | '&' | '<' | '>' if !first => break,
                ';' | '{' | '}' | '(' | ')' if self.power() && !first => break,
                '(' | ')' if !first => break,
                '$' | '%' | '!' => self.variable(&mut word, false),
                '`' if self.power() => self.escaped(&mut word),
                '^' if !self.power() => self.escaped(&mut word),
                _ => {
                    push(&mut word, c.encode_utf8(&mut [0; 4]));
                    self.at += c.len_utf8();
                }
            }
        }
        word.range = start..self.at;
        word
    }

    fn escaped(&mut self, word: &mut Word) {
        self.at += 1;
        if let Some(c) = self.rest().chars().next().filter(|c| !c.is_whitespace()) {
            push(word, c.encode_utf8(&mut [0; 4]));
            self.at += c.len_utf8();
        }
    }

    /// A quoted text; its variables count where the quotes are double ones.
    fn quoted(&mut self, word: &mut Word, inner: &str, expands: bool) {
        if !expands {
            return push(word, inner);
        }
        let start = self.at;
        let end = self.end;
        let from = inner.as_ptr() as usize - self.text.as_ptr() as usize;
        self.at = from.min(end);
        self.end = (from + inner.len()).min(end);
        push(word, "");
        while let Some(c) = self.rest().chars().next() {
            match c {
                '$' | '%' | '!' => self.variable(word, true),
                '`' if self.power() => self.escaped(word),
                _ => {
                    push(word, c.encode_utf8(&mut [0; 4]));
                    self.at += c.len_utf8();
                }
            }
        }
        self.at = start;
        self.end = end;
    }

    /// `$name`, `$env:NAME`, `${env:NAME}`, `$( … )`; `%NAME%` and `!NAME!`.
    fn variable(&mut self, word: &mut Word, quoted: bool) {
        let rest = self.rest();
        let sign = rest.chars().next().unwrap_or('$');
        let mut add = |name: &str, length: usize, this: &mut Self| {
            word.parts.push(Part::Variable { name: name.to_owned(), operator: Operator::Plain, quoted });
            this.at = (this.at + length).min(this.end);
        };
        if rest.starts_with("${{") {
            let near = (0..4).find_map(|less| rest.get(..rest.len().min(4000).saturating_sub(less))).unwrap_or("");
            if let Some(length) = near.find("}}") {
                let text = near.get(..length + 2).unwrap_or("").to_owned();
                let expression = near.get(3..length).unwrap_or("").trim().to_owned();
                word.parts.push(Part::Embedded { expression, text });
                self.at += length + 2;
                return;
            }
        }
        if sign == '$' && self.power() {
            let braces = rest.starts_with("${");
            let from = if braces { 2 } else { 1 };
            let after = rest.get(from..).unwrap_or("");
            let scoped = after.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("env:"));
            let name = after.get(if scoped { 4 } else { 0 }..).unwrap_or("");
            let length = name_length(name);
            if length > 0 {
                let total = from + if scoped { 4 } else { 0 } + length + usize::from(braces);
                return add(name.get(..length).unwrap_or(""), total, self);
            }
            if rest.starts_with("$(") && self.depth < DEEPEST {
                let length = brackets(rest.get(2..).unwrap_or(""));
                let outer = std::mem::take(&mut self.script);
                let command = std::mem::take(&mut self.command);
                let end = std::mem::replace(&mut self.end, self.at + 2 + length);
                let from = self.at;
                self.at += 2;
                self.depth += 1;
                self.run();
                self.end_command();
                self.depth -= 1;
                let script = std::mem::replace(&mut self.script, outer);
                self.command = command;
                self.end = end;
                self.at = (from + length + 3).min(end);
                let text = self.text.get(from..self.at).unwrap_or("").to_owned();
                word.parts.push(Part::Substitution { script, quoted, file: false, text });
                return;
            }
        } else if sign != '$' && !self.power() {
            let name = rest.get(1..).unwrap_or("");
            let length = name_length(name);
            if length > 0 && name.get(length..).is_some_and(|rest| rest.starts_with(sign)) {
                return add(name.get(..length).unwrap_or(""), length + 2, self);
            }
        }
        push(word, sign.encode_utf8(&mut [0; 4]));
        self.at += sign.len_utf8();
    }

    fn end_command(&mut self) {
        let mut command = std::mem::take(&mut self.command);
        if command.words.is_empty() {
            return;
        }
        command.piped = std::mem::take(&mut self.piped);
        let called = std::mem::take(&mut self.called);
        let first = self.first.take();
        let assigned = command.assignments.len();
        self.assign(&mut command);
        // PowerShell runs a value only behind its call operator: `$LASTEXITCODE -ne 0` and `'text'` are expressions. What
        // is handed through a pipe may be text for another.
        let value = match command.words.first().map(|word| word.parts.first()) {
            Some(Some(Part::Variable { .. })) => true,
            _ => matches!(first, Some('\'' | '"' | '!' | '[')) && command.assignments.len() == assigned,
        };
        let handed = self.rest().starts_with('|') && !self.rest().starts_with("||");
        if self.power() && value && !called && !handed {
            command.words.clear();
        }
        self.script.items.push(Item::Command(command));
    }

    /// `$x = value`, `$env:X = value`; `set X=value`.
    fn assign(&mut self, command: &mut Command) {
        let name = match command.words.first().map(|word| word.parts.as_slice()) {
            Some([Part::Variable { name, .. }]) => name.clone(),
            Some([Part::Text(set)]) if !self.power() && set.eq_ignore_ascii_case("set") => {
                let Some(assignment) = command.words.get(1).and_then(super::parser::assignment) else { return };
                command.words.clear();
                command.assignments.push(assignment);
                return;
            }
            Some([Part::Text(first)]) if matches!(first.to_ascii_lowercase().as_str(), "rem" | "::") => {
                command.words.clear();
                return;
            }
            _ => return,
        };
        let equals = command.words.get(1).and_then(Word::constant);
        if equals.as_deref() != Some("=") {
            return;
        }
        let words: Vec<Word> = command.words.drain(..).skip(2).collect();
        // A value of several words is a command whose output it is.
        if let [word] = words.as_slice() {
            command.assignments.push(Assignment { name, word: word.clone(), append: false });
        } else {
            command.words = words;
        }
    }
}

/// Where a quote ends; doubled quotes stand for one, a backtick escapes in PowerShell.
fn closing(text: &str, quote: char, power: bool) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '`' && power && quote == '"' {
            chars.next();
        } else if c == '\n' && !power {
            return at;
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at;
            }
        }
    }
    text.len()
}

/// How long the text up to the closing bracket is.
fn brackets(text: &str) -> usize {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate().take(20_000) {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return at,
            b')' => open -= 1,
            _ => {}
        }
    }
    text.len().min(20_000)
}
