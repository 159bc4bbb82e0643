//! The commands, one file each, and the one place where an outcome becomes an exit code.
//!
//! What must hold: 0 done or clean, 1 drift, 2 everything else; nothing panics on what a user gives. Nothing here
//! decides about privilege or drift.

mod audit;
mod check;
mod deployments;
mod explain;
mod generate;
mod import;
mod init;
mod logs;
mod output;
mod picture;
mod pins;
mod review;
mod show;
mod texts;
mod trust;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use stackgate::args::{Args, Command, Format, Review, ReviewFormat, Trust, What};
use stackgate::diagnostic::{Diagnostic, Source};
use stackgate::spec::ORGANIZATION_SPEC;
use stackgate::{
    Changes, Error, Meaning, Organization, Project, Report, WriteOptions, Writing, find_spec, meanings,
    mistakes_report, today,
};

use output::Output;

/// How a command ended.
pub(crate) enum Outcome {
    /// Done, or clean.
    Done,
    /// There is drift, or there are findings.
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
    if let Err(Failure::Library(error)) = &ended {
        publish(args, error, &mut output);
    }
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

/// Mistakes in the format that was asked for, so that a CI system shows them as it would show drift. People read them on
/// stderr, whatever the format.
fn publish(args: &Args, error: &Error, output: &mut Output) {
    let (command, format) = match &args.command {
        Command::Check(options) if !options.patch => ("check", options.format),
        Command::Review(Review { adopt: false, format: ReviewFormat::Report(format), .. }) => ("review", *format),
        Command::Trust(Trust::Prove(options)) if !options.json => ("trust prove", options.format),
        _ => return,
    };
    if format == Format::Text {
        return;
    }
    if let Some(report) = mistakes_report(command, error) {
        // It failed already; the exit code says so, whatever becomes of the output.
        let _ = output.report(&report, format.into()).and_then(|()| output.flush());
    }
}

fn dispatch(args: &Args, output: &mut Output) -> Run {
    match &args.command {
        Command::Init(options) => init::run(args, options, output),
        Command::Import(options) => import::run(args, options, output),
        Command::Generate(options) => generate::run(open_files(args, output)?.as_ref(), options, output),
        Command::Check(options) => check::run(open_files(args, output)?.as_ref(), options, output),
        Command::Audit(options) => audit::run(args, options, output),
        Command::Logs(options) => logs::run(args, options, output),
        Command::Review(options) => review::run(args, options, output),
        Command::Show(options) if options.what == What::Picture => picture::run(args, options, output),
        Command::Show(options) => show::run(&open(args, output)?, options, output),
        Command::Pins(options) => pins::run(&open(args, output)?, options, output),
        Command::Trust(options) => trust::run(args, options, output),
        Command::Explain(options) => explain::run(options, output),
        Command::Schema => texts::schema(output),
        Command::Completions(options) => texts::completions(options, output),
        Command::Man(options) => texts::man(options, output),
    }
}

/// What can be compared with the disk and written: a repository's files, or those of an organization.
pub(crate) trait Files {
    fn check(&self) -> stackgate::Result<Report>;
    fn meanings(&self, report: &Report) -> stackgate::Result<Vec<Meaning>>;
    /// What the spec got that is no error.
    fn notices(&self) -> Option<(&Source, &[Diagnostic])>;
    fn intend(&self, options: &WriteOptions) -> stackgate::Result<(Report, Changes)>;
    fn begin(&self, options: &WriteOptions) -> stackgate::Result<Writing>;
    /// What comes next, after a write.
    fn next(&self) -> &'static str;
}

impl Files for Project {
    fn check(&self) -> stackgate::Result<Report> {
        Project::check(self)
    }

    fn meanings(&self, report: &Report) -> stackgate::Result<Vec<Meaning>> {
        meanings(self.root(), report)
    }

    fn notices(&self) -> Option<(&Source, &[Diagnostic])> {
        Some((self.source(), Project::notices(self)))
    }

    fn intend(&self, options: &WriteOptions) -> stackgate::Result<(Report, Changes)> {
        Project::intend(self, options)
    }

    fn begin(&self, options: &WriteOptions) -> stackgate::Result<Writing> {
        Project::begin(self, options)
    }

    fn next(&self) -> &'static str {
        "now: `stackgate show checklist` lists what must be set outside these files"
    }
}

impl Files for Organization {
    fn check(&self) -> stackgate::Result<Report> {
        Organization::check(self)
    }

    fn meanings(&self, report: &Report) -> stackgate::Result<Vec<Meaning>> {
        meanings(self.root(), report)
    }

    fn notices(&self) -> Option<(&Source, &[Diagnostic])> {
        None
    }

    fn intend(&self, options: &WriteOptions) -> stackgate::Result<(Report, Changes)> {
        Organization::intend(self, options)
    }

    fn begin(&self, options: &WriteOptions) -> stackgate::Result<Writing> {
        Organization::begin(self, options)
    }

    fn next(&self) -> &'static str {
        "now: an administrator reviews these files and applies them; `pulumi-access/REVIEW.md` says how"
    }
}

/// A repository's spec, or an organization's where it turns out to be one: its path then.
pub(crate) enum Opened {
    Repository(Box<Project>),
    Organization(PathBuf),
}

fn open_any(args: &Args, output: &mut Output) -> Result<Opened, Failure> {
    match open(args, output) {
        Err(Failure::Library(Error::Spec { diagnostics, .. }))
            if diagnostics.iter().any(|found| found.rule == &ORGANIZATION_SPEC) =>
        {
            Ok(Opened::Organization(spec_of(args)?))
        }
        project => Ok(Opened::Repository(Box::new(project?))),
    }
}

fn open_files(args: &Args, output: &mut Output) -> Result<Box<dyn Files>, Failure> {
    Ok(match open_any(args, output)? {
        Opened::Repository(project) => project,
        Opened::Organization(spec) => Box::new(Organization::load(&spec, args.root.as_deref(), today())?),
    })
}

fn spec_of(args: &Args) -> Result<PathBuf, Failure> {
    Ok(match &args.spec {
        Some(spec) => spec.clone(),
        None => find_spec(args.root.as_deref().unwrap_or(Path::new(".")))?,
    })
}

/// The project that the arguments name; its warnings and notices are shown.
fn open(args: &Args, output: &mut Output) -> Result<Project, Failure> {
    let spec = spec_of(args)?;
    let project = Project::load(&spec, args.root.as_deref(), today())?;
    output.diagnostics(project.source(), project.notices());
    Ok(project)
}
