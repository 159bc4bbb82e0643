//! What a shell script does, as far as its text says: its simple commands, with their words and what these come to.
//!
//! What must hold: total and bounded, whatever the text; a word is a literal only when no run can change it; data (quoted
//! text, here-documents) is never taken for commands, and commands are never lost in data without [`Script::cut`].
//! Deliberately absent: running anything, files, and a shell's finer points that hide no command.

mod call;
mod expand;
mod known;
mod lexer;
mod parser;
mod redirect;
mod reserved;
mod scope;
mod walk;
mod windows;
mod wrappers;

use std::borrow::Cow;
use std::ops::Range;

pub use call::{Argument, Call, Redirected};
pub use scope::Scope;
pub use walk::walk;
pub(crate) use wrappers::{image, is_shell};

/// Nesting of substitutions, expansions and quotes that is followed.
pub(crate) const DEEPEST: usize = 32;
/// Commands of one script that are followed; words, twenty times as many.
pub(crate) const LONGEST: usize = 50_000;

/// Which language a script is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A POSIX shell, bash and its kin.
    Posix,
    /// PowerShell.
    PowerShell,
    /// The Windows command interpreter.
    Batch,
}

impl Dialect {
    /// Of the provider's word for a shell; none where it is no shell.
    #[must_use]
    pub fn of(shell: Option<&str>) -> Option<Dialect> {
        let Some(shell) = shell else { return Some(Dialect::Posix) };
        let first = shell.split_whitespace().next().unwrap_or("");
        let name = first.rsplit(['/', '\\']).next().unwrap_or("").to_ascii_lowercase();
        match name.trim_end_matches(".exe") {
            "" | "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "busybox" | "env" => Some(Dialect::Posix),
            "pwsh" | "powershell" => Some(Dialect::PowerShell),
            "cmd" | "bat" | "batch" => Some(Dialect::Batch),
            _ => None,
        }
    }
}

/// A script, or a part of one that stands in `$(…)`.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What it is made of, in order.
    pub items: Vec<Item>,
    /// Here-documents, by the number that a redirection names.
    pub documents: Vec<Word>,
    /// Why the rest of it was not followed: a quote without an end, a limit.
    pub cut: Option<&'static str>,
}

impl Script {
    /// Reads a script. Total.
    #[must_use]
    pub fn parse(text: &str, dialect: Dialect, macros: &Macros<'_>) -> Script {
        match dialect {
            Dialect::Posix => parser::parse(text, macros),
            Dialect::PowerShell | Dialect::Batch => windows::parse(text, dialect),
        }
    }
}

/// What a provider puts into a script's text before any shell sees it, beside `${{ … }}` and `$[[ … ]]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Macros<'a> {
    /// Names that stand in `$( … )` and are no commands; one with a full stop in it never is a command.
    pub names: &'a [String],
}

/// A piece of a script.
#[derive(Clone, Debug)]
pub enum Item {
    /// A simple command.
    Command(Command),
    /// A loop over words begins.
    Each {
        /// The loop's variable.
        name: String,
        /// What it goes over.
        words: Vec<Word>,
    },
    /// What follows, up to the matching [`Item::Leave`], runs in such a block.
    Enter(Block),
    /// Another branch of the same block.
    Next,
    /// The block ends; whether one of its branches always runs.
    Leave {
        /// Whether one of its branches always runs.
        complete: bool,
    },
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// It may run or not: `if`, `case`, what stands behind `&&` and `||`.
    Branch,
    /// It may run many times or not at all.
    Loop,
    /// It runs when it is called.
    Function(String),
    /// What it sets is gone after it.
    Subshell,
    /// It runs.
    Group,
}

/// A simple command.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Assignments in front of it.
    pub assignments: Vec<Assignment>,
    /// Its words: the program first.
    pub words: Vec<Word>,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
    /// Whether it reads what the command before it writes.
    pub piped: bool,
    /// Where it stands in the script.
    pub range: Range<usize>,
}

/// `NAME=value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// The value.
    pub word: Word,
    /// Whether it is put behind what is there already.
    pub append: bool,
}

/// A redirection.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `<<`, `<<<`, `>&`, `<&`, `&>`, `&>>`.
    pub operator: &'static str,
    /// The file; of a here-document, its end's word.
    pub target: Word,
    /// The here-document, by its number.
    pub document: Option<usize>,
}

/// A word.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Its parts.
    pub parts: Vec<Part>,
    /// Whether any of it was quoted, so that it is no reserved word.
    pub quoted: bool,
    /// Where it stands in the script.
    pub range: Range<usize>,
}

impl Word {
    /// As [`Word::constant`], without a copy where it is of one piece.
    pub(super) fn plain(&self) -> Option<Cow<'_, str>> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(Cow::Borrowed(text)),
            _ => self.constant().map(Cow::Owned),
        }
    }

    /// Its text, where it is constant by itself.
    #[must_use]
    pub fn constant(&self) -> Option<String> {
        self.parts.iter().try_fold(String::new(), |mut all, part| match part {
            Part::Text(text) => {
                all.push_str(text);
                Some(all)
            }
            _ => None,
        })
    }
}

/// A part of a word.
#[derive(Clone, Debug)]
pub enum Part {
    /// Constant text.
    Text(String),
    /// A variable.
    Variable {
        /// Its name; a parameter's number or sign.
        name: String,
        /// What is done with it.
        operator: Operator,
        /// Whether it stands in double quotes, so that it stays one word.
        quoted: bool,
    },
    /// `$(…)`, backticks, `<(…)`.
    Substitution {
        /// What runs.
        script: Script,
        /// Whether it stands in double quotes.
        quoted: bool,
        /// Whether it is a file's name from which its output is read: `<(…)`.
        file: bool,
        /// Its text.
        text: String,
    },
    /// `$((…))`.
    Arithmetic(String),
    /// What the provider puts there before any shell sees it; the expression alone.
    Embedded {
        /// The expression, without its brackets.
        expression: String,
        /// As it is written.
        text: String,
    },
}

/// What is done with a variable.
#[derive(Clone, Debug)]
pub enum Operator {
    /// Nothing; or it must be set.
    Plain,
    /// This instead, where it is unset or empty.
    Default(Box<Word>),
    /// Something else is made of it; the text behind its name.
    Other(String),
}
