//! Finds the spec upwards from a directory, as git finds its own folder. It reads nothing.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::project::SPEC_NAME;

/// The nearest `stackgate.yaml` in `from` or above it.
///
/// # Errors
/// When there is none.
pub fn find_spec(from: &Path) -> Result<PathBuf> {
    let start = std::path::absolute(from).unwrap_or_else(|_| from.to_path_buf());
    start
        .ancestors()
        .map(|folder| folder.join(SPEC_NAME))
        .find(|path| path.exists())
        .ok_or_else(|| Error::NoSpec { from: from.to_path_buf() })
}
