//! The chores of this repository. `cargo xtask pipelines` makes the Pulumi pipelines what `stackgate.yaml` says.
//!
//! What must hold: `--check` writes nothing; it ends with 1 where a pipeline differs, and with 2 where nobody can tell.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use stackgate::diagnostic::render_text;
use stackgate::{Error, Project, Result, WriteOptions, unified};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["pipelines"] => write(),
        ["pipelines", "--check"] => check(),
        _ => {
            eprintln!("usage: cargo xtask pipelines [--check]");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        // Mistakes in the spec come with their places; each is shown as the command would show it.
        if let Error::Spec { source, diagnostics } = &error {
            eprint!("{}", render_text(source, diagnostics, false));
        }
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

/// Writes every pipeline, or none.
fn write() -> Result<ExitCode> {
    let changes = open()?.write(&WriteOptions::default())?;
    for (path, action) in &changes.files {
        println!("{path} {}", action.as_str());
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares every pipeline with the spec.
fn check() -> Result<ExitCode> {
    let report = open()?.check()?;
    for file in report.drifted() {
        println!("{}: {}\n  {}", file.path, file.state.as_str(), file.state.advice());
        print!("{}", unified(file));
    }
    if report.is_clean() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("run `cargo xtask pipelines`");
    Ok(ExitCode::from(1))
}

/// The project of this repository, wherever in it the command was called. Warnings are shown, and stop nothing.
fn open() -> Result<Project> {
    let project = Project::open(&root())?;
    eprint!("{}", render_text(project.source(), project.notices(), false));
    Ok(project)
}

/// The root of this repository: the folder above this package.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
