//! What can go wrong outside a spec: disk, and faults of this program. The user's mistakes are diagnostics, with a place.

use std::fmt;
use std::path::PathBuf;

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_provider::{ReadBackError, RenderError};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something did not happen. Nothing was written, whatever it is.
#[derive(Debug)]
pub enum Error {
    /// The spec has mistakes: all of them.
    Spec {
        /// The spec's text.
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
    /// A file is not what it must be for what was asked. The text says which, why, and how to mend it.
    Refused(String),
    /// A template of this program failed.
    Render(RenderError),
    /// An artifact does not read back as the plan.
    ReadBack(ReadBackError),
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
            Error::Refused(why) => f.write_str(why),
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
