//! What no compiler sees: opening lines, lengths, arrows between crates, one-node interpolation, pages, our own
//! workflows, and what the threat model names.
//!
//! What must hold: all offences are collected before it fails. It changes nothing.

use std::path::{Path, PathBuf};

use crate::Result;

/// Lines above which a file is two.
const LONGEST: usize = 400;

/// Each crate with the crates of ours that it may depend on, lowest first. An adapter may depend on the provider crate
/// alone.
const ARROWS: &[(&str, &[&str])] = &[
    ("stackgate-diagnostic", &[]),
    ("stackgate-yaml", &["stackgate-diagnostic"]),
    ("stackgate-facts", &["stackgate-diagnostic"]),
    ("stackgate-templates", &[]),
    ("stackgate-spec", &["stackgate-diagnostic", "stackgate-yaml"]),
    ("stackgate-plan", &["stackgate-diagnostic", "stackgate-yaml", "stackgate-spec"]),
    (
        "stackgate-provider",
        &["stackgate-diagnostic", "stackgate-yaml", "stackgate-facts", "stackgate-plan", "stackgate-templates"],
    ),
    ("stackgate-report", &["stackgate-diagnostic"]),
    ("stackgate-trust", &["stackgate-diagnostic", "stackgate-plan", "stackgate-provider"]),
    ("stackgate-cloud", &["stackgate-diagnostic", "stackgate-trust"]),
    ("stackgate-access", &["stackgate-diagnostic", "stackgate-plan", "stackgate-provider", "stackgate-trust"]),
    (
        "stackgate-picture",
        &[
            "stackgate-diagnostic",
            "stackgate-plan",
            "stackgate-report",
            "stackgate-trust",
            "stackgate-cloud",
            "stackgate-access",
        ],
    ),
    (
        "stackgate-audit",
        &[
            "stackgate-diagnostic",
            "stackgate-yaml",
            "stackgate-facts",
            "stackgate-provider",
            "stackgate-report",
            "stackgate-trust",
        ],
    ),
    (
        "stackgate-logs",
        &["stackgate-diagnostic", "stackgate-plan", "stackgate-report", "stackgate-trust", "stackgate-access"],
    ),
    (
        "stackgate-review",
        &[
            "stackgate-diagnostic",
            "stackgate-plan",
            "stackgate-report",
            "stackgate-trust",
            "stackgate-cloud",
            "stackgate-access",
        ],
    ),
    ("stackgate-drift", &["stackgate-diagnostic", "stackgate-facts", "stackgate-provider"]),
    // Never published: what the adapters' tests share.
    ("stackgate-fixtures", &["stackgate-provider"]),
    // Never published: organizations of Pulumi Cloud, for tests and chores.
    (
        "stackgate-cloud-fixtures",
        &[
            "stackgate-access",
            "stackgate-cloud",
            "stackgate-diagnostic",
            "stackgate-fixtures",
            "stackgate-plan",
            "stackgate-trust",
        ],
    ),
    // Never published: it runs what stackgate renders.
    ("stackgate-rehearsal", &["stackgate"]),
];

pub(crate) fn run(root: &Path) -> Result<()> {
    let mut offences = Vec::new();
    for file in files(root, &["crates", "templates", "xtask", "examples", "fuzz"], "rs")? {
        rust(root, &file, &mut offences)?;
    }
    for file in files(root, &["templates"], "tera")? {
        template(root, &file, &mut offences)?;
    }
    arrows(root, &mut offences)?;
    providers(root, &mut offences);
    crate::workflows::check(root, &mut offences)?;
    crate::threat_model::check(root, &mut offences)?;
    if offences.is_empty() {
        return Ok(());
    }
    Err(format!("tidy found {}:\n  {}", offences.len(), offences.join("\n  ")).into())
}

fn rust(root: &Path, file: &Path, offences: &mut Vec<String>) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let name = name(root, file);
    if !text.starts_with("//!") {
        offences.push(format!("{name}: the first line must be a `//!` line"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        offences.push(format!("{name}: {lines} lines, more than {LONGEST}"));
    }
    Ok(())
}

/// A value is one whole node: after `: `, `- ` or `# `, or alone, up to the end of the line or a pin's comment.
fn template(root: &Path, file: &Path, offences: &mut Vec<String>) -> Result<()> {
    let groovy = file.components().any(|part| part.as_os_str() == "jenkins");
    let text = std::fs::read_to_string(file)?;
    for (index, line) in text.lines().enumerate() {
        let place = format!("{}:{}", name(root, file), index + 1);
        if line.contains("| safe") || line.contains("|safe") {
            offences.push(format!("{place}: `safe` switches escaping off"));
        }
        let mut rest = line;
        let mut before = String::new();
        while let Some(at) = rest.find("{=") {
            before.push_str(&rest[..at]);
            let Some(end) = rest[at..].find("=}") else { break };
            let after = &rest[at + end + 2..];
            let starts = before.trim_end().is_empty()
                || [": ", "- ", "# ", "=} ", "("].iter().any(|start| before.ends_with(start))
                || (groovy && [" ", "[", ", "].iter().any(|start| before.ends_with(start)));
            let stops = after.is_empty()
                || after.starts_with(": ")
                || after.starts_with(':') && after.len() == 1
                || after.starts_with(" #")
                || (groovy && [")", ",", "]", " "].iter().any(|stop| after.starts_with(stop)));
            if !starts || !stops {
                offences.push(format!("{place}: a value must be one whole node"));
            }
            before.push_str("{==}");
            rest = after;
        }
    }
    Ok(())
}

fn arrows(root: &Path, offences: &mut Vec<String>) -> Result<()> {
    let mut manifests = files(root, &["crates"], "toml")?;
    manifests.push(root.join("templates/Cargo.toml"));
    for manifest in manifests.iter().filter(|path| path.ends_with("Cargo.toml")) {
        let table: toml::Table = std::fs::read_to_string(manifest)?.parse()?;
        let krate = table
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(toml::Value::as_str)
            .unwrap_or_default();
        let ours = table
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str());
        let ours: Vec<&str> = ours.filter(|name| name.starts_with("stackgate")).collect();
        let allowed: &[&str] = match ARROWS.iter().find(|(name, _)| *name == krate) {
            Some((_, allowed)) => allowed,
            None if krate == "stackgate" => continue,
            None => &["stackgate-provider"],
        };
        for dependency in ours.iter().filter(|dependency| !allowed.contains(dependency)) {
            offences.push(format!("{krate} may not depend on {dependency}"));
        }
    }
    Ok(())
}

fn providers(root: &Path, offences: &mut Vec<String>) {
    for provider in stackgate::PROVIDERS {
        let id = provider.id();
        for path in [
            format!("docs/guide/{id}.md"),
            format!("examples/{id}/stackgate.yaml"),
            format!("templates/{id}/reviewed.sha256"),
        ] {
            if !root.join(&path).is_file() {
                offences.push(format!("{path} is missing; every provider has one"));
            }
        }
    }
}

/// Every file with that extension below the folders, sorted.
pub(crate) fn files(root: &Path, folders: &[&str], extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                if !path.ends_with("target") && !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn name(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        super::run(&crate::root()).unwrap();
    }
}
