//! Characters that have no place in a file that people review.
//!
//! Controls, odd line breaks and marks that turn the direction of text are refused everywhere,
//! comments included. Zero-width characters are refused in values only: scripts and emoji in a
//! comment may need them. A byte order mark that opens the file is accepted, as are tab, LF and CR.

use std::collections::HashSet;

use stackgate_diagnostic::{Diagnostic, Rule, Span};

use crate::parse::MOST_OF_A_RULE;
use crate::rules::{CONTROL_CHARACTER, INVISIBLE_CHARACTER};

/// Whether a character may not be in a value, however it is written.
#[must_use]
pub const fn is_forbidden(character: char) -> bool {
    is_control(character) || turns(character) || matches!(character, '\u{200b}'..='\u{200d}')
}

const fn is_control(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{2028}' | '\u{2029}')
}

/// Whether a text is of plain characters throughout, as nearly all are.
fn is_harmless(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
}

/// Whether a character turns text around, or is a byte order mark in the wrong place.
const fn turns(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Finds forbidden characters, each place once.
pub(crate) struct Characters<'a> {
    text: &'a str,
    seen: HashSet<usize>,
    controls: usize,
    others: usize,
}

impl<'a> Characters<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, seen: HashSet::new(), controls: 0, others: 0 }
    }

    /// What is refused wherever it stands.
    pub(crate) fn anywhere(&mut self, mut report: impl FnMut(Diagnostic)) {
        if is_harmless(self.text) {
            return;
        }
        for (byte, character) in self.text.char_indices() {
            let opens_file = byte == 0 && character == '\u{feff}';
            if (is_control(character) || turns(character)) && !opens_file {
                self.found(Span::new(byte, byte + character.len_utf8()), character, &mut report);
            }
        }
    }

    /// What is refused in a value: `raw` is where it stands, `value` what it means.
    pub(crate) fn in_scalar(&mut self, raw: Span, value: &str, mut report: impl FnMut(Diagnostic)) {
        if is_harmless(value) || !value.chars().any(is_forbidden) {
            return;
        }
        let mut written = false;
        let source = self.text.get(raw.start..raw.end).unwrap_or_default();
        for (byte, character) in source.char_indices().filter(|(_, c)| is_forbidden(*c)) {
            written = true;
            let start = raw.start + byte;
            self.found(Span::new(start, start + character.len_utf8()), character, &mut report);
        }
        // Otherwise it came out of an escape such as "\u202E".
        if let Some(character) = value.chars().find(|c| !written && is_forbidden(*c)) {
            self.found(raw, character, &mut report);
        }
    }

    fn found(&mut self, span: Span, character: char, report: &mut impl FnMut(Diagnostic)) {
        // A file may be made of nothing else; each is reported, up to what is shown of one rule.
        let count = if is_control(character) { &mut self.controls } else { &mut self.others };
        if *count == MOST_OF_A_RULE || !self.seen.insert(span.start) {
            return;
        }
        *count += 1;
        let rule: &'static Rule = if is_control(character) { &CONTROL_CHARACTER } else { &INVISIBLE_CHARACTER };
        let what = if is_control(character) { "control" } else { "invisible" };
        let message = format!("{what} character U+{:04X}", u32::from(character));
        report(Diagnostic::error(rule, span, message).help("delete the character"));
    }
}
