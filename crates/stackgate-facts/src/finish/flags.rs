//! A command's words as flags and the rest.
//!
//! What must hold: `--flag value` and `--flag=value` are the same; a flag that takes no value never eats a word.

use crate::shell::Argument;
use crate::value::Value;

/// The flags of a command by their long names, and what is no flag.
pub(super) struct Flags {
    pub(super) flags: Vec<(String, Option<Value>)>,
    pub(super) words: Vec<Value>,
}

impl Flags {
    /// Reads words. `valued` names the flags that take a value, `long` gives the long name of a short one.
    pub(super) fn of(arguments: &[Argument], valued: &[&str], long: &dyn Fn(char) -> Option<&'static str>) -> Flags {
        let mut all = Flags { flags: Vec::new(), words: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let text = argument.text();
            if text == "--" {
                break;
            }
            if let Some(name) = text.strip_prefix("--").filter(|_| starts_plain(text)) {
                if let Some((name, _)) = name.split_once('=') {
                    all.flags.push((format!("--{name}"), Some(cut(argument, name.len() + 3))));
                } else {
                    let value = valued.contains(&text).then(|| rest.next().map(|next| next.value.clone())).flatten();
                    all.flags.push((text.to_owned(), value));
                }
            } else if text.len() > 1 && text.starts_with('-') && starts_plain(text) {
                short(argument, valued, long, &mut rest, &mut all);
            } else {
                all.words.push(argument.value.clone());
            }
        }
        all
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.flags
            .iter()
            .any(|(flag, value)| flag == name && value.as_ref().and_then(Value::as_literal) != Some("false"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.flags.iter().rev().find(|(flag, _)| flag == name).and_then(|(_, value)| value.as_ref())
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", Value::text)
    }
}

/// Whether a word is a flag whatever its variables hold.
fn starts_plain(text: &str) -> bool {
    !text.starts_with("-$") && !text.starts_with("--$")
}

/// A word's text from a byte on.
pub(super) fn cut(argument: &Argument, from: usize) -> Value {
    let text = argument.text().get(from..).unwrap_or("").to_owned();
    match &argument.value {
        Value::Literal(_) => Value::Literal(text),
        Value::Made(_, control) if text.contains(['$', '{', '<', '`']) => Value::Made(text, *control),
        Value::Made(..) => Value::Literal(text),
    }
}

/// `-yf`, `-s stack`, `-sstack`, `-v=9`.
fn short<'a>(
    argument: &Argument,
    valued: &[&str],
    long: &dyn Fn(char) -> Option<&'static str>,
    rest: &mut impl Iterator<Item = &'a Argument>,
    all: &mut Flags,
) {
    let text = argument.text();
    for (at, letter) in text.char_indices().skip(1) {
        let name = long(letter).map_or_else(|| format!("-{letter}"), str::to_owned);
        let after = text.get(at + letter.len_utf8()..).unwrap_or("");
        if !valued.contains(&name.as_str()) && !after.starts_with('=') {
            all.flags.push((name, None));
            continue;
        }
        let from = at + letter.len_utf8() + usize::from(after.starts_with('='));
        let value =
            if after.is_empty() { rest.next().map(|next| next.value.clone()) } else { Some(cut(argument, from)) };
        all.flags.push((name, value));
        return;
    }
}
