//! What can go wrong outside a spec: disk, and faults of this program. The user's mistakes are diagnostics, with a place.

use std::fmt;
use std::path::PathBuf;

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_provider::{ReadBackError, RenderError};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something did not happen. Nothing was changed on disk, whatever it is, but for `HalfWritten`.
#[derive(Debug)]
pub enum Error {
    /// The spec has mistakes: all of them. Or an artifact has, whose pins were to be adopted.
    Spec {
        /// The text of the spec, or of the artifact.
        source: Box<Source>,
        /// Its mistakes, in the order of the text.
        diagnostics: Vec<Diagnostic>,
    },
    /// There is no spec.
    NoSpec {
        /// Where the search began.
        from: PathBuf,
    },
    /// A file could not be read or written.
    Disk {
        /// The file.
        path: PathBuf,
        /// What was being done, as in `could not WHAT`.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another run is writing in the same repository.
    Busy {
        /// The repository's root.
        root: PathBuf,
    },
    /// A run was killed while it wrote, and its journal is still there.
    Interrupted {
        /// The journal's path below the root.
        journal: &'static str,
        /// Why it could not be undone, where that was tried.
        why: Option<Box<Error>>,
    },
    /// A write failed half-way, and so did undoing it.
    HalfWritten {
        /// Why the write failed.
        first: Box<Error>,
        /// Why undoing it failed.
        second: Box<Error>,
    },
    /// A write failed and was undone, but for a temporary file that could not be removed.
    LeftBehind {
        /// Why the write failed.
        first: Box<Error>,
        /// The file's path below the root.
        left: String,
    },
    /// A file is not what it must be for what was asked. The text says which, why, and how to mend it.
    Refused(String),
    /// A template of this program failed.
    Render(RenderError),
    /// An artifact does not read back as the plan.
    ReadBack(ReadBackError),
    /// Several things at once, each of its own place.
    Several(Vec<Error>),
    /// Something that this program carries is broken.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Spec { source, diagnostics } => {
                let errors = diagnostics.len();
                write!(f, "{}: {errors} mistake{}", source.path(), if errors == 1 { "" } else { "s" })
            }
            Error::NoSpec { from } => {
                write!(f, "no stackgate.yaml in {} or above; `stackgate init` writes one", from.display())
            }
            Error::Disk { path, what, source } => write!(f, "could not {what} {}: {source}", path.display()),
            Error::Busy { root } => {
                write!(
                    f,
                    "another `stackgate generate` is at work in {}; run this again when it is done",
                    root.display()
                )
            }
            Error::Interrupted { journal, why: None } => {
                write!(
                    f,
                    "an earlier `stackgate generate` was interrupted and left {journal}, so files may be half old and half new; run `stackgate generate`, which undoes that and starts anew"
                )
            }
            Error::Interrupted { journal, why: Some(why) } => {
                write!(
                    f,
                    "an earlier `stackgate generate` was interrupted, and what it had begun cannot be undone: {why}\nput these files right and remove {journal}, then run `stackgate generate`"
                )
            }
            Error::HalfWritten { first, second } => {
                write!(
                    f,
                    "{first}\nand it could not be undone: {second}\nfiles may be half old and half new; run `stackgate generate` again, which undoes that and starts anew"
                )
            }
            Error::LeftBehind { first, left } => {
                write!(f, "{first}\n{left} could not be removed; the next `stackgate generate` does it")
            }
            Error::Refused(why) => f.write_str(why),
            Error::Several(errors) => {
                let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&all.join("\n"))
            }
            Error::Render(error) => write!(f, "{error} (a fault of stackgate; please report it)"),
            Error::ReadBack(error) => write!(f, "{error}(a fault of stackgate; please report it)"),
            Error::Fault(error) => write!(f, "{error} (a fault of stackgate; please report it)"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Disk { source, .. } => Some(source),
            Error::HalfWritten { first, .. } | Error::LeftBehind { first, .. } => Some(first.as_ref()),
            Error::Render(error) => Some(error),
            Error::ReadBack(error) => Some(error),
            _ => None,
        }
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Error {
        Error::Render(error)
    }
}

impl From<ReadBackError> for Error {
    fn from(error: ReadBackError) -> Error {
        Error::ReadBack(error)
    }
}
