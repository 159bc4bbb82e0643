//! Builds the binary that is released, so that the same source gives the same bytes to everybody.
//!
//! What must hold: no path, date or name of the machine is in the binary. The same bytes need the same compiler, so any other
//! is refused. It does not cross-compile: each target is built on a machine of its own.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{cargo, git, output};
use crate::Result;

/// The compiler of a release. The workflows name the same one.
const RUSTC: &str = "1.95.0";

/// Builds, says the SHA-256, and copies the binary when a folder is named.
pub(crate) fn build(root: &Path, target: &str, out: Option<&Path>) -> Result<()> {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let binary = compile(root, &folder, target)?;
    let name = format!("stackgate-{target}");
    println!("{}  {name}", sha256(&binary)?);
    if let Some(out) = out {
        fs::create_dir_all(out)?;
        fs::copy(&binary, out.join(name))?;
    }
    Ok(())
}

/// Builds two clones in folders whose paths have nothing in common but where temporary files go.
pub(crate) fn reproduce(root: &Path, target: &str) -> Result<()> {
    if !output(git(root).args(["status", "--porcelain"]))?.is_empty() {
        return Err("what is not committed would not be built: commit or stash it first".into());
    }
    let temp = tempfile::tempdir()?;
    let clones = ["first", "the second, on a longer path"].map(|name| temp.path().join(name));
    for clone in &clones {
        output(git(root).args(["clone", "--quiet", "--no-local", "."]).arg(clone))?;
    }
    let mut sums = Vec::new();
    for clone in &clones {
        let binary = compile(clone, &clone.join("target"), target)?;
        sums.push(sha256(&binary)?);
        println!("{}  {} bytes, {}", sums[sums.len() - 1], fs::metadata(&binary)?.len(), clone.display());
    }
    if sums[0] == sums[1] { Ok(()) } else { Err("two builds of the same commit differ".into()) }
}

fn compile(root: &Path, folder: &Path, target: &str) -> Result<PathBuf> {
    let rustc = output(std::process::Command::new("rustc").arg("--version").current_dir(root))?;
    if rustc.split(' ').nth(1) != Some(RUSTC) {
        return Err(format!(
            "a release is built with Rust {RUSTC}, and this is {rustc}: `rustup toolchain install {RUSTC} --target {target}`, \
             then the same with RUSTUP_TOOLCHAIN={RUSTC}"
        )
        .into());
    }
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("neither CARGO_HOME nor a home directory is known")?;
    // Between flags stands the one character that no path has.
    let flags = [(home.as_path(), "/cargo"), (root, "/stackgate")]
        .map(|(path, instead)| format!("--remap-path-prefix={}={instead}", path.display()))
        .join("\u{1f}");
    let mut command = cargo(root);
    command
        .args(["build", "--quiet", "--release", "--locked", "--package", "stackgate", "--target", target])
        .env("CARGO_TARGET_DIR", folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .env("CARGO_INCREMENTAL", "0");
    // ring's C needs no C library, so that this machine's own compiler makes it for musl too; `cc` looks for one by another
    // name, which few machines have.
    let compiler = format!("CC_{}", target.replace('-', "_"));
    if target.ends_with("-musl") && std::env::var_os(&compiler).is_none() {
        command.env(compiler, "cc");
    }
    output(&mut command)?;
    let binary = folder.join(target).join("release").join(format!("stackgate{}", std::env::consts::EXE_SUFFIX));
    let bytes = fs::read(&binary)?;
    for path in [home.as_path(), root] {
        let text = path.display().to_string();
        if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
            return Err(format!("the binary holds the path {text}").into());
        }
    }
    Ok(binary)
}

fn sha256(file: &Path) -> Result<String> {
    Ok(Sha256::digest(fs::read(file)?).iter().map(|byte| format!("{byte:02x}")).collect())
}
