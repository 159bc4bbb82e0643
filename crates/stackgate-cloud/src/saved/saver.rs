//! Keeps what is answered, and writes it as a directory.
//!
//! What must hold: nothing that is not ours is written over; at every moment the directory is one that can be read and that
//! says whether it is whole; nobody but the owner may read it, for it tells who can do what.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::error::SavedError;
use super::manifest::{Manifest, Origin};
use super::open::manifest;
use crate::api::{Answer, Api, Failure};
use crate::{path, secret};

/// An API that asks another and keeps each answer.
pub struct Saver<'a> {
    inner: &'a dyn Api,
    dir: PathBuf,
    origin: Origin,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: BTreeMap<String, Answer>,
    failed: bool,
}

impl<'a> Saver<'a> {
    /// Looks whether the directory can be written: there is none, it is empty, or it is one of ours.
    ///
    /// # Errors
    /// When it is not.
    pub fn new(inner: &'a dyn Api, dir: &Path, origin: Origin) -> Result<Saver<'a>, SavedError> {
        check(dir)?;
        Ok(Saver { inner, dir: dir.to_owned(), origin, kept: Mutex::default() })
    }

    /// Writes what was answered. It is marked as whole where each question had an answer.
    ///
    /// # Errors
    /// When the disk refuses. What was written by then says that it is not whole.
    pub fn finish(self) -> Result<(), SavedError> {
        let kept = self.kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        write(&self.dir, &self.origin, &kept.answers, !kept.failed)
    }
}

impl Api for Saver<'_> {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        let answer = self.inner.get(path);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(answer) => {
                // The server's own failure is an answer, but not one to this question.
                kept.failed |= answer.status == 429 || answer.status >= 500;
                kept.answers.insert(path.to_owned(), answer.clone());
            }
            Err(_) => kept.failed = true,
        }
        answer
    }
}

/// Writes answers by question as a saved directory; secrets are left out, and what has no file of its own.
///
/// # Errors
/// When the directory holds anything that is not ours, or the disk refuses.
pub fn write(
    dir: &Path,
    origin: &Origin,
    answers: &BTreeMap<String, Answer>,
    complete: bool,
) -> Result<(), SavedError> {
    check(dir)?;
    create_dir(dir)?;
    let stackgate = env!("CARGO_PKG_VERSION").to_owned();
    let mut manifest = Manifest { origin: origin.clone(), stackgate, complete: false };
    put(dir, "manifest.json", |out| out.write_all(manifest.to_json().as_bytes()))?;
    // Answers of another time must not stand beside those of now, however this ends.
    for name in path::FILES {
        match fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(SavedError::io(&dir.join(name), "it cannot be removed", &error));
            }
            _ => {}
        }
    }
    for name in path::FILES {
        let mut lines = answers.iter().filter(|(path, _)| path::file(path) == Some(name)).peekable();
        if lines.peek().is_some() {
            put(dir, name, |out| lines.try_for_each(|(path, answer)| line(out, path, answer)))?;
        }
    }
    manifest.complete = complete;
    put(dir, "manifest.json", |out| out.write_all(manifest.to_json().as_bytes()))
}

fn line(out: &mut dyn Write, path: &str, answer: &Answer) -> std::io::Result<()> {
    let body: Value = secret::taken_out(&answer.body);
    writeln!(out, "{}", json!({ "path": path, "status": answer.status, "body": body }))
}

/// Writes a file beside, and puts it in its place when it is whole.
fn put(dir: &Path, name: &str, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), SavedError> {
    let path = dir.join(name);
    let beside = dir.join(format!(".{name}.new"));
    let written = (|| {
        // One that a stop left behind. What is created anew follows no link.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut out = BufWriter::new(create(&beside)?);
        fill(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, &path)
    })();
    written.map_err(|error| SavedError::io(&path, "it cannot be written", &error))
}

fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn create_dir(dir: &Path) -> Result<(), SavedError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| SavedError::io(dir, "it cannot be made", &error))
}

/// There is no such directory, it is empty, or it is one of ours with nothing else in it.
fn check(dir: &Path) -> Result<(), SavedError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(SavedError::io(dir, "it cannot be written to", &error)),
    };
    let names: Vec<_> = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()
        .map_err(|error| SavedError::io(dir, "it cannot be read", &error))?;
    if names.is_empty() {
        return Ok(());
    }
    let ours = |name: &str| {
        let name = name.strip_prefix('.').and_then(|name| name.strip_suffix(".new")).unwrap_or(name);
        name == "manifest.json" || path::FILES.contains(&name)
    };
    if let Some(other) = names.iter().find(|name| !name.to_str().is_some_and(ours)) {
        let message = format!(
            "it holds `{}`, which `review --save` did not write: name an empty directory",
            stackgate_diagnostic::excerpt(&other.to_string_lossy())
        );
        return Err(SavedError::new(dir, None, message));
    }
    // Stopped before its manifest stood, it holds that one file alone.
    if names.iter().all(|name| name.to_str().is_some_and(|name| name.starts_with('.'))) {
        return Ok(());
    }
    manifest(dir).map(drop)
}
