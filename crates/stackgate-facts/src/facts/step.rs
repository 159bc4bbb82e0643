//! What a step is, as one line; and its digest, by which other facts speak of it.
//!
//! What must hold: whatever changes what a step does changes its line; its name does not.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Naming, words};
use crate::condition::Condition;
use crate::model::{Does, Step};

/// The line of a step, without its position. Where it is compared, a script's digest is whole: half of one can be forged.
pub(super) fn line(step: &Step, naming: Naming) -> String {
    let mut out = match &step.does {
        Does::Unknown => "unknown".to_owned(),
        Does::Run { text, shell, .. } => {
            let length = if naming == Naming::Digest { 32 } else { 6 };
            format!(
                "run {} sha256:{}",
                words::quoted(shell.as_deref().unwrap_or("sh")),
                hexadecimal(&normal(text), length)
            )
        }
        Does::Use { code, inputs } => braced(format!("use {}", words::code(code)), "with", &words::variables(inputs)),
        Does::Checkout { code, reference, repository, keeps_credentials, inputs } => {
            let mut out = String::from("checkout");
            if let Some(code) = code {
                let _ = write!(out, " by {}", words::code(code));
            }
            if let Some(reference) = reference {
                let _ = write!(out, " of {}", words::value(reference));
            }
            if let Some(repository) = repository {
                let _ = write!(out, " from {}", words::value(repository));
            }
            if *keeps_credentials {
                out.push_str(" keeps-credentials");
            }
            braced(out, "with", &words::variables(inputs))
        }
    };
    if let Some(condition) = step.condition.as_ref().filter(|condition| **condition != Condition::Always) {
        let _ = write!(out, " if {condition}");
    }
    if let Some(directory) = &step.directory {
        let _ = write!(out, " in {}", words::value(directory));
    }
    if step.tolerated {
        out.push_str(" tolerated");
    }
    if step.continues {
        out.push_str(" continues");
    }
    out = braced(out, "env", &words::variables(&step.variables));
    let mut settings: Vec<String> =
        step.settings.iter().map(|setting| super::setting(&setting.key, &setting.value)).collect();
    settings.sort();
    braced(out, "settings", &settings.join("; "))
}

fn braced(mut out: String, word: &str, inner: &str) -> String {
    if !inner.is_empty() {
        let _ = write!(out, " {word}{{{inner}}}");
    }
    out
}

/// What a step is called by: the first 12 hexadecimal digits of its line's SHA-256.
pub(super) fn digest(line: &str) -> String {
    hexadecimal(line, 6)
}

fn hexadecimal(text: &str, bytes: usize) -> String {
    Sha256::digest(text.as_bytes()).iter().take(bytes).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Line ends in one form, and one at the end; everything else means something to some shell.
fn normal(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
}
