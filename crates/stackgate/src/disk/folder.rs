//! A folder as an open handle, and what may be done below it.
//!
//! What must hold: no symbolic link is followed below the handle, in any component, whoever swaps what meanwhile; a pipe
//! or a device is neither waited for nor read. The handle itself is opened by its path, links included: that path is the
//! user's own. Deliberately absent: what the files mean.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::{Entry, Kind, Opened};

/// Without `NONBLOCK` a pipe would be waited for; without `NOCTTY` a terminal could become ours.
const READ: OFlags =
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder {
    handle: OwnedFd,
}

/// Opens a file that the user named; links are followed, pipes and devices are not read.
pub(crate) fn open_named(path: &Path) -> io::Result<Opened> {
    opened(rustix::fs::openat(CWD, path, READ.difference(OFlags::NOFOLLOW), Mode::empty()))
}

impl Folder {
    /// Opens the folder that the user named.
    pub(crate) fn open(path: &Path) -> io::Result<Folder> {
        let path = if path == Path::new("") { Path::new(".") } else { path };
        Ok(Folder { handle: rustix::fs::openat(CWD, path, FOLDER.difference(OFlags::NOFOLLOW), Mode::empty())? })
    }

    /// A folder below this one; an empty path is this one.
    pub(crate) fn folder(&self, path: &str) -> io::Result<Folder> {
        let handle =
            if path.is_empty() { self.handle.try_clone()? } else { beneath(self.handle.as_fd(), path, FOLDER)? };
        Ok(Folder { handle })
    }

    /// Opens a regular file below this folder.
    pub(crate) fn file(&self, path: &str) -> io::Result<Opened> {
        opened(beneath(self.handle.as_fd(), path, READ))
    }

    /// What the folder of that path holds, in no order; `None` where there is no such folder without a link.
    pub(crate) fn list(&self, path: &str) -> io::Result<Option<Vec<Entry>>> {
        let path = if path.is_empty() { "." } else { path };
        let handle = match beneath(self.handle.as_fd(), path, FOLDER) {
            Ok(handle) => handle,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut entries = Vec::new();
        for entry in Dir::new(handle)? {
            let entry = entry?;
            // A name that is not UTF-8 is no path of ours, nor are the two that every folder has.
            if let Ok(name) = entry.file_name().to_str()
                && name != "."
                && name != ".."
            {
                entries.push(Entry { name: name.to_owned(), kind: kind(entry.file_type()) });
            }
        }
        Ok(Some(entries))
    }

    /// What stands at a path, the last component's link not followed. It is for messages: what it says may be over at
    /// once.
    pub(crate) fn kind(&self, path: &str) -> io::Result<Option<Kind>> {
        match rustix::fs::statat(&self.handle, path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(kind(FileType::from_raw_mode(found.st_mode))),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Creates a file that did not exist, with exactly that mode.
    pub(crate) fn create(&self, name: &str, mode: u32) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?;
        // What the process masks off new files does not count for a file that is replaced.
        if let Err(error) = rustix::fs::fchmod(&file, Mode::from_raw_mode(mode as rustix::fs::RawMode)) {
            let _ = self.remove(name);
            return Err(error.into());
        }
        Ok(File::from(file))
    }

    /// Lets two names change places in one step; `false` where this disk cannot.
    pub(crate) fn exchange(&self, one: &str, other: &str) -> io::Result<bool> {
        self.rename_with(one, other, Flag::Exchange)
    }

    /// Renames to a name that nothing has; where the disk cannot do that in one step, it looks first.
    pub(crate) fn rename_new(&self, from: &str, to: &str) -> io::Result<()> {
        if self.rename_with(from, to, Flag::New)? {
            return Ok(());
        }
        if self.kind(to)?.is_some() {
            return Err(Errno::EXIST.into());
        }
        self.rename(from, to)
    }

    /// Renames, over whatever file has that name.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// Makes a folder; `false` where something has that name.
    pub(crate) fn make(&self, name: &str) -> io::Result<bool> {
        match rustix::fs::mkdirat(&self.handle, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
    }

    /// Waits until the folder's names are on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.handle) {
            // Some disks have nothing to do for a folder.
            Ok(()) | Err(Errno::INVAL) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Locks the folder for this process as long as the handle is open; `false` while another one holds it. It needs no
    /// file, so that none is left behind.
    pub(crate) fn lock(&self) -> io::Result<bool> {
        match rustix::fs::flock(&self.handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether both handles are of one folder.
    pub(crate) fn is(&self, other: &Folder) -> io::Result<bool> {
        let (one, other): (Stat, Stat) = (rustix::fs::fstat(&self.handle)?, rustix::fs::fstat(&other.handle)?);
        Ok(one.st_dev == other.st_dev && one.st_ino == other.st_ino)
    }

    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn rename_with(&self, from: &str, to: &str, flag: Flag) -> io::Result<bool> {
        let flag = match flag {
            Flag::Exchange => RenameFlags::EXCHANGE,
            Flag::New => RenameFlags::NOREPLACE,
        };
        match rustix::fs::renameat_with(&self.handle, from, &self.handle, to, flag) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    fn rename_with(&self, _from: &str, _to: &str, _flag: Flag) -> io::Result<bool> {
        Ok(false)
    }
}

#[derive(Clone, Copy)]
enum Flag {
    Exchange,
    New,
}

/// Opens a path below a folder without following a link in any component.
fn beneath(at: BorrowedFd<'_>, path: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::ResolveFlags;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(at, path, flags, Mode::empty(), resolve) {
            // Kernels before 5.6 do not have the call, and some sandboxes forbid it.
            Err(Errno::NOSYS | Errno::PERM) => {}
            done => return done,
        }
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut held: Option<OwnedFd> = None;
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        if part == ".." {
            return Err(Errno::XDEV);
        }
        let above = held.as_ref().map_or(at, AsFd::as_fd);
        held = Some(rustix::fs::openat(above, part, FOLDER, Mode::empty())?);
    }
    if name == ".." {
        return Err(Errno::XDEV);
    }
    rustix::fs::openat(held.as_ref().map_or(at, AsFd::as_fd), name, flags, Mode::empty())
}

/// What an attempt to open a file came to.
fn opened(result: rustix::io::Result<OwnedFd>) -> io::Result<Opened> {
    let handle = match result {
        Ok(handle) => handle,
        Err(Errno::NOENT) => return Ok(Opened::Absent),
        // A link, a file among the folders, a socket, a device without a driver.
        Err(Errno::LOOP | Errno::MLINK | Errno::NOTDIR | Errno::NXIO | Errno::NODEV) => return Ok(Opened::Other),
        Err(error) => return Err(error.into()),
    };
    let found = rustix::fs::fstat(&handle)?;
    if kind(FileType::from_raw_mode(found.st_mode)) != Some(Kind::File) {
        return Ok(Opened::Other);
    }
    let size = u64::try_from(found.st_size).unwrap_or(u64::MAX);
    Ok(Opened::File { file: File::from(handle), size, mode: Mode::from_raw_mode(found.st_mode).bits() as u32 & 0o777 })
}

fn kind(of: FileType) -> Option<Kind> {
    match of {
        FileType::RegularFile => Some(Kind::File),
        FileType::Directory => Some(Kind::Folder),
        FileType::Symlink => Some(Kind::Link),
        // Some disks do not say it in a listing.
        FileType::Unknown => None,
        _ => Some(Kind::Other),
    }
}
