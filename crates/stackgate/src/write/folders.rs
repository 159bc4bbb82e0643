//! The folders of one write, each opened once and held, so that what was looked at is what is written to.
//!
//! What must hold: none is reached through a link; a folder that was moved away meanwhile is noticed.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::disk::{Folder, Kind, LARGEST, Opened, ways, why};
use crate::error::{Error, Result};

use super::journal::digest;

/// The repository's root, and the folders below it that are in use.
pub(crate) struct Folders {
    path: PathBuf,
    root: Folder,
    open: BTreeMap<String, Folder>,
    /// Folders that were made, by path, in that order.
    made: Vec<String>,
}

/// What stands under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Absent,
    File {
        digest: String,
        mode: u32,
        text: Vec<u8>,
    },
    /// Not a regular file, or one that is too large.
    Other,
}

impl Seen {
    /// Whether it is what a digest says; no digest stands for nothing.
    pub(crate) fn is(&self, expected: Option<&str>) -> bool {
        match self {
            Seen::Absent => expected.is_none(),
            Seen::File { digest, .. } => expected == Some(digest),
            Seen::Other => false,
        }
    }
}

impl Folders {
    /// Opens the root.
    pub(crate) fn open(path: &Path) -> Result<Folders> {
        let root = Folder::open(path).map_err(|source| Error::Disk { path: path.into(), what: "open", source })?;
        Ok(Folders { path: path.to_path_buf(), root, open: BTreeMap::new(), made: Vec::new() })
    }

    /// The root's handle.
    pub(crate) fn root(&self) -> &Folder {
        &self.root
    }

    /// An error about a path below the root.
    pub(crate) fn failed(&self, path: &str, what: &'static str) -> impl FnOnce(io::Error) -> Error {
        let path = if path.is_empty() { self.path.clone() } else { self.path.join(path) };
        move |source| Error::Disk { path, what, source }
    }

    /// Opens a folder that is there; `false` where it is not.
    pub(crate) fn find(&mut self, path: &str) -> Result<bool> {
        if path.is_empty() || self.open.contains_key(path) {
            return Ok(true);
        }
        match self.root.folder(path) {
            Ok(folder) => self.open.insert(path.to_owned(), folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(source) => return Err(self.in_the_way(path, source)),
        };
        Ok(true)
    }

    /// A folder, made where it is not there.
    pub(crate) fn make(&mut self, path: &str) -> Result<()> {
        for part in ways(path) {
            if self.open.contains_key(part) {
                continue;
            }
            let (above, name) = part.rsplit_once('/').unwrap_or(("", part));
            let folder = match self.held(above)?.folder(name) {
                Ok(folder) => folder,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let made = self.held(above)?.make(name).map_err(self.failed(part, "create"))?;
                    if made {
                        self.made.push(part.to_owned());
                    }
                    self.held(above)?.folder(name).map_err(self.failed(part, "open"))?
                }
                Err(source) => return Err(self.in_the_way(part, source)),
            };
            self.open.insert(part.to_owned(), folder);
        }
        Ok(())
    }

    fn in_the_way(&self, path: &str, source: io::Error) -> Error {
        match (self.root.kind(path), why(&self.root, path)) {
            (Ok(Some(kind)), Ok(what)) if kind != Kind::Folder => {
                Error::Refused(format!("{path} is in the way: {what}; move it away first"))
            }
            _ => self.failed(path, "open")(source),
        }
    }

    /// A folder that [`Folders::make`] or [`Folders::find`] opened, or the root.
    pub(crate) fn held(&self, path: &str) -> Result<&Folder> {
        match self.open.get(path) {
            Some(folder) => Ok(folder),
            None if path.is_empty() => Ok(&self.root),
            None => Err(self.failed(path, "open")(io::ErrorKind::NotFound.into())),
        }
    }

    /// Holds that every folder is still where it was opened.
    pub(crate) fn still_there(&self) -> Result<()> {
        for (path, folder) in &self.open {
            let now = self.root.folder(path).and_then(|now| now.is(folder));
            if !now.unwrap_or(false) {
                return Err(Error::Refused(format!("{path} changed while stackgate was working; run it again")));
            }
        }
        Ok(())
    }

    /// Waits until every name that changed is on the disk.
    pub(crate) fn sync(&self) -> Result<()> {
        for (path, folder) in &self.open {
            folder.sync().map_err(self.failed(path, "write"))?;
        }
        self.root.sync().map_err(self.failed("", "write"))
    }

    /// Removes the folders that were made; one that is no longer empty is somebody's.
    pub(crate) fn unmake(&mut self) {
        for path in std::mem::take(&mut self.made).iter().rev() {
            self.open.remove(path);
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            // A second failure here leaves an empty folder, which means nothing to git or to a pipeline.
            let _ = self.held(above).map(|folder| folder.remove_folder(name));
        }
    }

    /// What stands under a name in a folder that is held.
    pub(crate) fn see(&self, folder: &str, name: &str) -> Result<Seen> {
        see(self.held(folder)?, name).map_err(self.failed(&join(folder, name), "read"))
    }
}

/// The path of a name in a folder.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn see(folder: &Folder, name: &str) -> io::Result<Seen> {
    Ok(match folder.file(name)? {
        Opened::Absent => Seen::Absent,
        Opened::File { size, .. } if size > LARGEST => Seen::Other,
        Opened::File { file, mode, .. } => {
            let mut text = Vec::new();
            file.take(LARGEST).read_to_end(&mut text)?;
            Seen::File { digest: digest(&text), mode, text }
        }
        Opened::Other => Seen::Other,
    })
}
