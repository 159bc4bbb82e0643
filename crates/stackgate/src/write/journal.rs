//! The journal of a write: what is about to change places, so that a run that was killed can be undone.
//!
//! What must hold: it is on the disk, whole, before the first file changes place, and gone only after the last did. What
//! is read back may come from anybody who can commit a file: it is parsed strictly, and names only files in our places and
//! temporaries of ours. Deliberately absent: doing anything; `undo` does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The name of the journal, in the repository's root.
pub(crate) const JOURNAL: &str = ".stackgate-journal";
/// Its name once everything is in its place and only temporaries are left to be removed.
pub(crate) const DONE: &str = ".stackgate-journal-done";

const FIRST_LINE: &str = "stackgate journal 1: a run that did not end left this; `stackgate generate` undoes it";
const TEMPORARY: &str = ".stackgate-";

/// One file that changes places with a temporary beside it, which holds the new text before and the old one after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// The file's path below the root.
    pub(crate) path: String,
    /// The temporary's name, in the same folder.
    pub(crate) beside: String,
    /// The digest of what stood there; none where nothing did.
    pub(crate) old: Option<String>,
    /// The digest of what shall stand there; none where nothing shall.
    pub(crate) new: Option<String>,
}

impl Step {
    /// The folder's path, empty for the root, and the file's name in it.
    pub(crate) fn place(&self) -> (&str, &str) {
        self.path.rsplit_once('/').unwrap_or(("", &self.path))
    }

    /// The second temporary, which only a disk needs where two names cannot change places in one step.
    pub(crate) fn spare(&self) -> String {
        format!("{}~", self.beside)
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The name of a temporary.
pub(crate) fn temporary(number: usize) -> String {
    format!("{TEMPORARY}{:x}-{number}", std::process::id())
}

/// Whether a name is one that [`temporary`] or [`Step::spare`] gives.
pub(crate) fn is_temporary(name: &str) -> bool {
    let name = name.strip_suffix('~').unwrap_or(name);
    let all =
        |text: &str, digits: &str| !text.is_empty() && text.len() < 20 && text.chars().all(|c| digits.contains(c));
    name.strip_prefix(TEMPORARY)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(process, number)| all(process, "0123456789abcdef") && all(number, "0123456789"))
}

/// Whether a temporary that no journal names holds only what this program writes: a beginning of ours, or less.
pub(crate) fn is_ours(text: &[u8]) -> bool {
    let begins = |first: &[u8]| first.starts_with(text) || text.starts_with(first);
    ["# stackgate ", "// stackgate ", FIRST_LINE].iter().any(|first| begins(first.as_bytes()))
}

pub(crate) fn format(steps: &[Step]) -> String {
    let mut out = format!("{FIRST_LINE}\n");
    for step in steps {
        let (old, new) = (step.old.as_deref().unwrap_or("-"), step.new.as_deref().unwrap_or("-"));
        let _ = writeln!(out, "{old} {new} {} {}", step.beside, step.path);
    }
    out.push_str("end\n");
    out
}

/// The steps of a journal; `None` where it is not one that this program wrote for these places.
pub(crate) fn parse(text: &str, is_place: impl Fn(&str) -> bool) -> Option<Vec<Step>> {
    let body = text.strip_prefix(FIRST_LINE)?.strip_prefix('\n')?.strip_suffix("end\n")?;
    let mut steps = Vec::new();
    let mut names = BTreeSet::new();
    for line in body.split_terminator('\n') {
        let mut parts = line.splitn(4, ' ');
        let (old, new) = (parse_digest(parts.next()?)?, parse_digest(parts.next()?)?);
        let (beside, path) = (parts.next()?, parts.next()?);
        let inside =
            path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.chars().any(char::is_control);
        let sane = old != new && is_temporary(beside) && !beside.ends_with('~') && inside && is_place(path);
        let step = Step { path: path.to_owned(), beside: beside.to_owned(), old, new };
        let folder = step.place().0;
        if !sane || !names.insert(format!("{folder}/{beside}")) || !names.insert(path.to_owned()) {
            return None;
        }
        steps.push(step);
    }
    // What is written is read back to the letter, or it was not written here.
    (!steps.is_empty() && format(&steps) == text).then_some(steps)
}

fn parse_digest(word: &str) -> Option<Option<String>> {
    match word {
        "-" => Some(None),
        _ if word.len() == 64 && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) => {
            Some(Some(word.to_owned()))
        }
        _ => None,
    }
}
