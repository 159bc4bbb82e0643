//! Redirections and here-documents.
//!
//! What must hold: a here-document's lines are data up to its end; without one, up to the script's.

use super::lexer::Until;
use super::parser::Parser;
use super::{Part, Redirect, Word};

impl Parser<'_, '_> {
    pub(super) fn redirect(&mut self) {
        self.redirect_of(None);
    }

    pub(super) fn redirect_of(&mut self, descriptor: Option<String>) {
        const SIGNS: &[&str] = &["<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">"];
        if self.command.words.is_empty() && self.command.assignments.is_empty() && self.command.redirects.is_empty() {
            self.command.range.start = self.lexer.at;
        }
        let Some(sign) = SIGNS.iter().find(|sign| self.lexer.starts(sign)) else {
            self.lexer.at += 1;
            return;
        };
        self.lexer.at += sign.len();
        self.blanks();
        let target = self.lexer.word(Until::Sign);
        self.command.range.end = self.lexer.at;
        let mut document = None;
        if matches!(*sign, "<<" | "<<-") {
            let number = self.script.documents.len();
            self.script.documents.push(Word::default());
            let end = target.constant().unwrap_or_default();
            self.waiting.push((number, end, target.quoted, *sign == "<<-"));
            document = Some(number);
        }
        // What goes to another descriptor than the standard output is written nowhere that matters.
        let operator = if descriptor.is_some() && sign.starts_with('>') { "2>" } else { sign };
        self.command.redirects.push(Redirect { operator, target, document });
    }

    /// Here-documents whose lines begin here.
    pub(super) fn documents(&mut self) {
        for (number, end, quoted, tabs) in std::mem::take(&mut self.waiting) {
            let start = self.lexer.at;
            let mut stop = start;
            let mut after = self.lexer.end;
            for line in self.lexer.rest().split_inclusive('\n') {
                let bare = line.trim_end_matches(['\n', '\r']);
                if (if tabs { bare.trim_start_matches('\t') } else { bare }) == end {
                    after = stop + line.len();
                    break;
                }
                stop += line.len();
            }
            let mut word = Word { range: start..stop, ..Word::default() };
            if quoted {
                word.parts.push(Part::Text(self.lexer.slice(start, stop).to_owned()));
            } else {
                let outer = std::mem::replace(&mut self.lexer.end, stop);
                word = self.lexer.word(Until::End);
                self.lexer.end = outer;
            }
            self.lexer.at = after.max(self.lexer.at.min(self.lexer.end));
            if let Some(slot) = self.script.documents.get_mut(number) {
                *slot = word;
            }
        }
    }
}
