//! Finds pipelines: every file that a provider knows by its path, and those that the user names.
//!
//! What must hold: the order is that of paths; no link is followed; how much is looked through is bounded, and what lies
//! beyond is said. A file that the user names is a pipeline, and its provider is told by its path or by what it says.

use std::path::{Component, Path, PathBuf};

use stackgate_provider::Provider;
use stackgate_yaml::{Dialect, Limits, Node, parse_lenient};

use super::tree::{Files, join};
use crate::disk::Kind;
use crate::error::{Error, Result};
use crate::registry::{PROVIDERS, provider};

/// How many pipelines one audit judges.
pub(super) const MOST_PIPELINES: usize = 10_000;

/// How many names one audit looks through, and how deep.
const MOST_NAMES: usize = 1_000_000;
const DEEPEST: usize = 64;

/// Folders in which no system looks for a pipeline: git's own, and packages that were fetched.
const SKIPPED: &[&str] = &[".git", "node_modules"];

/// A pipeline that is to be read.
#[derive(Clone)]
pub(super) struct Found {
    /// Its path below the root.
    pub(super) path: String,
    /// The folder below the root that is its repository; empty for the root itself.
    pub(super) base: String,
    /// Whose it is.
    pub(super) provider: &'static dyn Provider,
}

/// What was found, and what could not be looked at.
#[derive(Default)]
pub(super) struct Search {
    /// By path.
    pub(super) found: Vec<Found>,
    /// Path and why.
    pub(super) unread: Vec<(String, String)>,
    /// Whether there was more than one audit judges.
    pub(super) cut: bool,
    names: usize,
}

/// Finds the pipelines below the paths, or below the root where there are none.
pub(super) fn search(root: &Path, files: &Files, paths: &[PathBuf]) -> Result<Search> {
    let mut search = Search::default();
    if paths.is_empty() {
        search.folder(files, "", "", 0);
    }
    for path in paths {
        let below = below(root, path)?;
        match files.root.kind(&below_or_dot(&below)) {
            Ok(Some(Kind::Folder)) => search.folder(files, &below, &below, 0),
            Ok(Some(Kind::File)) => search.file(files, &below),
            Ok(Some(Kind::Link | Kind::Other)) => {
                return Err(refused(path, "it is a link, or no file: name what it stands for"));
            }
            Ok(None) => return Err(refused(path, "there is no such file or folder")),
            Err(source) => return Err(Error::Disk { path: path.clone(), what: "look at", source }),
        }
    }
    search.found.sort_by(|a, b| a.path.cmp(&b.path));
    search.found.dedup_by(|a, b| a.path == b.path && a.provider.id() == b.provider.id());
    if search.found.len() > MOST_PIPELINES {
        search.found.truncate(MOST_PIPELINES);
        search.cut = true;
    }
    Ok(search)
}

impl Search {
    fn folder(&mut self, files: &Files, named: &str, at: &str, depth: usize) {
        let mut entries = match files.root.list(at) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => {
                self.unread.push((if at.is_empty() { ".".to_owned() } else { at.to_owned() }, error.to_string()));
                return;
            }
        };
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        for entry in entries {
            self.names += 1;
            if self.names > MOST_NAMES || depth > DEEPEST || self.found.len() > MOST_PIPELINES {
                self.cut = true;
                return;
            }
            let path = join(at, &entry.name);
            let kind = match entry.kind {
                Some(kind) => Some(kind),
                // Some disks do not say it in a listing.
                None => files.root.kind(&path).ok().flatten(),
            };
            match kind {
                Some(Kind::Folder) if !SKIPPED.contains(&entry.name.as_str()) => {
                    self.folder(files, named, &path, depth + 1);
                }
                Some(Kind::File) => self.found.extend(by_path(&path, &["", named])),
                // A link to a pipeline is one to whoever runs it.
                Some(Kind::Link) if by_path(&path, &["", named]).is_some() => {
                    self.unread.push((path, "it is a symbolic link, which is not followed".into()));
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, files: &Files, path: &str) {
        // It may belong to any of the folders that it lies in.
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let bases: Vec<&str> = std::iter::once("").chain(folders).collect();
        if let Some(found) = by_path(path, &bases) {
            return self.found.push(found);
        }
        let provider = match files.text(path) {
            Ok(text) => by_text(&text),
            Err(error) => return self.unread.push((path.to_owned(), error.to_string())),
        };
        match provider {
            Some(provider) => self.found.push(Found { path: path.to_owned(), base: String::new(), provider }),
            None => self.unread.push((
                path.to_owned(),
                "neither its name nor what it says tells which system's pipeline it is".to_owned(),
            )),
        }
    }
}

/// The provider that knows a path, seen from one of the folders.
fn by_path(path: &str, bases: &[&str]) -> Option<Found> {
    bases.iter().find_map(|base| {
        let rest = match base.is_empty() {
            true => path,
            false => path.strip_prefix(base)?.strip_prefix('/')?,
        };
        let knows = |provider: &&&'static dyn Provider| provider.reader().is_some_and(|one| one.is_pipeline(rest));
        let provider = *PROVIDERS.iter().find(knows)?;
        Some(Found { path: path.to_owned(), base: (*base).to_owned(), provider })
    })
}

/// The provider that a pipeline's text speaks for; none where it could be several's, or nobody's.
fn by_text(text: &str) -> Option<&'static dyn Provider> {
    let id = match parse_lenient(text, &Limits::AUDITED, &Dialect::CIRCLECI).documents.first() {
        Some(root) if root.as_mapping().is_some() => by_keys(root)?,
        _ => {
            let line = |line: &str| {
                let line = line.trim_start();
                ["pipeline {", "pipeline{", "node {", "node{", "node(", "@Library"]
                    .iter()
                    .any(|sign| line.starts_with(sign))
            };
            text.lines().any(line).then_some("jenkins")?
        }
    };
    provider(id).filter(|provider| provider.reader().is_some())
}

fn by_keys(root: &Node) -> Option<&'static str> {
    let has = |key: &str| root.get(key).is_some();
    let list = |key: &str| root.get(key).is_some_and(|node| node.as_sequence().is_some());
    let mapping = |key: &str| root.get(key).is_some_and(|node| node.as_mapping().is_some());
    if has("on") && mapping("jobs") {
        return Some("github");
    }
    if has("version") && (mapping("jobs") || mapping("workflows")) {
        return Some("circleci");
    }
    if list("steps") || list("jobs") || has("trigger") || has("pr") || mapping("extends") {
        return Some("azure");
    }
    if list("stages") && root.get("stages")?.as_sequence()?.iter().any(|stage| stage.as_mapping().is_some()) {
        return Some("azure");
    }
    let job = |node: &Node| node.get("script").is_some() || node.get("trigger").is_some();
    let jobs = root.as_mapping()?.iter().any(|entry| job(&entry.value));
    (jobs || list("stages") || has("include")).then_some("gitlab")
}

/// A path as the user wrote it, below the root, with `/`.
pub(super) fn below(root: &Path, path: &Path) -> Result<String> {
    let outside = || refused(path, "it lies outside the repository's root; `--root DIR` names another");
    let plain = |path: &Path| -> Option<PathBuf> {
        let mut out = PathBuf::new();
        for part in std::path::absolute(path).ok()?.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    out.pop();
                }
                part => out.push(part),
            }
        }
        Some(out)
    };
    let (root, path) = (plain(root).ok_or_else(outside)?, plain(path).ok_or_else(outside)?);
    let rest = path.strip_prefix(&root).map_err(|_| outside())?;
    let parts: Option<Vec<&str>> = rest.iter().map(|part| part.to_str()).collect();
    Ok(parts.ok_or_else(|| refused(&path, "its path is not UTF-8"))?.join("/"))
}

fn below_or_dot(path: &str) -> String {
    if path.is_empty() { ".".to_owned() } else { path.to_owned() }
}

fn refused(path: &Path, why: &str) -> Error {
    Error::Refused(format!("{}: {why}", path.display()))
}
