//! Reads what stands on disk: the spec, and every path where an artifact belongs or an adapter may write.
//!
//! What must hold: nothing outside the root is read, neither through `..` nor through a symbolic link; a file larger
//! than the limit is not read at all; no file is read twice, and of a file that is not ours no more than its head. It
//! never writes: `write` does, through the same handles.

#[cfg(unix)]
mod folder;
#[cfg(any(not(unix), test))]
#[cfg_attr(unix, allow(dead_code, reason = "here it is compiled for its own test alone"))]
mod plain;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use stackgate_drift::OnDisk;
use stackgate_provider::{Artifact, Place};

use crate::error::{Error, Result};
use crate::write::JOURNAL;

#[cfg(unix)]
pub(crate) use folder::{Folder, open_named};
#[cfg(not(unix))]
pub(crate) use plain::{Folder, open_named};

/// Bytes above which a file is no pipeline of ours.
pub(crate) const LARGEST: u64 = 1024 * 1024;

/// Bytes that files with our marker may have together where no artifact belongs: each is kept until it was compared.
const MOST_MARKED: usize = 16 * 1024 * 1024;

/// How much of a file that may be somebody else's is read before its first line has to be a marker.
const HEAD: usize = 4096;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// A name in a folder.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// `None` where the disk does not say.
    pub(crate) kind: Option<Kind>,
}

/// What an attempt to open a regular file came to.
#[derive(Debug)]
pub(crate) enum Opened {
    Absent,
    File {
        file: File,
        size: u64,
        mode: u32,
    },
    /// Something else stands there, or a link or a file on the way.
    Other,
}

/// What a look at the repository found.
pub(crate) struct Look {
    /// What stands at each artifact's path, and every other file in the places of the providers that has a marker.
    pub(crate) files: BTreeMap<String, OnDisk>,
    /// Whether a run that did not end has left its journal.
    pub(crate) journal: bool,
}

pub(crate) fn look(root: &Path, artifacts: &[Artifact], places: impl Iterator<Item = Place>) -> Result<Look> {
    let mut tree = Tree::open(root)?;
    let mut files = BTreeMap::new();
    let mut others = Vec::new();
    for (folder, places) in by_folder(places) {
        // The root comes first, so that most folders are known not to be there. Some disks take upper and lower case for
        // the same.
        let top = folder.split('/').next().unwrap_or(folder);
        if !folder.is_empty() && !tree.kinds.keys().any(|name| name.eq_ignore_ascii_case(top)) {
            continue;
        }
        for Entry { name, kind } in tree.list(folder)? {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if matches!(kind, Some(Kind::File) | None) && places.iter().any(|place| place.holds(&path)) {
                others.push(path.clone());
            }
            tree.kinds.insert(path, kind);
        }
    }
    for artifact in artifacts {
        if let Some(found) = tree.at(&artifact.path)? {
            files.insert(artifact.path.clone(), found);
        }
    }
    let mut kept = 0;
    for path in others {
        if files.contains_key(&path) {
            continue;
        }
        // A file without our marker is nobody's business here, whatever is in it.
        if let Some(OnDisk::Text(text)) = tree.read(&path, Some(is_marked))?
            && stackgate_provider::marker_of(&text).is_some()
        {
            kept += text.len();
            if kept > MOST_MARKED {
                let mib = MOST_MARKED / 1024 / 1024;
                return Err(Error::Refused(format!(
                    "{path} and the files before it say that stackgate wrote them, and are more than {mib} MiB together: \
                     remove those that no spec asks for"
                )));
            }
            files.insert(path, OnDisk::Text(text));
        }
    }
    let journal = tree.kinds.contains_key(JOURNAL);
    Ok(Look { files, journal })
}

/// The places of each folder, so that a folder is read once; the root, which has no name, is the first, and always there.
fn by_folder(places: impl Iterator<Item = Place>) -> BTreeMap<&'static str, Vec<Place>> {
    let mut folders = BTreeMap::from([("", Vec::new())]);
    for place in places {
        folders.entry(place.folder).or_default().push(place);
    }
    folders
}

/// What stands at a path below the root; `None` when nothing does.
pub(crate) fn at(root: &Path, path: &str) -> Result<Option<OnDisk>> {
    Tree::open(root)?.at(path)
}

/// The files below the root whose paths a pattern matches, sorted; in each part of it, `*` stands for any part of one name.
/// No link is followed.
pub(crate) fn matching(root: &Path, pattern: &str) -> Result<Vec<String>> {
    let tree = Tree::open(root)?;
    let mut paths = vec![String::new()];
    let parts: Vec<&str> = pattern.split('/').collect();
    for (depth, part) in parts.iter().enumerate() {
        let wanted = if depth + 1 == parts.len() { Kind::File } else { Kind::Folder };
        let mut below = Vec::new();
        for folder in &paths {
            for Entry { name, kind } in tree.list(folder)? {
                if kind.is_none_or(|kind| kind == wanted) && name != ".git" && matches(part, &name) {
                    below.push(if folder.is_empty() { name } else { format!("{folder}/{name}") });
                }
            }
        }
        paths = below;
    }
    paths.sort_unstable();
    Ok(paths)
}

/// Whether a name is what a pattern says, in which `*` is any text.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest)))),
    }
}

/// What is known of the files below the root, for as long as one look at them takes.
pub(crate) struct Tree<'a> {
    path: &'a Path,
    /// Absent where the root is.
    root: Option<Folder>,
    /// The kind of what stands at a path; `None` where that cannot be told.
    kinds: HashMap<String, Option<Kind>>,
}

impl<'a> Tree<'a> {
    pub(crate) fn open(path: &'a Path) -> Result<Tree<'a>> {
        let root = match Folder::open(path) {
            Ok(root) => Some(root),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(source) => return Err(Error::Disk { path: path.to_path_buf(), what: "open", source }),
        };
        Ok(Tree { path, root, kinds: HashMap::new() })
    }

    /// Every file, sorted, no link followed; none where there are more than anybody should look through.
    pub(crate) fn paths(&self) -> Option<Vec<String>> {
        const MOST: usize = 20_000;
        let (mut all, mut folders, mut seen) = (Vec::new(), vec![String::new()], 0);
        while let Some(folder) = folders.pop() {
            for Entry { name, kind } in self.list(&folder).ok()? {
                seen += 1;
                if seen > MOST {
                    return None;
                }
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                match kind {
                    Some(Kind::Folder) if name != ".git" => folders.push(path),
                    Some(Kind::File) => all.push(path),
                    _ => {}
                }
            }
        }
        all.sort_unstable();
        Some(all)
    }

    /// What stands at a path; `None` when nothing does.
    pub(crate) fn at(&mut self, path: &str) -> Result<Option<OnDisk>> {
        self.read(path, None)
    }

    /// The same, of a file whose head is wanted; another counts as absent.
    fn read(&mut self, path: &str, wanted: Wanted) -> Result<Option<OnDisk>> {
        let Some(root) = &self.root else { return Ok(None) };
        let base = self.path;
        let failed = |what| move |source| Error::Disk { path: base.join(path), what, source };
        let opened = match self.kinds.get(path) {
            // What a listing has shown to be no file is not even opened: opening a device may do something.
            Some(Some(Kind::Folder | Kind::Link | Kind::Other)) => Opened::Other,
            _ => root.file(path).map_err(failed("open"))?,
        };
        Ok(match opened {
            Opened::Absent => None,
            Opened::Other => Some(OnDisk::Unreadable(why(root, path).map_err(failed("look at"))?)),
            Opened::File { size, .. } if size > LARGEST => Some(too_large()),
            Opened::File { file, size, .. } => match read_all(file, size, LARGEST, wanted).map_err(failed("read"))? {
                Bytes::Whole(bytes) => Some(match String::from_utf8(bytes) {
                    Ok(text) => OnDisk::Text(text),
                    Err(_) => OnDisk::Unreadable("it is not UTF-8".into()),
                }),
                Bytes::TooMany => Some(too_large()),
                Bytes::Unwanted => None,
            },
        })
    }

    /// The names in a folder; none where there is no such folder, or a link leads to it.
    fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let Some(root) = &self.root else { return Ok(Vec::new()) };
        // A folder that cannot be looked into may hold anything; it is not the same as an empty one.
        let failed = |source| Error::Disk { path: self.path.join(folder), what: "look into", source };
        Ok(root.list(folder).map_err(failed)?.unwrap_or_default())
    }
}

fn too_large() -> OnDisk {
    OnDisk::Unreadable(format!("it is larger than {} KiB", LARGEST / 1024))
}

/// Why there is no regular file at a path, for people.
pub(crate) fn why(root: &Folder, path: &str) -> io::Result<String> {
    for part in ways(path) {
        let last = part == path;
        let what = match root.kind(part)? {
            None => break,
            Some(Kind::Link) => "a symbolic link",
            Some(Kind::Folder) if !last => continue,
            Some(Kind::Folder) => "a directory",
            Some(_) if !last => "not a directory",
            Some(_) => "not a regular file",
        };
        return Ok(if last { format!("it is {what}") } else { format!("{part} is {what}") });
    }
    Ok("it changed while it was looked at".into())
}

/// Whether a file begins as our marker line does.
fn is_marked(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    // In a script, the marker stands below the first line.
    let below = match head.strip_prefix(b"#!") {
        Some(rest) => rest.iter().position(|byte| *byte == b'\n').map_or(rest, |end| &rest[end + 1..]),
        None => head,
    };
    [&b"# stackgate "[..], b"// stackgate ", b"<!-- stackgate "].iter().any(|marker| below.starts_with(marker))
}

/// What reading a file came to.
pub(crate) enum Bytes {
    Whole(Vec<u8>),
    TooMany,
    Unwanted,
}

/// Whether the rest of a file that begins so is to be read.
pub(crate) type Wanted = Option<fn(&[u8]) -> bool>;

/// Reads a file of about that size, at most `limit` bytes, and no more than its head where the rest is not wanted.
pub(crate) fn read_all(mut file: File, size: u64, limit: u64, mut wanted: Wanted) -> io::Result<Bytes> {
    let size = usize::try_from(size.min(limit)).unwrap_or(usize::MAX);
    // One byte more than the size, so that a file that has grown is seen.
    let mut bytes = vec![0; size.saturating_add(1)];
    let mut end = 0;
    loop {
        if end == bytes.len() {
            if end as u64 > limit {
                return Ok(Bytes::TooMany);
            }
            bytes.resize((end * 2).min(limit as usize + 1), 0);
        }
        let until = if wanted.is_some() { bytes.len().min(HEAD) } else { bytes.len() };
        match file.read(&mut bytes[end..until]) {
            Ok(0) => break,
            Ok(count) => end += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if wanted.take().is_some_and(|wanted| !wanted(&bytes[..end])) {
            return Ok(Bytes::Unwanted);
        }
    }
    bytes.truncate(end);
    Ok(Bytes::Whole(bytes))
}

/// Reads a file that the user named, at most `limit` bytes; `None` for a larger one.
pub(crate) fn read_limited(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let (file, size) = match open_named(path)? {
        Opened::File { file, size, .. } => (file, size),
        Opened::Absent => return Err(ErrorKind::NotFound.into()),
        // A pipe would be waited for, perhaps for ever.
        Opened::Other => return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")),
    };
    if size > limit {
        return Ok(None);
    }
    Ok(match read_all(file, size, limit, None)? {
        Bytes::Whole(bytes) => Some(bytes),
        Bytes::TooMany | Bytes::Unwanted => None,
    })
}

/// The folders on the way to a path, and itself: `a` and `a/b` of `a/b`.
pub(crate) fn ways(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.map(|end| &path[..end]).filter(|part| !part.is_empty())
}
