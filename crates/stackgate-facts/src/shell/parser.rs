//! Words to commands and blocks.
//!
//! What must hold: text that breaks the grammar still gives every command in it; blocks are always closed.

use super::lexer::{Lexer, Until, name_length};
use super::{Assignment, Block, Command, Item, Macros, Part, Script, Word};

pub(super) fn parse(text: &str, macros: &Macros<'_>) -> Script {
    let mut lexer = Lexer::new(text, macros);
    let mut script = Parser::new(&mut lexer, false).run();
    script.cut = lexer.cut;
    script
}

/// A script within the text, from behind `$(` to behind its `)`.
pub(super) fn substituted(lexer: &mut Lexer<'_>) -> Script {
    Parser::new(lexer, true).run()
}

/// Blocks within blocks that are followed.
const NESTED: usize = 200;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    If,
    Loop,
    Case,
    Brace,
    Paren,
    /// What stands behind `&&` or `||`.
    Chain,
}

pub(super) struct Frame {
    pub(super) open: Open,
    /// Whether an `else`, or a pattern that fits everything, was there.
    pub(super) complete: bool,
}

pub(super) struct Parser<'l, 'a> {
    pub(super) lexer: &'l mut Lexer<'a>,
    inner: bool,
    pub(super) script: Script,
    pub(super) frames: Vec<Frame>,
    pub(super) command: Command,
    /// Here-documents whose text has not come yet: number, end, whether it is quoted, whether tabs go.
    pub(super) waiting: Vec<(usize, String, bool, bool)>,
    /// The name of a function whose body comes next.
    pub(super) function: Option<String>,
    /// Whether a pattern of a `case` comes next.
    pub(super) pattern: bool,
    /// Whether the next command is fed by a pipe.
    piped: bool,
}

impl<'l, 'a> Parser<'l, 'a> {
    fn new(lexer: &'l mut Lexer<'a>, inner: bool) -> Self {
        Parser {
            lexer,
            inner,
            script: Script::default(),
            frames: Vec::new(),
            command: Command::default(),
            waiting: Vec::new(),
            function: None,
            pattern: false,
            piped: false,
        }
    }

    fn run(mut self) -> Script {
        while let Some(byte) = self.lexer.peek() {
            if self.pattern {
                self.case_pattern();
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' => self.lexer.at += 1,
                b'\\' if matches!(self.lexer.ahead(1), Some(b'\n')) => self.lexer.at += 2,
                b'#' => self.comment(),
                b'\n' => {
                    self.end_list();
                    self.lexer.at += 1;
                    self.documents();
                }
                b';' => self.semicolons(),
                b'&' if self.lexer.starts("&&") => self.chain(),
                b'&' if self.lexer.starts("&>") => self.redirect(),
                b'&' => {
                    self.end_list();
                    self.lexer.at += 1;
                }
                b'|' if self.lexer.starts("||") => self.chain(),
                b'|' => {
                    self.end_command();
                    self.lexer.at += 1 + usize::from(self.lexer.ahead(1) == Some(b'&'));
                    self.piped = true;
                }
                b'(' => self.bracket(),
                b')' => {
                    self.end_list();
                    self.lexer.at += 1;
                    if self.frames.iter().any(|frame| frame.open == Open::Paren) {
                        self.close(Open::Paren);
                    } else if self.inner {
                        return self.done();
                    }
                }
                b'<' | b'>' if self.lexer.ahead(1) != Some(b'(') => self.sign(),
                _ => self.word(),
            }
        }
        self.done()
    }

    fn done(mut self) -> Script {
        self.end_list();
        while let Some(frame) = self.frames.pop() {
            self.script.items.push(Item::Leave { complete: frame.complete });
        }
        self.script
    }

    pub(super) fn comment(&mut self) {
        let rest = self.lexer.rest();
        self.lexer.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// A provider's parameter, or a redirection.
    fn sign(&mut self) {
        let before = self.lexer.at;
        if self.lexer.starts("<<") {
            let word = self.lexer.word(Until::Sign);
            if self.lexer.at > before {
                self.take(word);
                return;
            }
        }
        self.redirect();
    }

    fn chain(&mut self) {
        self.end_command();
        self.lexer.at += 2;
        if self.frames.last().is_some_and(|frame| frame.open == Open::Chain) {
            self.script.items.push(Item::Next);
        } else {
            self.open(Open::Chain, Block::Branch);
        }
    }

    fn semicolons(&mut self) {
        self.end_list();
        let sign = [";;&", ";;", ";&", ";"].iter().find(|sign| self.lexer.starts(sign)).map_or(1, |sign| sign.len());
        self.lexer.at += sign;
        if sign > 1 && self.frames.last().is_some_and(|frame| frame.open == Open::Case) {
            self.script.items.push(Item::Next);
            self.pattern = true;
        }
    }

    /// `(`: a function's head, arithmetic, or a subshell.
    fn bracket(&mut self) {
        let sole = self.command.words.len() == 1 && self.command.assignments.is_empty();
        let after = self.lexer.rest().get(1..).unwrap_or("");
        if sole && after.trim_start_matches([' ', '\t']).starts_with(')') {
            let name = self.command.words.pop().and_then(|word| word.constant()).unwrap_or_default();
            self.command = Command::default();
            self.lexer.at += 2 + after.len() - after.trim_start_matches([' ', '\t']).len();
            self.function = Some(name);
            return;
        }
        self.lexer.at += 1;
        if self.command.words.is_empty() {
            if after.starts_with('(') && self.skip_arithmetic() {
                return;
            }
            self.end_command();
            self.open(Open::Paren, Block::Subshell);
        }
    }

    fn skip_arithmetic(&mut self) -> bool {
        let near = self.lexer.near(300);
        let line = near.get(..near.find('\n').unwrap_or(near.len())).unwrap_or("");
        let Some(length) = line.find("))") else { return false };
        self.lexer.at += length + 2;
        self.command.words.push(Word { parts: vec![Part::Text("((".to_owned())], ..Word::default() });
        true
    }

    fn case_pattern(&mut self) {
        let start = self.lexer.at;
        match self.lexer.peek() {
            Some(b' ' | b'\t' | b'\r' | b'\n' | b'|' | b'(') => self.lexer.at += 1,
            Some(b'#') => self.comment(),
            Some(b')') => {
                self.lexer.at += 1;
                self.pattern = false;
            }
            _ => {
                let word = self.lexer.word(Until::Sign);
                if self.lexer.at == start {
                    self.lexer.at += 1;
                }
                match (word.quoted, word.constant().as_deref()) {
                    (false, Some("esac")) => {
                        self.pattern = false;
                        // The last `;;` began no branch.
                        if matches!(self.script.items.last(), Some(Item::Next)) {
                            self.script.items.pop();
                        }
                        self.close(Open::Case);
                    }
                    (false, Some("*")) => {
                        if let Some(frame) = self.frames.last_mut() {
                            frame.complete = true;
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn word(&mut self) {
        let start = self.lexer.at;
        let mut word = self.lexer.word(Until::Sign);
        if self.lexer.at == start {
            // Nothing that begins a word: one byte further, so that there is an end.
            self.lexer.at += 1;
            return;
        }
        let constant = (!word.quoted).then(|| word.constant()).flatten();
        // A list in brackets is a value: `A=(one two)`.
        if constant.as_deref().is_some_and(|text| text.ends_with('=')) && self.lexer.peek() == Some(b'(') {
            self.list(&mut word);
        } else if let Some(number) = constant.as_deref() {
            let descriptor = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            if descriptor && matches!(self.lexer.peek(), Some(b'<' | b'>')) && self.lexer.ahead(1) != Some(b'(') {
                return self.redirect_of(if number == "1" { None } else { Some(number.to_owned()) });
            }
            if self.command.words.is_empty() && self.command.assignments.is_empty() && self.reserved(number) {
                return;
            }
        }
        self.take(word);
    }

    fn list(&mut self, word: &mut Word) {
        self.lexer.at += 1;
        while let Some(byte) = self.lexer.peek() {
            match byte {
                b')' => {
                    self.lexer.at += 1;
                    break;
                }
                b'#' => self.comment(),
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' => self.lexer.at += 1,
                _ => {
                    let one = self.lexer.word(Until::Sign);
                    if !matches!(word.parts.last(), Some(Part::Text(text)) if text.ends_with('=')) {
                        super::lexer::push(word, " ");
                    }
                    word.parts.extend(one.parts);
                }
            }
        }
        word.range.end = self.lexer.at;
    }

    /// An assignment in front, or a word of the command.
    fn take(&mut self, word: Word) {
        if self.command.words.is_empty() && self.command.assignments.is_empty() && self.command.redirects.is_empty() {
            self.command.range.start = word.range.start;
        }
        self.command.range.end = word.range.end.max(self.lexer.at);
        match assignment(&word) {
            Some(assignment) if self.command.words.is_empty() => self.command.assignments.push(assignment),
            _ => self.command.words.push(word),
        }
    }

    pub(super) fn open(&mut self, open: Open, block: Block) {
        let block = match self.function.take() {
            Some(name) if open != Open::Chain => Block::Function(name),
            _ => block,
        };
        if self.frames.len() >= NESTED {
            self.lexer.cut.get_or_insert("it is nested too deeply");
            return;
        }
        self.frames.push(Frame { open, complete: false });
        self.script.items.push(Item::Enter(block));
    }

    /// Ends the nearest block of a kind with all within it; nothing where there is none.
    pub(super) fn close(&mut self, open: Open) {
        if !self.frames.iter().any(|frame| frame.open == open) {
            return;
        }
        while let Some(frame) = self.frames.pop() {
            self.script.items.push(Item::Leave { complete: frame.complete });
            if frame.open == open {
                return;
            }
        }
    }

    fn end_command(&mut self) {
        let mut command = std::mem::take(&mut self.command);
        if command.words.is_empty() && command.assignments.is_empty() && command.redirects.is_empty() {
            return;
        }
        command.piped = std::mem::take(&mut self.piped);
        self.script.items.push(Item::Command(command));
    }

    pub(super) fn end_chain(&mut self) {
        while self.frames.last().is_some_and(|frame| frame.open == Open::Chain) {
            self.frames.pop();
            self.script.items.push(Item::Leave { complete: false });
        }
    }

    fn end_list(&mut self) {
        let unfinished = self.command.words.is_empty() && self.command.assignments.is_empty();
        let awaits = matches!(self.script.items.last(), Some(Item::Enter(_) | Item::Next));
        self.end_command();
        // `a &&` at the end of a line goes on in the next one.
        if !(unfinished && awaits && self.lexer.peek() == Some(b'\n')) {
            self.end_chain();
        }
    }
}

/// `NAME=value`, where a word is one.
pub(super) fn assignment(word: &Word) -> Option<Assignment> {
    let Some(Part::Text(first)) = word.parts.first() else { return None };
    let length = name_length(first);
    let mut rest = first.get(length..)?;
    if rest.starts_with('[') {
        rest = rest.get(rest.find(']')? + 1..)?;
    }
    let append = rest.starts_with("+=");
    let value = rest.strip_prefix(if append { "+=" } else { "=" })?;
    if length == 0 {
        return None;
    }
    let mut parts = word.parts.clone();
    if let Some(first) = parts.first_mut() {
        *first = Part::Text(value.to_owned());
    }
    let word = Word { parts, quoted: word.quoted, range: word.range.clone() };
    Some(Assignment { name: first.get(..length)?.to_owned(), word, append })
}
