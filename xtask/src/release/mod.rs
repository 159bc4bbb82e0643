//! What a release is made with: the conditions a tag must meet, the binary, and the notes.
//!
//! What must hold: the release workflow and whoever verifies a release run the same commands. Nothing here signs, uploads
//! or publishes; only the workflow's last jobs can.

mod build;
mod check;
mod notices;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Subcommand;

use crate::Result;

/// What binaries are released for; the workflow names the same. They link nothing of the system.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];

#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Whether a tag may be released: versions, changelog, lock file, clean tree, main, generated pages
    Check {
        /// The tag, such as `v0.1.0`
        tag: String,
    },
    /// Print what the changelog says of a tag's version
    Notes {
        /// The tag, such as `v0.1.0`
        tag: String,
    },
    /// Build the binary as it is released, and print its SHA-256
    Build {
        /// The target triple
        #[arg(long, default_value = TARGETS[0])]
        target: String,
        /// Also copy it to this folder, under its released name
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Build what is committed twice, in two folders, and compare the bytes
    Reproduce {
        /// The target triple
        #[arg(long, default_value = TARGETS[0])]
        target: String,
    },
    /// Write the notices of everything that is linked into the binary
    Notices {
        /// The file to write
        out: PathBuf,
    },
}

pub(crate) fn run(root: &Path, step: &Step) -> Result<()> {
    match step {
        Step::Check { tag } => check::run(root, tag),
        Step::Notes { tag } => check::notes(root, tag),
        Step::Build { target, out } => build::build(root, target, out.as_deref()),
        Step::Reproduce { target } => build::reproduce(root, target),
        Step::Notices { out } => notices::write(root, out),
    }
}

/// What a command prints, without the space around it; an error with what it said when it fails.
fn output(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", command.get_program().display(), said.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The cargo that runs this chore.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(root);
    command
}
