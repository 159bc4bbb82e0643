//! `examples/xtask` is a repository of somebody else's: its own `cargo xtask` calls the library. It is built and run.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

use std::path::Path;
use std::process::Command;

fn pipelines(folder: &Path, root: &Path, arguments: &[&str]) -> (i32, String) {
    // A target folder of its own, below that of this workspace: two builds of one folder would wait for each other.
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "xtask", "--", "pipelines"])
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", root.join("target/examples-xtask"))
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[test]
fn another_repository_checks_its_pipelines_through_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (code, text) = pipelines(&root.join("examples/xtask"), root, &["--check"]);
    assert_eq!(code, 0, "{text}");
}
