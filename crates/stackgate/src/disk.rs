//! Reads what stands on disk: the spec, and every path where an artifact belongs or an adapter may write.
//!
//! What must hold: nothing outside the root is read, neither through `..` nor through a symbolic link; a file larger
//! than the limit is not read at all; no file is read twice. It never writes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use stackgate_drift::OnDisk;
use stackgate_provider::{Artifact, Place};

use crate::error::{Error, Result};

/// Bytes above which a file is no pipeline of ours.
const LARGEST: u64 = 1024 * 1024;

/// What stands at each artifact's path, and every other file in the places of the providers that has a marker.
pub(crate) fn snapshot(root: &Path, artifacts: &[Artifact], places: &[Place]) -> Result<BTreeMap<String, OnDisk>> {
    let mut disk = BTreeMap::new();
    for artifact in artifacts {
        if let Some(found) = at(root, &artifact.path)? {
            disk.insert(artifact.path.clone(), found);
        }
    }
    for (folder, places) in by_folder(places) {
        if !folder.is_empty() && (!root.join(folder).is_dir() || link_above(root, folder).is_some()) {
            continue;
        }
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        for entry in entries.flatten() {
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if !places.iter().any(|place| place.holds(&path))
                || disk.contains_key(&path)
                || !entry.file_type().is_ok_and(|kind| kind.is_file())
            {
                continue;
            }
            // A file without our marker is nobody's business here, whatever is in it.
            if let Some(OnDisk::Text(text)) = at(root, &path)?
                && stackgate_provider::marker_of(&text).is_some()
            {
                disk.insert(path, OnDisk::Text(text));
            }
        }
    }
    Ok(disk)
}

/// The places of each folder, so that a folder is read once.
fn by_folder(places: &[Place]) -> BTreeMap<&'static str, Vec<Place>> {
    let mut folders: BTreeMap<&'static str, Vec<Place>> = BTreeMap::new();
    for place in places {
        folders.entry(place.folder).or_default().push(*place);
    }
    folders
}

/// What stands at a path below the root; `None` when nothing does.
pub(crate) fn at(root: &Path, path: &str) -> Result<Option<OnDisk>> {
    if let Some(link) = link_above(root, path.rsplit_once('/').map_or("", |(folder, _)| folder)) {
        return Ok(Some(OnDisk::Unreadable(format!("{link} is a symbolic link"))));
    }
    let full = root.join(path);
    let kind = match std::fs::symlink_metadata(&full) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if is_absent(&error) => return Ok(None),
        Err(source) => return Err(Error::Disk { path: full, what: "look at", source }),
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

/// The first symbolic link among the folders of a path below the root.
pub(crate) fn link_above(root: &Path, folder: &str) -> Option<String> {
    let mut at = root.to_path_buf();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        at.push(part);
        match std::fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.file_type().is_symlink() => {
                return Some(at.strip_prefix(root).unwrap_or(&at).display().to_string());
            }
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    None
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}
