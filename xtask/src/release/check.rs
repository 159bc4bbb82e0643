//! Whether a tag may be released.
//!
//! What must hold: facts are gathered first and judged by one function, so that each condition has a test; every offence is
//! named in one run. That the tag is signed is asked of the host by the workflow: a checkout may have replaced the tag.

use std::path::Path;

use serde_json::Value;

use super::{cargo, git, output};
use crate::Result;

/// All that the decision rests on.
struct Facts {
    tag: String,
    /// Each of our crates, and each of our entries among the workspace's dependencies, with its version.
    versions: Vec<(String, String)>,
    /// Crates of ours that would be published, and that `stackgate` does not need.
    strays: Vec<String>,
    changelog: String,
    /// What `git status` lists.
    changes: String,
    /// The commit that is checked out.
    head: String,
    /// The commit of the tag, if there is such a tag.
    tagged: Option<String>,
    on_main: bool,
    /// What tidiness and the generated pages say.
    stale: Option<String>,
}

pub(crate) fn run(root: &Path, tag: &str) -> Result<()> {
    let offences = offences(&gather(root, tag)?);
    if offences.is_empty() {
        println!("{tag} may be released");
        return Ok(());
    }
    Err(format!("{tag} may not be released:\n  {}", offences.join("\n  ")).into())
}

/// Prints what the changelog says of the version.
pub(crate) fn notes(root: &Path, tag: &str) -> Result<()> {
    let changelog = std::fs::read_to_string(root.join("CHANGELOG.md"))?;
    let version = tag.strip_prefix('v').unwrap_or(tag);
    let (_, text) = section(&changelog, version).ok_or_else(|| format!("CHANGELOG.md has no heading for {version}"))?;
    println!("{}", text.trim());
    Ok(())
}

fn gather(root: &Path, tag: &str) -> Result<Facts> {
    // `--locked` fails when the lock file is not what the manifests ask for.
    let metadata: Value =
        serde_json::from_str(&output(cargo(root).args(["metadata", "--locked", "--format-version=1"]))?)?;
    let mut versions = ours(&metadata);
    let manifest: toml::Table = std::fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let dependencies = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    for (name, entry) in dependencies.and_then(toml::Value::as_table).into_iter().flatten() {
        if entry.get("path").is_some() {
            let version = entry.get("version").and_then(toml::Value::as_str).unwrap_or("none");
            versions.push((format!("the workspace's entry for {name}"), version.to_owned()));
        }
    }
    Ok(Facts {
        tag: tag.to_owned(),
        versions,
        strays: strays(&metadata),
        changelog: std::fs::read_to_string(root.join("CHANGELOG.md"))?,
        changes: output(git(root).args(["status", "--porcelain", "--untracked-files=all"]))?,
        head: output(git(root).args(["rev-parse", "HEAD"]))?,
        tagged: output(git(root).args(["rev-parse", "--verify", "--quiet", &format!("refs/tags/{tag}^{{commit}}")]))
            .ok(),
        on_main: output(git(root).args(["merge-base", "--is-ancestor", "HEAD", "refs/remotes/origin/main"])).is_ok(),
        stale: crate::tidy::run(root)
            .and_then(|()| crate::generate::run(root, true))
            .err()
            .map(|error| error.to_string()),
    })
}

/// Our packages: those that came from no registry.
fn ours(metadata: &Value) -> Vec<(String, String)> {
    let packages = metadata["packages"].as_array().into_iter().flatten().filter(|package| package["source"].is_null());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    packages.map(|package| (text(&package["name"]), text(&package["version"]))).collect()
}

/// Our packages that crates.io would get though what is released does not need them.
fn strays(metadata: &Value) -> Vec<String> {
    let needed = super::notices::linked(metadata);
    let packages = metadata["packages"].as_array().into_iter().flatten().filter(|package| package["source"].is_null());
    // `publish = false` is an empty list of registries; nothing said is null.
    let published = packages.filter(|package| package["publish"].is_null());
    let strays = published.filter(|package| !needed.contains(package["id"].as_str().unwrap_or_default()));
    strays.map(|package| package["name"].as_str().unwrap_or_default().to_owned()).collect()
}

fn offences(facts: &Facts) -> Vec<String> {
    let mut offences = Vec::new();
    let version = facts.tag.strip_prefix('v').unwrap_or_default();
    if version.is_empty() {
        offences.push(format!("a tag is `v` and a version, and {} is not", facts.tag));
    }
    for (name, found) in facts.versions.iter().filter(|(_, found)| found != version) {
        offences.push(format!("{name} has version {found}: write {version} in Cargo.toml, or tag v{found}"));
    }
    for stray in &facts.strays {
        offences.push(format!("{stray} would be published: write `publish = false` in its Cargo.toml"));
    }
    match section(&facts.changelog, version) {
        None => offences.push(format!("CHANGELOG.md has no heading `## {version} (YYYY-MM-DD)`")),
        Some((date, _)) if date.parse::<jiff::civil::Date>().is_err() => {
            offences.push(format!("CHANGELOG.md says `{date}` where the date of {version} belongs: write YYYY-MM-DD"));
        }
        Some((_, text)) if text.trim().is_empty() => offences.push(format!("CHANGELOG.md says nothing of {version}")),
        Some(_) => {}
    }
    if !facts.changes.is_empty() {
        offences.push(format!("the tree is not what is committed: {}", facts.changes.replace('\n', ", ")));
    }
    match &facts.tagged {
        None => offences.push(format!("there is no tag {}: `git tag --sign {}`", facts.tag, facts.tag)),
        Some(tagged) if *tagged != facts.head => {
            offences.push(format!("{} is {tagged}, and {} is checked out", facts.tag, facts.head));
        }
        Some(_) => {}
    }
    if !facts.on_main {
        offences.push("the commit is not on origin/main: merge it first, then `git fetch`".into());
    }
    offences.extend(facts.stale.clone());
    offences
}

/// The words in brackets behind a version's heading, and the text below it.
fn section<'text>(changelog: &'text str, version: &str) -> Option<(&'text str, &'text str)> {
    changelog.split("\n## ").skip(1).find_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let date = heading.strip_prefix(version)?.strip_prefix(" (")?.strip_suffix(')')?;
        Some((date, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str =
        "# Changelog\n\n## 0.2.0 (2026-12-01)\n\nSomething new.\n\n## 0.1.0 (unreleased)\n\nThe first.\n";

    fn good() -> Facts {
        Facts {
            tag: "v0.2.0".into(),
            versions: vec![("stackgate".into(), "0.2.0".into())],
            strays: Vec::new(),
            changelog: CHANGELOG.into(),
            changes: String::new(),
            head: "a".into(),
            tagged: Some("a".into()),
            on_main: true,
            stale: None,
        }
    }

    #[test]
    fn each_condition_holds_a_release_back() {
        assert_eq!(offences(&good()), Vec::<String>::new());
        type Break = fn(&mut Facts);
        let broken: &[(&str, Break)] = &[
            ("a tag is `v`", |facts| facts.tag = "0.2.0".into()),
            ("stackgate-yaml has version 0.1.9", |facts| {
                facts.versions.push(("stackgate-yaml".into(), "0.1.9".into()))
            }),
            ("stackgate-trial would be published", |facts| facts.strays.push("stackgate-trial".into())),
            ("no heading", |facts| facts.changelog = facts.changelog.replace("0.2.0", "0.2.1")),
            ("where the date", |facts| facts.changelog = facts.changelog.replace("2026-12-01", "unreleased")),
            ("where the date", |facts| facts.changelog = facts.changelog.replace("2026-12-01", "2026-13-01")),
            ("says nothing", |facts| facts.changelog = facts.changelog.replace("Something new.", "")),
            ("not what is committed", |facts| facts.changes = "?? note".into()),
            ("there is no tag", |facts| facts.tagged = None),
            ("v0.2.0 is b, and a is checked out", |facts| facts.tagged = Some("b".into())),
            ("not on origin/main", |facts| facts.on_main = false),
            ("stale, run", |facts| facts.stale = Some("stale, run `cargo xtask generate`".into())),
        ];
        for (said, break_it) in broken {
            let mut facts = good();
            break_it(&mut facts);
            let found = offences(&facts);
            assert!(found.iter().any(|offence| offence.contains(said)), "{said}: {found:?}");
        }
    }

    #[test]
    fn the_notes_are_one_section() {
        assert_eq!(section(CHANGELOG, "0.2.0"), Some(("2026-12-01", "\nSomething new.\n")));
        assert_eq!(section(CHANGELOG, "0.1.0"), Some(("unreleased", "\nThe first.\n")));
        assert_eq!(section(CHANGELOG, "0.2"), None);
    }

    #[test]
    fn this_workspace_has_one_version_and_publishes_what_is_needed() {
        let root = crate::root();
        let metadata = output(cargo(&root).args(["metadata", "--locked", "--format-version=1"])).unwrap();
        let mut metadata: Value = serde_json::from_str(&metadata).unwrap();
        let versions = ours(&metadata);
        assert!(versions.iter().any(|(name, _)| name == "stackgate"));
        assert!(versions.iter().all(|(_, version)| version == env!("CARGO_PKG_VERSION")), "{versions:?}");
        assert_eq!(strays(&metadata), Vec::<String>::new());
        for package in metadata["packages"].as_array_mut().unwrap() {
            if package["name"] == "xtask" {
                package["publish"] = Value::Null;
            }
        }
        assert_eq!(strays(&metadata), ["xtask"]);
    }
}
