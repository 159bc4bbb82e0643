//! The files of a repository, for readers of pipelines that include others.
//!
//! What must hold: nothing outside the root is read, whatever a pipeline asks for; a file that was read is not read again;
//! a text that is given in place of a file's own wins over it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use stackgate_drift::OnDisk;
use stackgate_facts::{Tree, TreeError};

use crate::disk;
use crate::error::Result;

/// Files below a root.
pub(crate) struct Repository<'a> {
    disk: RefCell<disk::Tree<'a>>,
    known: RefCell<HashMap<String, std::result::Result<Arc<str>, TreeError>>>,
}

impl<'a> Repository<'a> {
    /// Those below `root`.
    pub(crate) fn open(root: &'a Path) -> Result<Repository<'a>> {
        Ok(Repository { disk: RefCell::new(disk::Tree::open(root)?), known: RefCell::default() })
    }

    /// Has `text` stand at a path, whatever stands there on disk.
    pub(crate) fn put(&self, path: &str, text: &str) {
        self.known.borrow_mut().insert(path.to_owned(), Ok(text.into()));
    }
}

impl Tree for Repository<'_> {
    fn read(&self, path: &str) -> std::result::Result<Arc<str>, TreeError> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let found = look(&mut self.disk.borrow_mut(), path);
        self.known.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }

    fn paths(&self) -> Option<Vec<String>> {
        let mut all = self.disk.borrow().paths()?;
        let known = self.known.borrow();
        all.extend(known.iter().filter(|(_, text)| text.is_ok()).map(|(path, _)| path.clone()));
        all.sort_unstable();
        all.dedup();
        Some(all)
    }
}

fn look(disk: &mut disk::Tree<'_>, path: &str) -> std::result::Result<Arc<str>, TreeError> {
    let outside = path.starts_with('/') || path.contains(['\\', '\0']) || path.split('/').any(|part| part == "..");
    if outside {
        return Err(TreeError::Outside);
    }
    match disk.at(path) {
        Ok(None) => Err(TreeError::Missing),
        Ok(Some(OnDisk::Text(text))) => Ok(text.into()),
        Ok(Some(OnDisk::Unreadable(why))) => Err(TreeError::Unreadable(why)),
        Err(error) => Err(TreeError::Unreadable(error.to_string())),
    }
}
