//! The copyright notices and licences of everything that is linked into the binary, which their licences ask for.
//!
//! What must hold: the list is that of the lock file, for what is linked and not for what only builds; a package without a
//! text fails it. It judges no licence: `deny.toml` does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{TARGETS, cargo, output};
use crate::Result;

pub(crate) fn write(root: &Path, out: &Path) -> Result<()> {
    // The same text often serves many packages.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for target in TARGETS {
        let arguments = ["metadata", "--locked", "--format-version=1", "--filter-platform", target];
        let metadata: Value = serde_json::from_str(&output(cargo(root).args(arguments))?)?;
        let linked = linked(&metadata);
        let theirs = list(&metadata["packages"]).filter(|package| !package["source"].is_null());
        for package in theirs.filter(|package| linked.contains(text(&package["id"]))) {
            let name =
                format!("{} {} ({})", text(&package["name"]), text(&package["version"]), text(&package["license"]));
            let found = licences(Path::new(text(&package["manifest_path"])).parent().unwrap_or(root))?;
            if found.is_empty() {
                return Err(format!("{name} is linked, and comes without a text of its licence").into());
            }
            for licence in found {
                texts.entry(licence).or_default().insert(name.clone());
            }
        }
    }
    let mut page = String::from(
        "stackgate is licensed under Apache-2.0. Its binary holds what follows, and Rust's standard library.\n",
    );
    for (licence, names) in &texts {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        writeln!(page, "\n{}\n{}\n\n{licence}", "-".repeat(80), names.join("\n"))?;
    }
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(out, page)?;
    let packages: BTreeSet<&String> = texts.values().flatten().collect();
    println!("{}: {} packages, {} texts", out.display(), packages.len(), texts.len());
    Ok(())
}

/// Every package that the binary is made of: normal dependencies, without macros, which run at build time.
pub(super) fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let macros: BTreeSet<&str> = list(&metadata["packages"])
        .filter(|package| {
            list(&package["targets"]).any(|target| list(&target["kind"]).any(|kind| kind == "proc-macro"))
        })
        .map(|package| text(&package["id"]))
        .collect();
    let mut linked = BTreeSet::new();
    let mut next: Vec<&str> = list(&metadata["packages"])
        .filter(|package| package["name"] == "stackgate" && package["source"].is_null())
        .map(|package| text(&package["id"]))
        .collect();
    while let Some(id) = next.pop() {
        if macros.contains(id) || !linked.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).into_iter().flat_map(|node| list(&node["deps"]));
        let normal =
            dependencies.filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()));
        next.extend(normal.map(|dependency| text(&dependency["pkg"])));
    }
    linked
}

/// The texts of the files in a package's folder that hold a licence or a notice.
fn licences(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let about = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
        if entry.file_type()?.is_file() && about.iter().any(|start| name.starts_with(start)) {
            texts.push(fs::read_to_string(entry.path())?.trim().to_owned());
        }
    }
    texts.sort();
    Ok(texts)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_linked_is_named_and_what_only_builds_is_not() {
        let temp = tempfile::tempdir().unwrap();
        let out = temp.path().join("notices.txt");
        super::write(&crate::root(), &out).unwrap();
        let page = std::fs::read_to_string(out).unwrap();
        assert!(page.contains("\ngranit-parser "), "{page}");
        assert!(!page.contains("\nsyn "), "a macro's dependency");
        assert!(!page.contains("\nyaml_serde "), "a dependency of tests");
        assert!(page.contains("Permission is hereby granted"));
    }
}
