//! The files that are judged: every rendered artifact of a tree, found by its marker line, and the workflows of this
//! repository itself.
//!
//! What must hold: an artifact whose provider cannot be told is an error, so that none goes unjudged. The provider is
//! told by what the file says, never by its name: a defect that is planted on purpose must not hide the file. Deliberately
//! absent: pages for people, in Markdown, which no machine acts on.

use std::path::Path;

use serde_yaml::Value;
use stackgate::adapter::marker_of;

use crate::Result;

/// A file to be judged.
#[derive(Debug, Clone)]
pub(crate) struct Artifact {
    /// The id of the provider that runs it.
    pub(crate) provider: &'static str,
    /// Its path below the tree, for people.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Artifact {
    /// Whether it is a script by itself, and not a file that holds some.
    pub(crate) fn is_script(&self) -> bool {
        self.text.starts_with("#!")
    }
}

/// What holds the settings of Pulumi Cloud; no CI system, but judged like one.
pub(crate) const PULUMI: &str = "pulumi";

/// The artifacts of every snapshot and example, and this repository's own workflows.
pub(crate) fn of_repository(root: &Path) -> Result<Vec<Artifact>> {
    let mut found = Vec::new();
    for folder in ["snapshots/cases", "snapshots/auditing", "examples"] {
        collect(root, &root.join(folder), true, &mut found)?;
    }
    let workflows = root.join(".github/workflows");
    if workflows.is_dir() {
        collect(root, &workflows, false, &mut found)?;
    }
    Ok(found)
}

/// The artifacts below another folder.
pub(crate) fn below(folder: &Path) -> Result<Vec<Artifact>> {
    let mut found = Vec::new();
    collect(folder, folder, true, &mut found)?;
    if found.is_empty() { Err(format!("no artifact below {}", folder.display()).into()) } else { Ok(found) }
}

fn collect(root: &Path, folder: &Path, marked: bool, found: &mut Vec<Artifact>) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") && !path.ends_with(".git") {
                collect(root, &path, marked, found)?;
            }
            continue;
        }
        // What is not UTF-8 was not rendered by us.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let provider = match (marked, marker_of(&text)) {
            (true, None) => continue,
            (true, Some(_)) if text.starts_with("<!--") => continue,
            (true, Some(_)) => {
                provider_of(&text).ok_or_else(|| format!("{name} has our marker, but no provider's shape"))?
            }
            (false, _) => "github",
        };
        found.push(Artifact { provider, name, text });
    }
    Ok(())
}

/// The provider that an artifact is written for, by what no other has.
fn provider_of(text: &str) -> Option<&'static str> {
    if text.starts_with("// ") {
        return Some("jenkins");
    }
    if text.starts_with("#!") {
        return Some(PULUMI);
    }
    let Value::Mapping(top) = serde_yaml::from_str(text).ok()? else { return None };
    let has = |key: &str| top.contains_key(key);
    if has("on") && has("jobs") {
        Some("github")
    } else if has("runtime") && has("resources") {
        Some(PULUMI)
    } else if has("version") && has("workflows") {
        Some("circleci")
    } else if has("pool") || has("steps") || top.get("stages").is_some_and(of_mappings) {
        Some("azure")
    } else {
        top.values().any(|job| job.get("script").is_some()).then_some("gitlab")
    }
}

/// Azure's stages are mappings, GitLab's are names.
fn of_mappings(stages: &Value) -> bool {
    stages.as_sequence().is_some_and(|stages| stages.iter().any(Value::is_mapping))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_a_shape_of_its_own() {
        for (text, provider) in [
            ("// stackgate\npipeline {}", Some("jenkins")),
            ("on: push\njobs: {}", Some("github")),
            ("version: 2.1\nworkflows: {}\njobs: {}", Some("circleci")),
            ("stages:\n  - stage: a", Some("azure")),
            ("stages: [test]\na:\n  script: [b]", Some("gitlab")),
            ("#!/bin/sh\n# stackgate", Some("pulumi")),
            ("name: a\nruntime: yaml\nresources: {}", Some("pulumi")),
            ("a: b", None),
            ("- a", None),
            ("a: [", None),
        ] {
            assert_eq!(provider_of(text), provider, "{text}");
        }
    }

    #[test]
    fn every_artifact_of_the_tree_is_found_and_every_provider_has_some() {
        let found = of_repository(&crate::root()).unwrap();
        for provider in stackgate::PROVIDERS {
            assert!(found.iter().any(|artifact| artifact.provider == provider.id()), "{}", provider.id());
        }
        for (end, script) in [("pulumi-access/Pulumi.yaml", false), ("pulumi-access/apply.sh", true)] {
            let known = found.iter().find(|found| found.name.ends_with(end)).unwrap();
            assert_eq!((known.provider, known.is_script()), (PULUMI, script), "{end}");
        }
        for example in crate::generate::examples(&crate::root()).unwrap() {
            let project =
                stackgate::Project::load(&example.join(stackgate::SPEC_NAME), None, stackgate::today()).unwrap();
            for artifact in project.render().unwrap() {
                let end = format!("{}/{}", example.file_name().unwrap().display(), artifact.path);
                let known = found.iter().find(|found| found.name.ends_with(&end)).unwrap();
                assert_eq!(known.provider, artifact.provider, "{end}");
            }
        }
    }
}
