//! Scaffolds an adapter: a crate, a folder of templates, and the lines that register both.
//!
//! What must hold: the tree compiles afterwards, and the new provider refuses every spec until somebody writes it.

use std::path::Path;

use crate::Result;

const LIB: &str = include_str!("../scaffold/lib.rs.txt");
const MANIFEST: &str = include_str!("../scaffold/Cargo.toml.txt");
const TEXTS: &str = include_str!("../scaffold/mod.rs.txt");

pub(crate) fn run(root: &Path, id: &str) -> Result<()> {
    let legal = id.len() <= 30
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !legal {
        return Err("a provider's id is a lower-case letter, then lower-case letters and digits: `bitbucket`".into());
    }
    let krate = root.join(format!("crates/stackgate-{id}"));
    let folder = root.join(format!("templates/{id}"));
    if krate.exists() || folder.exists() {
        return Err(format!("there is an adapter called {id} already").into());
    }
    let title = format!("{}{}", id[..1].to_ascii_uppercase(), &id[1..]);
    let constant = id.to_ascii_uppercase();
    let fill = |text: &str| {
        text.replace("{ID}", id).replace("{TITLE}", &title).replace("{TYPE}", &title).replace("{CONST}", &constant)
    };
    // Every edit is prepared before the first is written, so that a file that looks otherwise leaves nothing half done.
    let edits = [
        edit(
            root,
            "Cargo.toml",
            "stackgate = { path",
            &format!("stackgate-{id} = {{ path = \"crates/stackgate-{id}\", version = \"0.1.0\" }}\n"),
        )?,
        edit(root, "crates/stackgate/Cargo.toml", "anstream.workspace", &format!("stackgate-{id}.workspace = true\n"))?,
        edit(
            root,
            "crates/stackgate/src/registry.rs",
            "];\n\n/// The provider of that id",
            &format!("    &stackgate_{id}::{title},\n"),
        )?,
        edit(root, "templates/lib.rs", "mod shell;", &format!("mod {id};\n"))?,
        edit(root, "templates/lib.rs", "pub use shell::TEXTS", &format!("pub use {id}::TEXTS as {constant};\n"))?,
        edit(root, "templates/lib.rs", "];\n\n/// For each set", &format!(", {constant}"))?,
        edit(root, "templates/lib.rs", "];\n\n// The sets end here.", &format!(", {id}::REVIEWED"))?,
    ];
    std::fs::create_dir_all(krate.join("src"))?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(krate.join("Cargo.toml"), fill(MANIFEST))?;
    std::fs::write(krate.join("src/lib.rs"), fill(LIB))?;
    std::fs::write(folder.join("mod.rs"), fill(TEXTS))?;
    std::fs::write(folder.join("reviewed.sha256"), "")?;
    for (path, before, line) in edits {
        let text = std::fs::read_to_string(root.join(path))?;
        std::fs::write(root.join(path), text.replacen(before, &format!("{line}{before}"), 1))?;
    }
    println!(
        "scaffolded crates/stackgate-{id} and templates/{id}; next: cargo fmt, then write it, with the GitHub adapter as a model"
    );
    Ok(())
}

/// An edit that puts a line before an anchor, once it is certain that the anchor is there.
fn edit<'a>(root: &Path, path: &'a str, before: &'a str, line: &str) -> Result<(&'a str, &'a str, String)> {
    let text = std::fs::read_to_string(root.join(path))?;
    if !text.contains(before) {
        return Err(format!("{path} has no {before:?}; the scaffold must be taught where its line goes").into());
    }
    Ok((path, before, line.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

    use super::*;

    /// Copies what a build needs; the rest of the repository has no part in it.
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }

    #[test]
    fn a_scaffold_compiles_and_is_registered() {
        let root = crate::root();
        let temp = tempfile::tempdir().unwrap();
        for folder in ["crates", "templates", "xtask"] {
            copy(&root.join(folder), &temp.path().join(folder));
        }
        for file in ["Cargo.toml", "Cargo.lock"] {
            std::fs::copy(root.join(file), temp.path().join(file)).unwrap();
        }
        run(temp.path(), "bitbucket").unwrap();
        assert!(run(temp.path(), "bitbucket").is_err(), "a taken name is refused");
        assert!(run(temp.path(), "../escape").is_err());
        let registry = std::fs::read_to_string(temp.path().join("crates/stackgate/src/registry.rs")).unwrap();
        assert!(registry.contains("    &stackgate_bitbucket::Bitbucket,\n];"), "{registry}");
        let checked = std::process::Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--package", "stackgate"])
            .current_dir(temp.path())
            .env("CARGO_TARGET_DIR", root.join("target/scaffold"))
            .output()
            .unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}
