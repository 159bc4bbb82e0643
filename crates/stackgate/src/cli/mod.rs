//! The commands, one file each, and the one place where an outcome becomes an exit code.
//!
//! What must hold: 0 done or clean, 1 drift, 2 everything else; nothing panics on what a user gives. Nothing here
//! decides about privilege or drift.

mod check;
mod deployments;
mod explain;
mod generate;
mod init;
mod output;
mod show;
mod texts;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use stackgate::args::{Args, Command};
use stackgate::{Error, Project, find_spec, today};

use output::Output;

/// How a command ended.
pub(crate) enum Outcome {
    /// Done, or clean.
    Done,
    /// There is drift.
    Drift,
}

/// Why a command failed.
pub(crate) enum Failure {
    /// The library says why.
    Library(Error),
    /// Writing to stdout failed.
    Output(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Library(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Output(error)
    }
}

type Run = Result<Outcome, Failure>;

/// Runs the command and says how it ended.
pub(crate) fn run(args: &Args) -> ExitCode {
    let mut output = Output::new(args.color);
    let ended = dispatch(args, &mut output).and_then(|outcome| {
        output.flush()?;
        Ok(outcome)
    });
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Drift) => ExitCode::from(1),
        // Whoever reads the output has read enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            output.complain(&format!("could not write the output: {error}"));
            ExitCode::from(2)
        }
        Err(Failure::Library(error)) => {
            output.error(&error);
            ExitCode::from(2)
        }
    }
}

fn dispatch(args: &Args, output: &mut Output) -> Run {
    match &args.command {
        Command::Init(options) => init::run(args, options, output),
        Command::Generate(options) => generate::run(&open(args, output)?, options, output),
        Command::Check(options) => check::run(&open(args, output)?, options, output),
        Command::Show(options) => show::run(&open(args, output)?, options, output),
        Command::Explain(options) => explain::run(options, output),
        Command::Schema => texts::schema(output),
        Command::Completions(options) => texts::completions(options, output),
        Command::Man(options) => texts::man(options, output),
    }
}

/// The project that the arguments name; its warnings and notices are shown.
fn open(args: &Args, output: &mut Output) -> Result<Project, Failure> {
    let spec: PathBuf = match &args.spec {
        Some(spec) => spec.clone(),
        None => find_spec(args.root.as_deref().unwrap_or(Path::new(".")))?,
    };
    let project = Project::load(&spec, args.root.as_deref(), today())?;
    output.diagnostics(project.source(), project.notices());
    Ok(project)
}
