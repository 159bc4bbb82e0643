//! `check`: each file that differs, a unified diff, a summary, in any format; or a patch.
//!
//! What must hold: clean and drifted are told apart by the exit code alone. It writes no file.

use stackgate::args::{Check, Format};
use stackgate::diagnostic::escape_visible;
use stackgate::report::{log_line, patch};
use stackgate::{Bar, Class, FileReport, State, check_report};

use super::output::{Output, WARN};
use super::{Files, Outcome, Run};

pub(crate) fn run(project: &dyn Files, options: &Check, output: &mut Output) -> Run {
    let drift = project.check()?;
    // Where people read, the notices stand on stderr already, with the lines that they are about.
    let notices = if options.format == Format::Text { None } else { project.notices() };
    let bar =
        Bar { from: if options.strict { Class::Cosmetic } else { options.fail_on }, allowed: options.allow.clone() };
    let report = check_report(&drift, &project.meanings(&drift)?, &bar, notices);
    if options.patch {
        let (text, left) = patch(&report);
        for (path, why) in left {
            output.remark(&format!("{path} is left out: {why}"));
        }
        output.unescaped(&text)?;
    } else {
        output.report(&report, options.format.into())?;
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

/// The path, the state, and what to do about it.
pub(crate) fn heading(file: &FileReport, output: &mut Output) -> std::io::Result<()> {
    output.styled(WARN, &log_line(&format!("{}: {}", escape_visible(&file.path), file.state.as_str())))?;
    let what = match (file.state, &file.found) {
        (State::Unreadable, Some(what)) => format!("  {}; {}", escape_visible(what), file.state.advice()),
        _ => format!("  {}", file.state.advice()),
    };
    output.line(&what)
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
