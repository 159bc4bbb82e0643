//! The patch: what `git apply` takes to make every file what it should be.
//!
//! What must hold: applied to what was found it gives what is expected, byte for byte, whatever the line ends, names and
//! last lines; a file that holds somebody's own work is left out, and said to be.
//!
//! Deliberately absent: escaping and redacting. A patch is read by git, and a byte that is changed in it makes it useless;
//! so it is for a file or a pipe, and never for a log.

use crate::diff::{Part, each};
use crate::model::{File, Report};

/// Files that differ and are in no patch, each with the reason.
pub type Left = Vec<(String, String)>;

/// The patch of a report, with what it leaves out. A path of a file is taken from the repository root.
#[must_use]
pub fn patch(report: &Report) -> (String, Left) {
    let mut out = String::new();
    let mut left = Left::new();
    for file in report.files.iter().filter(|file| !file.is_clean()) {
        if file.mendable {
            out.push_str(&one(file));
        } else {
            left.push((file.path.clone(), file.advice.clone()));
        }
    }
    (out, left)
}

fn one(file: &File) -> String {
    let (old, new) = (quoted('a', &file.path), quoted('b', &file.path));
    let mut out = format!("diff --git {old} {new}\n");
    match (&file.found, &file.expected) {
        (None, Some(_)) => out.push_str("new file mode 100644\n"),
        (Some(_), None) => out.push_str("deleted file mode 100644\n"),
        _ => {}
    }
    let (found, expected) = (file.found.as_deref().unwrap_or_default(), file.expected.as_deref().unwrap_or_default());
    // A file without a line has no hunk, and git wants no names then.
    if found != expected {
        let null = || "/dev/null".to_owned();
        let from = if file.found.is_some() { old } else { null() };
        let to = if file.expected.is_some() { new } else { null() };
        out.push_str(&format!("--- {from}\n+++ {to}\n"));
    }
    each(found, expected, &mut |part| match part {
        Part::Head(head) => {
            out.push_str(&head);
            out.push('\n');
        }
        Part::Line(sign, line) => {
            out.push(sign);
            out.push_str(line);
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    });
    out
}

/// A name as git writes it: between double quotes, with bytes in octal, where it holds anything that could be taken for
/// something else. Git reads any name that way.
fn quoted(side: char, path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./+@,=".contains(&byte);
    if path.bytes().all(plain) {
        return format!("{side}/{path}");
    }
    let mut out = format!("\"{side}/");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}
