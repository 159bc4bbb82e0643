//! Looks at a repository: the names of its files, and the few that say something about Pulumi.
//!
//! What must hold: symbolic links are not followed, folders of dependencies are not entered, and there is a limit to
//! how much is looked at, which is said when it is reached.

use std::path::Path;

use stackgate_provider::{Detection, Provider, Repository};

use super::git;
use super::pulumi::{self, FoundProject};
use crate::registry::PROVIDERS;

/// Folders that never hold a project of the repository's own.
const SKIPPED: &[&str] = &[".git", "node_modules", "target", "vendor", "venv", ".venv", "bin", "obj", ".cache", "dist"];
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 8;

/// What was found in a repository.
pub struct Found {
    /// Host, path and file names.
    pub repository: Repository,
    /// The default branch, where git says it.
    pub branch: Option<String>,
    /// Pulumi projects by directory.
    pub projects: Vec<FoundProject>,
    /// Every provider, those that something speaks for first, the likeliest at the head.
    pub providers: Vec<(&'static dyn Provider, Detection)>,
    /// Whether there were more files than are looked at.
    pub cut: bool,
}

/// Looks at the repository whose root is `root`.
pub fn look(root: &Path) -> Found {
    let mut files = Vec::new();
    let cut = walk(root, "", 0, &mut files);
    files.sort();
    let remote = git::remote(root);
    let (host, path) = remote.map_or((None, None), |remote| (Some(remote.host), Some(remote.path)));
    let repository = Repository { host, path, files };
    let projects = pulumi::projects(root, &repository.files);
    let mut providers: Vec<(&'static dyn Provider, Detection)> =
        PROVIDERS.iter().map(|provider| (*provider, provider.detect(&repository))).collect();
    // A system whose own files are there is in use; the host alone says only that it could be.
    providers
        .sort_by_key(|(_, detection)| (detection.because.is_none(), detection.existing.is_empty(), !detection.hosted));
    Found { branch: git::default_branch(root), repository, projects, providers, cut }
}

fn walk(root: &Path, folder: &str, depth: usize, files: &mut Vec<String>) -> bool {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return false };
    let mut names: Vec<(String, bool)> = entries
        .flatten()
        .filter_map(|entry| {
            let kind = entry.file_type().ok()?;
            let name = entry.file_name().to_str()?.to_owned();
            (kind.is_file() || kind.is_dir()).then_some((name, kind.is_dir()))
        })
        .collect();
    names.sort();
    for (name, is_folder) in names {
        if files.len() >= MOST_FILES {
            return true;
        }
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if !is_folder {
            files.push(path);
        } else if !SKIPPED.contains(&name.as_str()) && depth < DEEPEST && walk(root, &path, depth + 1, files) {
            return true;
        }
    }
    false
}
