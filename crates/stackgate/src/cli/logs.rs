//! `logs`: every finding in an audit log and in deployments, or the figures, in any format.
//!
//! What must hold: 0 nothing that fails, 1 findings that fail, 2 where something could not be read; what could be read was
//! judged all the same, and stdout says so.

use std::io::IsTerminal as _;

use serde_json::json;
use stackgate::args::{Args, Format, Logs as Options};
use stackgate::{Error, Logs, LogsOptions, Organization, today};

use super::output::Output;
use super::{Outcome, Run, spec_of};

pub(crate) fn run(args: &Args, options: &Options, output: &mut Output) -> Run {
    if options.figures && !matches!(options.format, Format::Text | Format::Json) {
        return Err(
            Error::Refused("`--figures` are text or JSON; take `--format text` or `--format json`".into()).into()
        );
    }
    let organization = Organization::load(&spec_of(args)?, args.root.as_deref(), today())?;
    let mut wanted = LogsOptions {
        files: options.files.clone(),
        deployments: options.deployments.clone(),
        to: options.to,
        state: options.state.clone(),
        ..LogsOptions::default()
    };
    wanted.from = options.from.or_else(|| options.since.map(|since| wanted.now - since));
    let logs = Logs::new(&organization, &wanted, &mut Told::default())?;
    let report = logs.report(options.fail_on.into());
    match (options.figures, options.format) {
        (false, format) => output.report(&report, format.into())?,
        (true, Format::Json) => {
            let all = json!({ "version": 1, "figures": logs.figures, "timeline": logs.timeline });
            output.raw(format!("{all:#}\n").as_bytes())?;
        }
        (true, _) => {
            for line in logs.figures.table() {
                output.line(&stackgate::report::log_line(&stackgate::diagnostic::escape_visible(&line)))?;
            }
        }
    }
    output.flush()?;
    if let Some(path) = &options.state
        && !logs.keep(path)?
        && !logs.is_whole()
    {
        output.remark(&format!("{} was left as it was, so that the next run judges this time again", path.display()));
    }
    if !logs.is_whole() {
        let why = "not everything could be read, so not everything was judged; the report says what".to_owned();
        return Err(Error::Refused(why).into());
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

/// Says on a terminal how far the reading is.
#[derive(Default)]
struct Told {
    last: usize,
}

impl stackgate::cloud::Progress for Told {
    fn at(&mut self, part: &str, answered: usize, _: usize) {
        // Nobody reads a line for each page in a log of a CI system.
        if std::io::stderr().is_terminal() && answered >= self.last + 1_000 {
            self.last = answered;
            anstream::eprintln!("read {answered} {part}");
        }
    }
}
