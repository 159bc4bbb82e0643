//! `generate`: writes every artifact, or none, and says what it did.
//!
//! What must hold: what an edited file loses is shown before it is overwritten; a dry run writes nothing.

use stackgate::args::Generate;
use stackgate::diagnostic::escape_visible;
use stackgate::{Action, Project, State, WriteOptions, unified};

use super::check::{heading, plural};
use super::output::{ADDED, Output, REMOVED};
use super::{Outcome, Run};

pub(crate) fn run(project: &Project, options: &Generate, output: &mut Output) -> Run {
    let (report, changes) = project.intend(&WriteOptions { adopt: options.adopt.clone() })?;
    for file in report.drifted() {
        let lost = matches!(file.state, State::Edited | State::NotOurs);
        if options.dry_run || (lost && !options.force) {
            heading(file, output)?;
            output.diff(&unified(file))?;
            output.line("")?;
        }
    }
    if !options.dry_run {
        // What is about to be lost must have been seen, or at least written, first.
        output.flush()?;
        project.carry_out(&report, &changes)?;
    }
    for (path, action) in &changes.files {
        let style = if *action == Action::Removed { REMOVED } else { ADDED };
        let verb = if options.dry_run { format!("would be {}", action.as_str()) } else { action.as_str().to_owned() };
        output.styled(style, &format!("{} {verb}", escape_visible(path)))?;
    }
    if changes.files.is_empty() {
        output.line(&format!("nothing to do: {} as the spec says", plural(changes.clean, "file")))?;
    } else if !options.dry_run {
        output.line("now: `stackgate show checklist` lists what must be set outside these files")?;
    }
    Ok(Outcome::Done)
}
