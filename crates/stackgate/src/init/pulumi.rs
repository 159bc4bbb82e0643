//! Pulumi's own files in a repository: projects, stacks, the environments that they import, lock files.
//!
//! What must hold: a file that cannot be understood is left out, never guessed at.

use std::collections::BTreeSet;
use std::path::Path;

use stackgate_drift::OnDisk;
use stackgate_yaml::{Limits, Node, parse};

use crate::{disk, esc};

/// A Pulumi project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProject {
    /// The name in its Pulumi.yaml.
    pub name: String,
    /// Where it lies, `.` for the root.
    pub directory: String,
    /// Its runtime in our words, where it is one that we know.
    pub runtime: Option<&'static str>,
    /// The word that Pulumi.yaml uses.
    pub runtime_word: String,
    /// Its stacks, by name.
    pub stacks: Vec<FoundStack>,
    /// The lock file that decides how dependencies are installed.
    pub lock_file: Option<&'static str>,
}

/// A stack that has a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundStack {
    /// Its name.
    pub name: String,
    /// The ESC environments that its file imports, as `project/name`.
    pub esc: BTreeSet<String>,
}

const LOCK_FILES: &[&str] = &[
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "uv.lock",
    "poetry.lock",
    "requirements.txt",
    "go.sum",
    "packages.lock.json",
];

/// Every project among the files.
pub(crate) fn projects(root: &Path, files: &[String]) -> Vec<FoundProject> {
    let mut projects: Vec<FoundProject> = files.iter().filter_map(|file| project(root, file, files)).collect();
    projects.sort_by(|a, b| a.directory.cmp(&b.directory));
    projects
}

fn project(root: &Path, file: &str, files: &[String]) -> Option<FoundProject> {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    if name != "Pulumi.yaml" && name != "Pulumi.yml" {
        return None;
    }
    let node = read(root, file)?;
    let runtime_word = match node.get("runtime")? {
        runtime if runtime.as_str().is_some() => runtime.as_str()?.to_owned(),
        runtime => runtime.get("name")?.as_str()?.to_owned(),
    };
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let stacks = files
        .iter()
        .filter_map(|file| {
            let name = file.strip_prefix(&prefix)?.strip_prefix("Pulumi.")?;
            let stack = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?;
            let esc =
                read(root, file).and_then(|node| node.get("environment").map(esc::environments)).unwrap_or_default();
            (!stack.is_empty() && !stack.contains('/')).then(|| FoundStack { name: stack.to_owned(), esc })
        })
        .collect();
    let lock_file = LOCK_FILES.iter().copied().find(|lock| files.contains(&format!("{prefix}{lock}")));
    Some(FoundProject {
        name: node.get("name")?.as_str()?.to_owned(),
        directory: if folder.is_empty() { ".".to_owned() } else { folder.to_owned() },
        runtime: match runtime_word.as_str() {
            "nodejs" | "bun" => Some("nodejs"),
            "python" => Some("python"),
            "go" => Some("go"),
            "dotnet" => Some("dotnet"),
            "java" => Some("java"),
            "yaml" => Some("yaml"),
            _ => None,
        },
        runtime_word,
        stacks,
        lock_file,
    })
}

fn read(root: &Path, file: &str) -> Option<Node> {
    match disk::at(root, file) {
        Ok(Some(OnDisk::Text(text))) => parse(&text, &Limits::PIPELINE).ok(),
        _ => None,
    }
}
