//! Replaces one file, the spec or a pipeline that is mended: whole or not at all, under the same lock as every other write.
//!
//! What must hold: it is replaced only while it is, to the byte, what was read; a change that somebody makes meanwhile is not
//! lost. It needs no journal, since one file changes places in one step.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::error::{Error, Result};

use super::folders::{Folders, Seen};
use super::journal::{JOURNAL, digest, temporary};
use super::{interrupted, lock};

/// How many names of temporaries are tried.
const TRIES: usize = 100;

/// Replaces a file at a path below the root. `still` is asked once the lock is held, and speaks against it by an error.
pub(crate) fn replace_file(
    root: &Path,
    path: &str,
    old: &str,
    new: &str,
    still: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut folders = Folders::open(root)?;
    lock(&folders, root)?;
    if folders.see("", JOURNAL)? != Seen::Absent {
        drop(folders);
        return Err(interrupted(root));
    }
    let changed = || Error::Refused(format!("{path} changed while stackgate was working; run it again"));
    let (place, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !folders.find(place)? {
        return Err(changed());
    }
    let old = digest(old.as_bytes());
    let mode = match folders.see(place, name)? {
        Seen::File { digest, mode, .. } if digest == old => mode,
        Seen::Other => {
            let why =
                format!("{path} is not a regular file, such as a link: change the file that it stands for yourself");
            return Err(Error::Refused(why));
        }
        _ => return Err(changed()),
    };
    still()?;
    let folder = folders.held(place)?;
    let failed = || folders.failed(path, "write");
    let mut made = None;
    for number in 0..TRIES {
        match folder.create(&temporary(number), mode) {
            Ok(file) => made = Some((file, temporary(number))),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(failed()(error)),
        }
        break;
    }
    let Some((mut file, beside)) = made else {
        return Err(Error::Refused(format!("{} and many more like it are in the way", temporary(TRIES))));
    };
    let replaced = (|| {
        file.write_all(new.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())?;
        if folder.exchange(&beside, name).map_err(failed())? {
            if folders.see(place, &beside)?.is(Some(&old)) {
                return Ok(());
            }
            // Somebody was faster; what was there goes back.
            folder.exchange(&beside, name).map_err(failed())?;
            return Err(changed());
        }
        if !folders.see(place, name)?.is(Some(&old)) {
            return Err(changed());
        }
        folder.rename(&beside, name).map_err(failed())
    })();
    let removed = folder.remove(&beside);
    replaced?;
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Error::Refused(format!("{path} was written, but {beside} beside it could not be removed: {error}")))
        }
        _ => folders.sync(),
    }
}
