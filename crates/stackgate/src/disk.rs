//! Reads what stands on disk: the spec, and every path where an artifact belongs or an adapter may write.
//!
//! What must hold: nothing outside the root is read, neither through `..` nor through a symbolic link; a file larger
//! than the limit is not read at all; no file is read twice. It never writes.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, FileType};
use std::io::Read as _;
use std::path::Path;

use stackgate_drift::OnDisk;
use stackgate_provider::{Artifact, Place};

use crate::error::{Error, Result};

/// Bytes above which a file is no pipeline of ours.
const LARGEST: u64 = 1024 * 1024;

/// What stands at each artifact's path, and every other file in the places of the providers that has a marker.
pub(crate) fn snapshot(
    root: &Path,
    artifacts: &[Artifact],
    places: impl Iterator<Item = Place>,
) -> Result<BTreeMap<String, OnDisk>> {
    let mut tree = Tree::new(root);
    let mut disk = BTreeMap::new();
    let mut others = Vec::new();
    for (folder, places) in by_folder(places) {
        // The root comes first, so that most folders are known not to be there. Some disks take upper and lower case for
        // the same.
        let top = folder.split('/').next().unwrap_or(folder);
        let listed = folder.is_empty() || tree.kinds.keys().any(|name| name.eq_ignore_ascii_case(top));
        // The root itself is a folder, whatever leads to it.
        if !listed || !tree.is_folder(folder) {
            continue;
        }
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        for entry in entries.flatten() {
            let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else { continue };
            let Some(name) = name.to_str() else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if kind.is_file() && places.iter().any(|place| place.holds(&path)) {
                others.push(path.clone());
            }
            tree.kinds.insert(path, Some(kind));
        }
    }
    for artifact in artifacts {
        if let Some(found) = tree.at(&artifact.path)? {
            disk.insert(artifact.path.clone(), found);
        }
    }
    for path in others {
        if disk.contains_key(&path) {
            continue;
        }
        // A file without our marker is nobody's business here, whatever is in it.
        if let Some(OnDisk::Text(text)) = tree.at(&path)?
            && stackgate_provider::marker_of(&text).is_some()
        {
            disk.insert(path, OnDisk::Text(text));
        }
    }
    Ok(disk)
}

/// The places of each folder, so that a folder is read once; the root, which has no name, is the first.
fn by_folder(places: impl Iterator<Item = Place>) -> BTreeMap<&'static str, Vec<Place>> {
    let mut folders: BTreeMap<&'static str, Vec<Place>> = BTreeMap::new();
    for place in places {
        folders.entry(place.folder).or_default().push(place);
    }
    folders
}

/// What stands at a path below the root; `None` when nothing does.
pub(crate) fn at(root: &Path, path: &str) -> Result<Option<OnDisk>> {
    Tree::new(root).at(path)
}

/// What is known of the files below the root, for as long as one look at them takes.
pub(crate) struct Tree<'a> {
    root: &'a Path,
    /// The kind of what stands at a path; `None` where that cannot be told.
    kinds: HashMap<String, Option<FileType>>,
}

impl<'a> Tree<'a> {
    pub(crate) fn new(root: &'a Path) -> Tree<'a> {
        Tree { root, kinds: HashMap::new() }
    }

    /// What stands at a path; `None` when nothing does.
    pub(crate) fn at(&mut self, path: &str) -> Result<Option<OnDisk>> {
        if let Some(link) = self.link_above(path.rsplit_once('/').map_or("", |(folder, _)| folder)) {
            return Ok(Some(OnDisk::Unreadable(format!("{link} is a symbolic link"))));
        }
        let full = self.root.join(path);
        let kind = match self.kinds.get(path) {
            Some(Some(kind)) => *kind,
            _ => match std::fs::symlink_metadata(&full) {
                Ok(metadata) => metadata.file_type(),
                Err(error) if is_absent(&error) => return Ok(None),
                Err(source) => return Err(Error::Disk { path: full, what: "look at", source }),
            },
        };
        if kind.is_symlink() {
            return Ok(Some(OnDisk::Unreadable("it is a symbolic link".into())));
        }
        if kind.is_dir() {
            return Ok(Some(OnDisk::Unreadable("it is a directory".into())));
        }
        if !kind.is_file() {
            return Ok(Some(OnDisk::Unreadable("it is not a regular file".into())));
        }
        let bytes = match read_limited(&full, LARGEST) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Some(OnDisk::Unreadable(format!("it is larger than {} KiB", LARGEST / 1024)))),
            Err(source) => return Err(Error::Disk { path: full, what: "read", source }),
        };
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => OnDisk::Text(text),
            Err(_) => OnDisk::Unreadable("it is not UTF-8".into()),
        }))
    }

    /// The first symbolic link among the folders of a path.
    fn link_above(&mut self, folder: &str) -> Option<String> {
        for part in ways(folder) {
            if self.kind(part)?.is_symlink() {
                return Some(part.to_owned());
            }
        }
        None
    }

    /// Whether a path is a folder, and all on the way there are, without a symbolic link.
    fn is_folder(&mut self, folder: &str) -> bool {
        ways(folder).all(|part| self.kind(part).is_some_and(|kind| kind.is_dir()))
    }

    /// The kind of what stands at a path; looked for once.
    fn kind(&mut self, path: &str) -> Option<FileType> {
        if let Some(kind) = self.kinds.get(path) {
            return *kind;
        }
        let metadata = std::fs::symlink_metadata(self.root.join(path));
        let kind = metadata.ok().map(|metadata| metadata.file_type());
        self.kinds.insert(path.to_owned(), kind);
        kind
    }
}

/// Reads at most `limit` bytes; `None` for a larger file.
pub(crate) fn read_limited(path: &Path, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(if bytes.len() as u64 > limit { None } else { Some(bytes) })
}

/// The folders on the way to a folder, and itself: `a` and `a/b` of `a/b`.
fn ways(folder: &str) -> impl Iterator<Item = &str> {
    let ends = folder.match_indices('/').map(|(end, _)| end).chain([folder.len()]);
    ends.map(|end| &folder[..end]).filter(|part| !part.is_empty())
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}
