//! The same as `folder.rs` by paths, for systems without handles of folders: Windows.
//!
//! What must hold: every component is looked at before use, and none may be a link. Whoever swaps one between the look and
//! the use is not stopped here, and two runs at once are not kept apart; SECURITY.md says so.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{Entry, Kind, Opened, ways};

/// A folder by its path.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// Opens a file that the user named; links are followed.
pub(crate) fn open_named(path: &Path) -> io::Result<Opened> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            let file = File::open(path)?;
            Ok(Opened::File { size: file.metadata()?.len(), mode: 0o644, file })
        }
        Ok(_) => Ok(Opened::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Opened::Absent),
        Err(error) => Err(error),
    }
}

impl Folder {
    /// The folder that the user named.
    pub(crate) fn open(path: &Path) -> io::Result<Folder> {
        let path = if path == Path::new("") { Path::new(".") } else { path };
        if fs::metadata(path)?.is_dir() {
            Ok(Folder { path: path.to_path_buf() })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// A folder below this one; an empty path is this one.
    pub(crate) fn folder(&self, path: &str) -> io::Result<Folder> {
        for part in ways(path) {
            match self.kind(part)? {
                Some(Kind::Folder) => {}
                None => return Err(io::ErrorKind::NotFound.into()),
                Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
            }
        }
        Ok(Folder { path: if path.is_empty() { self.path.clone() } else { self.path.join(path) } })
    }

    /// Opens a regular file below this folder.
    pub(crate) fn file(&self, path: &str) -> io::Result<Opened> {
        for part in ways(path) {
            match self.kind(part)? {
                Some(Kind::Folder) if part != path => {}
                Some(Kind::File) if part == path => {}
                None => return Ok(Opened::Absent),
                Some(_) => return Ok(Opened::Other),
            }
        }
        open_named(&self.path.join(path))
    }

    /// What the folder of that path holds, in no order; `None` where there is no such folder without a link.
    pub(crate) fn list(&self, path: &str) -> io::Result<Option<Vec<Entry>>> {
        use io::ErrorKind::{NotADirectory, NotFound};
        let folder = match self.folder(path) {
            Ok(folder) => folder,
            Err(error) if matches!(error.kind(), NotADirectory | NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut entries = Vec::new();
        for entry in fs::read_dir(&folder.path)? {
            let entry = entry?;
            if let Some(name) = entry.file_name().to_str() {
                entries.push(Entry { name: name.to_owned(), kind: Some(kind(entry.file_type()?)) });
            }
        }
        Ok(Some(entries))
    }

    /// What stands at a path, the last component's link not followed.
    pub(crate) fn kind(&self, path: &str) -> io::Result<Option<Kind>> {
        use io::ErrorKind::{NotADirectory, NotFound};
        match fs::symlink_metadata(self.path.join(path)) {
            Ok(found) => Ok(Some(kind(found.file_type()))),
            Err(error) if matches!(error.kind(), NotADirectory | NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Creates a file that did not exist; there are no modes here.
    pub(crate) fn create(&self, name: &str, _mode: u32) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.path.join(name))
    }

    /// Two names cannot change places in one step here.
    pub(crate) fn exchange(&self, _one: &str, _other: &str) -> io::Result<bool> {
        Ok(false)
    }

    /// Renames to a name that nothing has, as far as a look tells.
    pub(crate) fn rename_new(&self, from: &str, to: &str) -> io::Result<()> {
        if self.kind(to)?.is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.rename(from, to)
    }

    /// Renames, over whatever file has that name.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    /// Makes a folder; `false` where something has that name.
    pub(crate) fn make(&self, name: &str) -> io::Result<bool> {
        match fs::create_dir(self.path.join(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, name: &str) -> io::Result<()> {
        fs::remove_dir(self.path.join(name))
    }

    /// A folder by its path has nothing to wait for.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// A folder by its path cannot be locked.
    pub(crate) fn lock(&self) -> io::Result<bool> {
        Ok(true)
    }

    /// Whether both are one folder, as their paths say.
    pub(crate) fn is(&self, other: &Folder) -> io::Result<bool> {
        Ok(self.path == other.path)
    }
}

fn kind(of: fs::FileType) -> Kind {
    if of.is_file() {
        Kind::File
    } else if of.is_dir() {
        Kind::Folder
    } else if of.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn files_are_made_renamed_and_listed_and_links_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let root = Folder::open(temp.path()).unwrap();
        assert!(root.make("a").unwrap() && !root.make("a").unwrap());
        let folder = root.folder("a").unwrap();
        folder.create("new", 0o644).unwrap().write_all(b"text").unwrap();
        assert!(folder.create("new", 0o644).is_err());
        folder.rename_new("new", "file").unwrap();
        folder.create("new", 0o644).unwrap();
        assert!(folder.rename_new("new", "file").is_err());
        assert!(matches!(root.file("a/file").unwrap(), Opened::File { size: 4, .. }));
        assert!(matches!(root.file("a/none").unwrap(), Opened::Absent));
        assert!(matches!(root.file("a").unwrap(), Opened::Other));
        assert_eq!(root.list("a").unwrap().unwrap().len(), 2);
        assert!(root.list("none").unwrap().is_none());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("a", temp.path().join("link")).unwrap();
            assert!(matches!(root.file("link/file").unwrap(), Opened::Other));
            assert!(root.folder("link").is_err());
            assert!(root.list("link").unwrap().is_none());
        }
        folder.remove("file").unwrap();
        folder.remove("new").unwrap();
        root.remove_folder("a").unwrap();
    }
}
