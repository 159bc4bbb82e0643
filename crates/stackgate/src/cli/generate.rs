//! `generate`: writes every artifact, or none, and says what it did.
//!
//! What must hold: what an edited file loses is shown before it is overwritten; a dry run writes nothing.

use stackgate::args::Generate;
use stackgate::diagnostic::escape_visible;
use stackgate::{Action, Changes, Error, FileReport, Report, State, WriteOptions, unified};

use super::check::{heading, plural};
use super::output::{ADDED, Output, REMOVED};
use super::{Files, Outcome, Run};

pub(crate) fn run(project: &dyn Files, options: &Generate, output: &mut Output) -> Run {
    let write = WriteOptions { adopt: options.adopt.clone() };
    if options.dry_run {
        let (report, changes) = project.intend(&write)?;
        differences(&report, |_| true, output)?;
        return done(project, &changes, true, output);
    }
    let writing = project.begin(&write)?;
    let lost = |file: &FileReport| matches!(file.state, State::Edited | State::NotOurs) && !options.force;
    // What is about to be lost must have been seen, or at least written, first. A reader that went away is an error here:
    // nothing would be written, and that is no success.
    let shown = differences(writing.report(), lost, output).and_then(|()| output.flush());
    shown.map_err(|error| {
        Error::Refused(format!(
            "what would be lost could not be shown ({error}), so nothing was written; `--force` shows nothing"
        ))
    })?;
    match writing.commit() {
        Ok(changes) => done(project, &changes, false, output),
        Err(error) => {
            if !matches!(error, Error::HalfWritten { .. }) {
                output.remark("nothing was changed, since this failed:");
            }
            Err(error.into())
        }
    }
}

fn differences(report: &Report, shown: impl Fn(&FileReport) -> bool, output: &mut Output) -> std::io::Result<()> {
    for file in report.drifted().filter(|file| shown(file)) {
        heading(file, output)?;
        output.diff(&unified(file))?;
        output.line("")?;
    }
    Ok(())
}

fn done(project: &dyn Files, changes: &Changes, dry: bool, output: &mut Output) -> Run {
    for note in &changes.notes {
        output.remark(&format!("note: {note}"));
    }
    for (path, action) in &changes.files {
        let style = if *action == Action::Removed { REMOVED } else { ADDED };
        let verb = if dry { format!("would be {}", action.as_str()) } else { action.as_str().to_owned() };
        output.styled(style, &format!("{} {verb}", escape_visible(path)))?;
    }
    if changes.files.is_empty() {
        output.line(&format!("nothing to do: {} as the spec says", plural(changes.clean, "file")))?;
    } else if !dry {
        output.line(project.next())?;
    }
    Ok(Outcome::Done)
}
