//! Reads a saved directory.
//!
//! What must hold: a line that cannot be read is told with its file and number, and each question that this file would
//! answer and does not is answered with that, never with "not there".

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::error::SavedError;
use super::manifest::{Manifest, Origin};
use crate::api::{Answer, Api, Failure};
use crate::path;

/// Bytes that a line may have: as many as an answer of the server, and its path.
const LONGEST_LINE: u64 = 65 * 1024 * 1024;
/// Bytes that a manifest may have.
const LARGEST_MANIFEST: u64 = 64 * 1024;

/// A saved directory, read.
#[derive(Debug, Clone)]
pub struct Saved {
    manifest: Manifest,
    answers: HashMap<String, Answer>,
    faults: BTreeMap<&'static str, SavedError>,
}

impl Saved {
    /// Reads a directory.
    ///
    /// # Errors
    /// When it is no saved directory, or one of another version. A broken line is none: see [`Saved::faults`].
    pub fn open(dir: &Path) -> Result<Saved, SavedError> {
        let manifest = manifest(dir)?;
        let mut saved = Saved { manifest, answers: HashMap::new(), faults: BTreeMap::new() };
        for name in path::FILES {
            if let Err(fault) = saved.file(&dir.join(name), name) {
                saved.faults.insert(name, fault);
            }
        }
        Ok(saved)
    }

    /// Whose answers they are.
    pub fn origin(&self) -> &Origin {
        &self.manifest.origin
    }

    /// Whether every question that was asked then has its answer here.
    pub fn is_complete(&self) -> bool {
        self.manifest.complete && self.faults.is_empty()
    }

    /// The first broken line of each file, sorted by the file; what the file holds beside it is used.
    pub fn faults(&self) -> impl Iterator<Item = &SavedError> {
        self.faults.values()
    }

    /// All questions that are answered, sorted.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.answers.keys().map(String::as_str).collect();
        paths.sort_unstable();
        paths
    }

    /// Reads to the end of the file, over what is broken, and returns the first fault.
    fn file(&mut self, file: &Path, name: &'static str) -> Result<(), SavedError> {
        let opened = match File::open(file) {
            Ok(opened) => opened,
            // Nothing of this kind was asked.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(SavedError::io(file, "it cannot be read", &error)),
        };
        let mut reader = BufReader::new(opened);
        let mut line = Vec::new();
        let mut first = Ok(());
        for number in 1.. {
            line.clear();
            let length = match (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(length) => length,
                Err(error) => return first.and(Err(SavedError::io(file, "it cannot be read", &error))),
            };
            if length == 0 {
                break;
            }
            let taken = match read_line(&line) {
                Ok((path, _)) if path::file(&path) != Some(name) => {
                    Err("its question does not belong into this file".to_owned())
                }
                Ok((path, _)) if self.answers.contains_key(&path) => Err("its question stood before".to_owned()),
                other => other,
            };
            match taken {
                Ok((path, answer)) => {
                    self.answers.insert(path, answer);
                }
                Err(message) => first = first.and(Err(SavedError::new(file, Some(number), message))),
            }
        }
        first
    }
}

/// One line of a file: the question and its answer.
///
/// # Errors
/// What is wrong with it, without its place.
pub fn read_line(line: &[u8]) -> Result<(String, Answer), String> {
    let Some(line) = line.strip_suffix(b"\n") else {
        return Err("the file ends in the middle of this line, or the line is too long".to_owned());
    };
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("it is not JSON: {error}"))?;
    let Value::Object(mut entries) = value else { return Err("it is no JSON object".to_owned()) };
    let Some(path) = entries.get("path").and_then(Value::as_str).map(str::to_owned) else {
        return Err("`path` must be a string".to_owned());
    };
    let status = entries.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let Some(status) = status.filter(|status| (100..600).contains(status)) else {
        return Err("`status` must be an HTTP status".to_owned());
    };
    let Some(body) = entries.remove("body") else { return Err("`body` is missing".to_owned()) };
    Ok((path, Answer { status, body }))
}

/// The manifest of a directory.
///
/// # Errors
/// When there is none, or one that cannot be read.
pub(super) fn manifest(dir: &Path) -> Result<Manifest, SavedError> {
    let path = dir.join("manifest.json");
    let mut text = String::new();
    match File::open(&path).and_then(|file| file.take(LARGEST_MANIFEST).read_to_string(&mut text)) {
        Ok(_) => Manifest::from_json(&text, &path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let message = "it is no directory that `review --save` wrote: there is no `manifest.json` in it";
            Err(SavedError::new(dir, None, message))
        }
        Err(error) => Err(SavedError::io(&path, "it cannot be read", &error)),
    }
}

impl Api for Saved {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        if let Some(answer) = self.answers.get(path) {
            return Ok(answer.clone());
        }
        match path::file(path).and_then(|name| self.faults.get(name)) {
            Some(fault) => Err(Failure::Broken(fault.to_string())),
            None => Err(Failure::NotSaved),
        }
    }
}
