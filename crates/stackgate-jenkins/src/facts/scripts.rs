//! `sh`, `bat`, `powershell`, `pwsh`.
//!
//! What must hold: what Groovy puts into a text before the shell sees it is known, with who has a hand in it. Jenkins runs a
//! script without an interpreter of its own with `sh -xe`, which prints every command. Source: durable-task's `BourneShellScript`.

use stackgate_provider::dedent;
use stackgate_provider::facts::{Does, Embedded, Setting, Step, Value};

use super::Reading;
use super::arguments::Given;
use super::around::Around;
use crate::groovy::{Call, Expression, Kind, Quote};

impl Reading<'_> {
    pub(super) fn script_step(&mut self, name: &str, call: &Call, around: &Around) {
        let given = Given::of(call);
        let place = self.place(call.span);
        let mut step = Step { place, ..Step::default() };
        step.name = given.named("label").map(|label| self.value(label, around).text().to_owned());
        let Some(script) = given.main("script") else { return };
        self.expression(script, around);
        let at = self.place(script.span);
        let (text, embedded) = self.text(script, around);
        step.embedded = embedded.into_iter().map(|value| Embedded { value, in_code: true, place: at }).collect();
        let (text, by_line) = (dedent(&text), by_line(script, &text));
        let shell = match name {
            "sh" => posix(&text),
            "bat" => Some("cmd".to_owned()),
            other => Some(other.to_owned()),
        };
        // A script whose result is only looked at does not end the stage when it fails.
        step.tolerated = given.is_set("returnStatus");
        for key in ["returnStatus", "returnStdout", "encoding"] {
            if let Some(value) = given.named(key) {
                let value = self.value(value, around).text().to_owned();
                step.settings.push(Setting { key: key.to_owned(), value, place });
            }
        }
        if let Some(Value::Made(..)) = given.named("label").map(|label| self.value(label, around)) {
            step.name = None;
        }
        step.does = Does::Run { text, place: at, by_line, shell };
        self.add(step, around);
    }
}

/// Whether each line of a text is one of the file.
fn by_line(script: &Expression, text: &str) -> bool {
    let quote = match &script.kind {
        Kind::Text { quote, .. } => *quote,
        Kind::Interpolated(interpolation) => interpolation.quote,
        _ => return false,
    };
    !text.contains('\n') || !matches!(quote, Quote::Single | Quote::Double)
}

/// The shell of a script: its own interpreter, or Jenkins' `sh -xe`, unless the text turns the printing off before it does
/// anything else.
fn posix(text: &str) -> Option<String> {
    if let Some(line) = text.lines().next().and_then(|line| line.strip_prefix("#!")) {
        let mut words = line.split_whitespace().peekable();
        words.next_if(|word| word.ends_with("/env"));
        words.next_if(|word| *word == "-S");
        let all: Vec<&str> = words.collect();
        let all = all.join(" ");
        return (!all.is_empty()).then_some(all);
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("");
    let words: Vec<&str> = first.split(|c: char| c.is_whitespace() || c == ';' || c == '&').collect();
    let silent = words.first() == Some(&"set") && words.iter().any(|word| word.starts_with('+') && word.contains('x'));
    (!silent).then(|| "sh -xe".to_owned())
}
