//! Reserved words: where blocks begin, branch and end.
//!
//! What must hold: a word is reserved only where a command begins; what a test or a list runs is kept.

use super::lexer::Until;
use super::parser::{Open, Parser};
use super::{Block, Command, Item, Part, Word};

impl Parser<'_, '_> {
    /// A reserved word where a command begins.
    pub(super) fn reserved(&mut self, text: &str) -> bool {
        match text {
            "if" => self.open(Open::If, Block::Branch),
            "while" | "until" => self.open(Open::Loop, Block::Loop),
            "for" | "select" => self.each(),
            "case" => {
                self.skip_to("in");
                self.open(Open::Case, Block::Branch);
                self.pattern = true;
            }
            "{" => self.open(Open::Brace, Block::Group),
            "then" | "do" | "!" | "coproc" | "in" => {}
            "elif" | "else" => {
                self.end_chain();
                if let Some(frame) = self.frames.last_mut().filter(|frame| frame.open == Open::If) {
                    frame.complete |= text == "else";
                    self.script.items.push(Item::Next);
                }
            }
            "fi" => self.close(Open::If),
            "done" => self.close(Open::Loop),
            "esac" => self.close(Open::Case),
            "}" => self.close(Open::Brace),
            "function" => {
                self.blanks();
                let name = self.lexer.word(Until::Sign).constant().unwrap_or_default();
                self.blanks();
                if self.lexer.starts("()") {
                    self.lexer.at += 2;
                }
                self.function = Some(name);
            }
            "[[" => {
                // A test: its signs are no redirections and no pipes.
                let length = self.lexer.near(10_000).find("]]").unwrap_or(0);
                let end = std::mem::replace(&mut self.lexer.end, self.lexer.at + length);
                self.command.words.push(Word { parts: vec![Part::Text("[[".to_owned())], ..Word::default() });
                while self.lexer.at < self.lexer.end {
                    let before = self.lexer.at;
                    let word = self.lexer.word(Until::Sign);
                    if self.lexer.at == before {
                        self.lexer.at += 1;
                    } else {
                        self.command.words.push(word);
                    }
                }
                self.lexer.end = end;
                if length > 0 {
                    self.lexer.at += 2;
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn blanks(&mut self) {
        while matches!(self.lexer.peek(), Some(b' ' | b'\t')) {
            self.lexer.at += 1;
        }
    }

    /// Reads words up to this one, over lines; what they run is kept.
    fn skip_to(&mut self, stop: &str) {
        for _ in 0..64 {
            while matches!(self.lexer.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.lexer.at += 1;
            }
            let before = self.lexer.at;
            let word = self.lexer.word(Until::Sign);
            if self.lexer.at == before || (!word.quoted && word.constant().as_deref() == Some(stop)) {
                return;
            }
            // `case "$(command)" in` runs something.
            let range = word.range.clone();
            let words = vec![Word { parts: vec![Part::Text(":".to_owned())], ..Word::default() }, word];
            self.script.items.push(Item::Command(Command { words, range, ..Command::default() }));
        }
    }

    fn each(&mut self) {
        self.blanks();
        if self.lexer.starts("((") {
            self.lexer.at += self.lexer.near(10_000).find("))").map_or(2, |at| at + 2);
            return self.open(Open::Loop, Block::Loop);
        }
        let name = self.lexer.word(Until::Sign).constant().unwrap_or_default();
        let mut words = Vec::new();
        loop {
            self.blanks();
            if self.lexer.starts("\\\n") {
                self.lexer.at += 2;
                continue;
            }
            let before = self.lexer.at;
            let word = self.lexer.word(Until::Sign);
            if self.lexer.at == before {
                break;
            }
            words.push(word);
        }
        if words.first().and_then(Word::constant).as_deref() == Some("in") {
            words.remove(0);
        }
        self.open(Open::Loop, Block::Loop);
        self.script.items.push(Item::Each { name, words });
    }
}
