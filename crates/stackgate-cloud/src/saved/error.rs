//! What is wrong with a saved directory.

use std::fmt;
use std::path::{Path, PathBuf};

use stackgate_diagnostic::clean;

/// What is wrong with a saved directory, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedError {
    /// The file or the directory.
    pub path: PathBuf,
    /// The line, counted from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong, as a sentence without its subject.
    pub message: String,
}

impl SavedError {
    pub(crate) fn new(path: &Path, line: Option<usize>, message: impl AsRef<str>) -> SavedError {
        SavedError { path: path.to_owned(), line, message: clean(message.as_ref()) }
    }

    pub(crate) fn io(path: &Path, what: &str, error: &std::io::Error) -> SavedError {
        SavedError::new(path, None, format!("{what}: {error}"))
    }
}

impl fmt::Display for SavedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = clean(&self.path.display().to_string());
        match self.line {
            Some(line) => write!(f, "{path}:{line}: {}", self.message),
            None => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for SavedError {}
