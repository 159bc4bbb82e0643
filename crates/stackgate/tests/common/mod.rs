//! What the tests share: where the snapshots are, and the day on which they are judged. It asserts nothing.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod edits;

use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use stackgate::Project;

/// The day on which every snapshot is judged.
pub(crate) const TODAY: Date = date(2026, 11, 23);

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders below a folder of `snapshots/`, sorted.
pub(crate) fn cases(of: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root().join("snapshots").join(of))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// The name of a case.
pub(crate) fn name(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}

/// The project of a case.
pub(crate) fn project(case: &Path) -> Project {
    match Project::load(&case.join(stackgate::SPEC_NAME), None, TODAY) {
        Ok(project) => project,
        Err(stackgate::Error::Spec { source, diagnostics }) => {
            panic!("{}:\n{}", case.display(), stackgate::diagnostic::render_text(&source, &diagnostics, false))
        }
        Err(error) => panic!("{}: {error}", case.display()),
    }
}

/// Whether this run writes the expected texts instead of comparing them.
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Every file below a folder, relative to it, sorted.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
