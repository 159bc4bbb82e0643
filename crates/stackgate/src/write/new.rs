//! Writes one file that must not exist yet: the spec that `init` makes.
//!
//! What must hold: the file appears whole under its name, or not at all, and never in place of another.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::disk::Folder;
use crate::error::{Error, Result};

use super::journal::temporary;

/// Writes a new file; one that appeared meanwhile stays as it is.
///
/// # Errors
/// When something has that name, or the disk refuses.
pub fn write_new(target: &Path, text: &str) -> Result<()> {
    let failed = |source| Error::Disk { path: target.to_path_buf(), what: "write", source };
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(failed(ErrorKind::InvalidInput.into()));
    };
    let name = name.to_str().ok_or_else(|| failed(ErrorKind::InvalidFilename.into()))?;
    let folder = Folder::open(folder).map_err(failed)?;
    let beside = temporary(0);
    let mut file = folder.create(&beside, 0o644).map_err(failed)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| folder.rename_new(&beside, name))
        .map_err(failed);
    if written.is_err() {
        // What is left then is named like a temporary and lies beside the spec; the first error is what counts.
        let _ = folder.remove(&beside);
        return written;
    }
    folder.sync().map_err(failed)
}
