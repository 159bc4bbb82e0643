//! What each command found, as the one report that every format prints.
//!
//! What must hold: a finding's rule is one that `explain` knows; nothing is decided here that the exit code does not also
//! say. Formats are in `stackgate-report`; printing is in `src/cli`.

mod check;
mod prove;
mod rules;

pub use check::{Bar, check_report};
pub use prove::prove_report;
pub(crate) use rules::RULES;

use stackgate_diagnostic::{Diagnostic, Source};
use stackgate_report::Report;

use crate::error::Error;

/// The report on the diagnostics in an error; `None` where there are none, but something else went wrong.
pub fn mistakes_report(command: &'static str, error: &Error) -> Option<Report> {
    let mut mistakes = Vec::new();
    collect(error, &mut mistakes);
    (!mistakes.is_empty()).then(|| Report::of_mistakes(command, &mistakes))
}

fn collect<'e>(error: &'e Error, mistakes: &mut Vec<(&'e Source, &'e [Diagnostic])>) {
    match error {
        Error::Spec { source, diagnostics } => mistakes.push((source, diagnostics)),
        Error::Several(errors) => errors.iter().for_each(|error| collect(error, mistakes)),
        _ => {}
    }
}
