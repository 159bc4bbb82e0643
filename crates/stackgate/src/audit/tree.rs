//! The files of a repository, as pipelines may include them.
//!
//! What must hold: nothing outside the root is read, through a link or otherwise; a file is read once, whoever asks; all of
//! one audit together is bounded.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use stackgate_facts::{Tree, TreeError};

use crate::disk::{Bytes, Folder, LARGEST, Opened, read_all, why};
use crate::error::{Error, Result};

/// Bytes that one audit reads.
pub(super) const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The files below the root.
pub(super) struct Files {
    pub(super) root: Folder,
    texts: RefCell<HashMap<String, std::result::Result<Arc<str>, TreeError>>>,
    left: Cell<u64>,
}

impl Files {
    /// Opens the root.
    pub(super) fn open(root: &Path) -> Result<Files> {
        let folder =
            Folder::open(root).map_err(|source| Error::Disk { path: root.to_path_buf(), what: "open", source })?;
        Ok(Files { root: folder, texts: RefCell::default(), left: Cell::new(MOST_BYTES) })
    }

    /// The text at a path below the root.
    pub(super) fn text(&self, path: &str) -> std::result::Result<Arc<str>, TreeError> {
        if let Some(known) = self.texts.borrow().get(path) {
            return known.clone();
        }
        let text = self.look(path);
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    fn look(&self, path: &str) -> std::result::Result<Arc<str>, TreeError> {
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        if path.starts_with('/') || !path.split('/').all(plain) {
            return Err(TreeError::Outside);
        }
        let failed = |error: std::io::Error| TreeError::Unreadable(error.to_string());
        let (file, size) = match self.root.file(path).map_err(failed)? {
            Opened::Absent => return Err(TreeError::Missing),
            Opened::Other => {
                let what = why(&self.root, path).map_err(failed)?;
                return Err(if what.contains("link") { TreeError::Outside } else { TreeError::Unreadable(what) });
            }
            Opened::File { file, size, .. } => (file, size),
        };
        let limit = LARGEST.min(self.left.get());
        if size > limit {
            return Err(TreeError::Unreadable(too_large(limit)));
        }
        match read_all(file, size, limit, None).map_err(failed)? {
            Bytes::Whole(bytes) => {
                self.left.set(self.left.get().saturating_sub(bytes.len() as u64));
                match String::from_utf8(bytes) {
                    Ok(text) => Ok(text.into()),
                    Err(_) => Err(TreeError::Unreadable("it is not UTF-8".into())),
                }
            }
            Bytes::TooMany | Bytes::Unwanted => Err(TreeError::Unreadable(too_large(limit))),
        }
    }
}

fn too_large(limit: u64) -> String {
    if limit < LARGEST {
        format!("with it, more than {} MiB were read", MOST_BYTES / 1024 / 1024)
    } else {
        format!("it is larger than {} KiB", LARGEST / 1024)
    }
}

/// The repository of one pipeline: the root, or a folder below it.
pub(super) struct Repository<'f> {
    pub(super) files: &'f Files,
    pub(super) base: &'f str,
}

impl Tree for Repository<'_> {
    fn read(&self, path: &str) -> std::result::Result<Arc<str>, TreeError> {
        // A path that leaves the folder must not come back in elsewhere.
        if path.split('/').any(|part| part == "..") {
            return Err(TreeError::Outside);
        }
        self.files.text(&join(self.base, path))
    }
}

/// A path below a folder.
pub(super) fn join(base: &str, path: &str) -> String {
    if base.is_empty() { path.to_owned() } else { format!("{base}/{path}") }
}
