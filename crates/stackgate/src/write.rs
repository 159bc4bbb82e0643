//! Writes artifacts: all or nothing, each beside its place and then renamed, and never outside the root.
//!
//! What must hold: everything is rendered and read back before this begins; a failure half-way restores what was there;
//! a file that is not ours is replaced only when it was named; nothing of the user's is ever deleted.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use stackgate_drift::{FileReport, Report, State};

use crate::disk;
use crate::error::{Error, Result};

/// What a write may do beyond its own files.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// Paths of files that are not ours and may be replaced.
    pub adopt: Vec<String>,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It did not exist.
    Created,
    /// It was ours, and is now up to date.
    Updated,
    /// It was not ours, and was named to be replaced.
    Adopted,
    /// The spec no longer asks for it.
    Removed,
}

impl Action {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Updated => "updated",
            Action::Adopted => "adopted",
            Action::Removed => "removed",
        }
    }
}

/// What a write did, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Path and what was done, in the order of the report. Clean files are not here.
    pub files: Vec<(String, Action)>,
    /// How many files were what the spec says already.
    pub clean: usize,
}

/// What a write would do; everything that speaks against it at once.
pub(crate) fn intend(report: &Report, options: &WriteOptions) -> Result<Changes> {
    let mut changes = Changes::default();
    let mut refusals = Vec::new();
    for file in &report.files {
        let path = &file.path;
        let adopted = options.adopt.iter().any(|named| named.trim_start_matches("./") == path);
        let action = match file.state {
            State::Clean => {
                changes.clean += 1;
                continue;
            }
            State::Missing => Action::Created,
            State::Edited | State::Outdated => Action::Updated,
            State::Orphaned => Action::Removed,
            State::NotOurs if adopted => Action::Adopted,
            State::NotOurs => {
                refusals.push(format!("{path} was not written by stackgate; `--adopt {path}` replaces it"));
                continue;
            }
            State::Unreadable => {
                let what = file.found.as_deref().unwrap_or("it cannot be read");
                refusals.push(format!("{path} cannot be replaced: {what}; move it away first"));
                continue;
            }
            State::OrphanEdited => {
                refusals.push(format!("{path} is no longer asked for by the spec, but somebody changed it; remove it"));
                continue;
            }
        };
        changes.files.push((path.clone(), action));
    }
    for named in &options.adopt {
        if !report.files.iter().any(|file| file.path == named.trim_start_matches("./")) {
            refusals.push(format!("{named} is not the path of an artifact; `--adopt` takes none other"));
        }
    }
    if refusals.is_empty() { Ok(changes) } else { Err(Error::Refused(refusals.join("\n"))) }
}

/// Carries the changes out.
pub(crate) fn write(root: &Path, report: &Report, changes: &Changes) -> Result<()> {
    let mut undo = Undo::default();
    for (path, action) in &changes.files {
        let Some(file) = report.files.iter().find(|file| file.path == *path) else { continue };
        let done = match action {
            Action::Removed => remove(root, file, &mut undo),
            Action::Created | Action::Updated | Action::Adopted => replace(root, file, &mut undo),
        };
        if let Err(error) = done {
            undo.restore();
            return Err(error);
        }
    }
    Ok(())
}

fn replace(root: &Path, file: &FileReport, undo: &mut Undo) -> Result<()> {
    let target = root.join(&file.path);
    let folder = target.parent().unwrap_or(root);
    undo.folders(root, folder)?;
    same_as_before(root, file)?;
    put(&target, file.expected.as_deref().unwrap_or_default())?;
    undo.files.push((target, file.found.clone()));
    Ok(())
}

fn remove(root: &Path, file: &FileReport, undo: &mut Undo) -> Result<()> {
    let target = root.join(&file.path);
    same_as_before(root, file)?;
    fs::remove_file(&target).map_err(|source| Error::Disk { path: target.clone(), what: "remove", source })?;
    undo.files.push((target, file.found.clone()));
    Ok(())
}

/// Somebody may have changed the file since it was compared; then what was shown is not what would be lost.
fn same_as_before(root: &Path, file: &FileReport) -> Result<()> {
    let now = match disk::at(root, &file.path)? {
        None => None,
        Some(stackgate_drift::OnDisk::Text(text)) => Some(text),
        Some(stackgate_drift::OnDisk::Unreadable(what)) => {
            return Err(Error::Refused(format!("{} cannot be replaced: {what}", file.path)));
        }
    };
    if now == file.found {
        return Ok(());
    }
    Err(Error::Refused(format!("{} changed while stackgate was working; run it again", file.path)))
}

/// Writes beside the place, with the old file's permissions, and renames.
fn put(target: &Path, text: &str) -> Result<()> {
    let failed = |what: &'static str| move |source| Error::Disk { path: target.to_path_buf(), what, source };
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside =
        tempfile::Builder::new().prefix(".stackgate-").tempfile_in(folder).map_err(failed("write beside"))?;
    beside.write_all(text.as_bytes()).map_err(failed("write"))?;
    beside.as_file().sync_all().map_err(failed("write"))?;
    set_permissions(beside.path(), target).map_err(failed("set the permissions of"))?;
    beside.persist(target).map_err(|error| failed("replace")(error.error))?;
    Ok(())
}

/// Gives the new file the old one's permissions, or those of a file that everybody may read.
fn set_permissions(beside: &Path, target: &Path) -> std::io::Result<()> {
    if let Ok(metadata) = fs::metadata(target) {
        return fs::set_permissions(beside, metadata.permissions());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(beside, fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// What was there before, so that a failure half-way leaves nothing of itself.
#[derive(Default)]
struct Undo {
    files: Vec<(PathBuf, Option<String>)>,
    made: Vec<PathBuf>,
}

impl Undo {
    /// Makes the folders of a target, refusing to go through a symbolic link.
    fn folders(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
        let mut at = root.to_path_buf();
        for part in below.components() {
            at.push(part);
            match fs::symlink_metadata(&at) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(Error::Refused(format!("{} is not a directory", at.display()))),
                Err(_) => {
                    fs::create_dir(&at).map_err(|source| Error::Disk { path: at.clone(), what: "create", source })?;
                    self.made.push(at.clone());
                }
            }
        }
        Ok(())
    }

    /// Puts everything back, as far as the disk lets it.
    fn restore(self) {
        for (path, before) in self.files.into_iter().rev() {
            // A second failure cannot be mended here; the first one is what the user reads.
            let _ = match before {
                Some(text) => put(&path, &text).is_ok(),
                None => fs::remove_file(&path).is_ok(),
            };
        }
        for folder in self.made.into_iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
