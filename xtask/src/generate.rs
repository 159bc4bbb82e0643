//! Files that are generated from code: reference pages, the spec's schema, and the pipelines of the examples.
//!
//! What must hold: writing and checking are one function, so that they cannot disagree; a stale file names the command
//! that mends it. Snapshots are blessed, not generated.

use std::path::{Path, PathBuf};

use stackgate::diagnostic::Source;
use stackgate::{Organization, Project, WriteOptions, today};

use crate::{Result, conformance, docs};

/// Writes every generated file or, under `check`, fails when one is stale.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in files(root)? {
        let full = root.join(&path);
        if std::fs::read_to_string(&full).ok().as_deref() == Some(&text) {
            continue;
        }
        if check {
            stale.push(path);
        } else {
            std::fs::create_dir_all(full.parent().unwrap_or(root))?;
            std::fs::write(&full, text)?;
            println!("wrote {path}");
        }
    }
    for example in examples(root)? {
        let project = Project::load(&example.join(stackgate::SPEC_NAME), None, today())?;
        let name = example.strip_prefix(root).unwrap_or(&example).display().to_string();
        if check {
            let report = project.check()?;
            stale.extend(report.drifted().map(|file| format!("{name}/{} is {}", file.path, file.state.as_str())));
        } else {
            for (path, action) in project.write(&WriteOptions::default())?.files {
                println!("{} {name}/{path}", action.as_str());
            }
        }
    }
    for example in organizations(root)? {
        let organization = Organization::load(&example.join(stackgate::SPEC_NAME), None, today())?;
        let name = example.strip_prefix(root).unwrap_or(&example).display().to_string();
        if check {
            let report = organization.check()?;
            stale.extend(report.drifted().map(|file| format!("{name}/{} is {}", file.path, file.state.as_str())));
        } else {
            let writing = organization.begin(&WriteOptions::default())?;
            for (path, action) in writing.commit()?.files {
                println!("{} {name}/{path}", action.as_str());
            }
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("stale, run `cargo xtask generate`:\n  {}", stale.join("\n  ")).into())
}

/// Every generated file, by its path below the root.
fn files(root: &Path) -> Result<Vec<(String, String)>> {
    Ok(vec![
        ("docs/stackgate.schema.json".into(), format!("{}\n", stackgate::spec_schema())),
        ("docs/reference/spec.md".into(), docs::spec::page()),
        ("docs/reference/commands.md".into(), docs::commands::page()),
        ("docs/reference/matrix.md".into(), docs::matrix::page(root)?),
        ("docs/reference/rules.md".into(), docs::rules::page()),
        ("docs/reference/audit.md".into(), docs::audit::page()),
        ("docs/reference/review.md".into(), docs::review::page()),
        ("docs/reference/logs.md".into(), docs::logs::page()),
        ("docs/reference/limits.md".into(), docs::limits::page()),
        ("docs/reference/json.md".into(), docs::json::page()),
        (conformance::page::PATH.into(), conformance::page::page(root)?),
    ])
}

/// The folders under `examples/` that hold a repository's spec.
pub(crate) fn examples(root: &Path) -> Result<Vec<PathBuf>> {
    with_spec(root, false)
}

/// The folders under `examples/` that hold an organization's spec.
pub(crate) fn organizations(root: &Path) -> Result<Vec<PathBuf>> {
    with_spec(root, true)
}

fn with_spec(root: &Path, organization: bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("examples"))? {
        let folder = entry?.path();
        // A folder without a spec is no example.
        let Ok(text) = std::fs::read_to_string(folder.join(stackgate::SPEC_NAME)) else { continue };
        let source = Source::new(stackgate::SPEC_NAME, text);
        if stackgate::spec::is_organization(&source) == organization {
            found.push(folder);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_generated_is_stale() {
        super::run(&crate::root(), true).unwrap();
    }
}
