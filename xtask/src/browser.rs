//! The pages of pictures in a real browser: headless Chromium, driven by Playwright.
//!
//! What must hold: what is looked at is made by this commit's code; a check that fails names the page; no browser is
//! downloaded: Debian's Chromium is used.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// Where the script and its pins are, below the repository's root.
const FOLDER: &str = "xtask/browser";
/// Where they are installed, and where the pages are written.
const CACHE: &str = ".cache/browser";

/// Checks every page; with `images`, also writes the pictures of the documentation.
pub(crate) fn run(root: &Path, images: bool) -> Result<()> {
    let cache = root.join(CACHE);
    let pages = cache.join("pages");
    std::fs::create_dir_all(&pages)?;
    install(root, &cache)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut make = Command::new(cargo);
    make.args(["run", "--quiet", "--locked", "--package", "stackgate-picture", "--example", "pages", "--"]).arg(&pages);
    started(make.current_dir(root), "cargo")?;
    let mut check = Command::new("node");
    check.arg(root.join(FOLDER).join("browser.cjs")).arg(&pages).env("NODE_PATH", cache.join("node_modules"));
    if images {
        let folder = root.join("docs/images");
        std::fs::create_dir_all(&folder)?;
        check.arg(folder);
    }
    started(&mut check, "node")
}

/// Installs the pinned packages where they are not, or others are.
fn install(root: &Path, cache: &Path) -> Result<()> {
    let mut same = cache.join("node_modules").is_dir();
    for name in ["package.json", "package-lock.json"] {
        let wanted = std::fs::read(root.join(FOLDER).join(name))?;
        let there = cache.join(name);
        if std::fs::read(&there).ok().as_ref() != Some(&wanted) {
            same = false;
            std::fs::write(&there, wanted)?;
        }
    }
    if same {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(cache);
    let installed = started(&mut npm, "npm");
    if installed.is_err() {
        // The next run tries again.
        std::fs::remove_file(cache.join("package.json"))?;
    }
    installed
}

fn started(command: &mut Command, name: &str) -> Result<()> {
    let status = command.status().map_err(|error| format!("{name} could not be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed").into()) }
}
