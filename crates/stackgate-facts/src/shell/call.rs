//! A command with what its words come to.
//!
//! What must hold: what a run decides is never a literal; each thing knows where it stands in the script.

use std::ops::Range;

use super::Scope;
use crate::value::{Control, Value};

/// One argument of a command.
#[derive(Clone, Debug)]
pub struct Argument {
    /// What it comes to.
    pub value: Value,
    /// The constant text behind the last part that is made at run time; the whole text where there is none.
    pub tail: String,
    /// The variables and expressions in it.
    pub names: Vec<String>,
    /// What a shell splits and expands once more: expansions without quotes.
    pub unquoted: Vec<Value>,
    /// The numbers of the commands that run to make it.
    pub runs: Range<usize>,
    /// Whether it is the name of a file with such a command's output: `<(…)`.
    pub file: bool,
    /// The text of each such command with its brackets.
    pub substitutions: Vec<String>,
    /// Whether any of it was quoted.
    pub quoted: bool,
    /// Where it stands in the script.
    pub range: Range<usize>,
    pub(super) control: Option<Control>,
}

impl Default for Argument {
    fn default() -> Argument {
        Argument {
            value: Value::literal(""),
            tail: String::new(),
            names: Vec::new(),
            unquoted: Vec::new(),
            runs: 0..0,
            file: false,
            substitutions: Vec::new(),
            quoted: false,
            range: 0..0,
            control: None,
        }
    }
}

impl Argument {
    /// Its text, known or not.
    #[must_use]
    pub fn text(&self) -> &str {
        self.value.text()
    }
}

/// A redirection with what its words come to.
#[derive(Clone, Debug)]
pub struct Redirected {
    /// The sign.
    pub operator: &'static str,
    /// The file, or the text behind `<<<`.
    pub target: Argument,
    /// The here-document.
    pub body: Option<Argument>,
}

/// A command with what its words come to.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Its number, in the order in which they were handed out.
    pub number: usize,
    /// Its arguments, the program first; empty for assignments alone.
    pub arguments: Vec<Argument>,
    /// Variables set for it alone, or for the script where there are no arguments.
    pub assignments: Vec<(String, Argument)>,
    /// Its redirections.
    pub redirects: Vec<Redirected>,
    /// The command whose output it reads.
    pub feeds: Option<usize>,
    /// Whether its output goes into a pipe.
    pub into_pipe: bool,
    /// Whether it runs within a word of another: its output is not printed.
    pub captured: bool,
    /// Whether it stands in a text that another command runs, and that is partly made at run time.
    pub again: bool,
    /// Where it stands in the script.
    pub range: Range<usize>,
}

impl Call {
    /// The program's name without its folder, where the text says it.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        let first = self.arguments.first()?;
        let text = match &first.value {
            Value::Literal(text) => text.as_str(),
            Value::Made(..) if first.tail.contains('/') => first.tail.as_str(),
            // `$(which pulumi)`.
            Value::Made(text, _) => {
                let inner = text.strip_prefix("$(")?.strip_suffix(')')?;
                let name = inner.strip_prefix("which ").or_else(|| inner.strip_prefix("command -v "))?.trim();
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                if name.is_empty() || !name.chars().all(plain) {
                    return None;
                }
                name
            }
        };
        let name = text.rsplit(['/', '\\']).next().unwrap_or("");
        Some(name.strip_suffix(".exe").unwrap_or(name))
    }

    /// The arguments behind the program.
    #[must_use]
    pub fn rest(&self) -> &[Argument] {
        self.arguments.get(1..).unwrap_or(&[])
    }

    /// A variable as the command sees it.
    #[must_use]
    pub fn variable(&self, name: &str, scope: &Scope<'_>) -> Option<Value> {
        let own = self.assignments.iter().rev().find(|(own, _)| own == name);
        own.map(|(_, argument)| argument.value.clone()).or_else(|| scope.get(name))
    }

    /// Its words on one line, for people.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words: Vec<&str> = self.arguments.iter().map(Argument::text).collect();
        words.truncate(12);
        words.join(" ").chars().take(200).collect()
    }
}
