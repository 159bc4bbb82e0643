//! Chores that run other commands: blessing snapshots, and what CI runs without a network.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// Runs the snapshot tests so that they write instead of compare.
pub(crate) fn bless(root: &Path) -> Result<()> {
    let tests: &[&[&str]] = &[
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "snapshots"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "errors"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "drift"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "adopt"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "readme"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "picture"],
        &["test", "--quiet", "--locked", "--package", "stackgate", "--test", "reports"],
        &["test", "--quiet", "--locked", "--package", "stackgate-report", "--test", "goldens"],
    ];
    for arguments in tests {
        cargo(root, arguments, true)?;
    }
    println!("blessed: read `git diff` before you commit it");
    Ok(())
}

/// What CI runs and needs no network, in the order in which it fails soonest.
pub(crate) fn ci(root: &Path) -> Result<()> {
    cargo(root, &["fmt", "--all", "--check"], false)?;
    crate::tidy::run(root)?;
    crate::generate::run(root, true)?;
    cargo(root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], false)?;
    cargo(root, &["test", "--workspace", "--locked"], false)?;
    cargo(root, &["deny", "--locked", "check", "bans", "licenses", "sources"], false)?;
    let released =
        ["deny", "--locked", "--manifest-path", "crates/stackgate/Cargo.toml", "check", "bans", "licenses", "sources"];
    cargo(root, &released, false)
}

fn cargo(root: &Path, arguments: &[&str], bless: bool) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root);
    if bless {
        command.env("BLESS", "1");
    }
    if command.status()?.success() { Ok(()) } else { Err(format!("cargo {} failed", arguments.join(" ")).into()) }
}
