//! The state on disk.
//!
//! What must hold: whoever ends this program at any moment finds the old state or the new one, whole.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use stackgate_logs::{MOST_STATE, State};

use crate::disk;
use crate::error::{Error, Result};

/// Reads a state; `None` where there is none yet.
pub(super) fn read(path: &Path, organization: &str) -> Result<Option<State>> {
    let refuse = |why: String| Error::Refused(format!("{}: {why}", path.display()));
    let limit = u64::try_from(MOST_STATE).unwrap_or(u64::MAX);
    let bytes = match disk::read_limited(path, limit) {
        Ok(bytes) => bytes.ok_or_else(|| refuse("the state is larger than 64 MiB".into()))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Disk { path: path.to_path_buf(), what: "read", source }),
    };
    let text = String::from_utf8(bytes).map_err(|_| refuse("this is no state of `stackgate logs`".into()))?;
    State::from_json(&text, organization).map(Some).map_err(refuse)
}

/// Writes a state, whole or not at all.
pub(super) fn write(path: &Path, state: &State) -> Result<()> {
    let failed = |source| Error::Disk { path: path.to_path_buf(), what: "write", source };
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    // Whatever stands there is of a run that was killed, or a link that somebody left for us.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(state.to_json().as_bytes())?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| std::fs::rename(&beside, path));
    renamed.map_err(|error| {
        // The message is about the first failure; what is left has a name that says what it is.
        let _ = std::fs::remove_file(&beside);
        failed(error)
    })
}
