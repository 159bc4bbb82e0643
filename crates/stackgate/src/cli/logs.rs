//! `logs`: every finding in an audit log and in deployments, or the figures, in any format.
//!
//! What must hold: 0 nothing that fails, 1 findings that fail, 2 where something could not be read; what could be read was
//! judged all the same, and stdout says so.

use std::io::IsTerminal as _;

use serde_json::json;
use stackgate::args::{Args, Format, Logs as Options};
use stackgate::{Baseline, Error, Logs, LogsOptions, Organization, Progress, stop_on_interrupt, today};

use super::output::Output;
use super::{Opened, Outcome, Run, open_any};

pub(crate) fn run(args: &Args, options: &Options, output: &mut Output) -> Run {
    if options.figures && !matches!(options.format, Format::Text | Format::Json) {
        return Err(
            Error::Refused("`--figures` are text or JSON; take `--format text` or `--format json`".into()).into()
        );
    }
    let organization = match open_any(args, output)? {
        Opened::Organization(spec) => Organization::load(&spec, args.root.as_deref(), today())?,
        Opened::Repository(project) => {
            let path = project.source().path();
            let why = "is the spec of one repository; a log is of an organization: name its spec with `--spec`";
            return Err(Error::Refused(format!("{path} {why}")).into());
        }
    };
    let baseline = match &options.baseline {
        Some(path) if !options.write_baseline => Some(Baseline::read(path, "logs")?),
        _ => None,
    };
    let mut wanted = LogsOptions {
        files: options.files.clone(),
        deployments: options.deployments.clone(),
        to: options.to,
        state: options.state.clone(),
        time_limit: options.time_limit,
        ..LogsOptions::default()
    };
    if wanted.files.is_empty() {
        // What was read by then is judged. While a file is read, Ctrl-C ends the process; the state is whole either way.
        wanted.stop = stop_on_interrupt()
            .map_err(|error| Error::Refused(format!("Ctrl-C could not be listened for: {error}")))?;
    }
    wanted.from = options.from.or_else(|| options.since.map(|since| wanted.now - since));
    let logs = Logs::new(&organization, &wanted, &mut Told::default())?;
    let report = logs.report(options.fail_on.into(), baseline.as_ref());
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
    if let (Some(path), true) = (&options.baseline, options.write_baseline) {
        let known = Baseline::of(&report);
        known.write(path)?;
        output.remark(&format!("{} findings are known from now on: {}", known.len(), path.display()));
        return Ok(Outcome::Done);
    }
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::Drift })
}

/// Says on a terminal how far the reading is.
#[derive(Default)]
struct Told {
    last: usize,
}

impl Progress for Told {
    fn at(&mut self, part: &str, answered: usize, _: usize) {
        // Nobody reads a line for each page in a log of a CI system.
        if std::io::stderr().is_terminal() && answered >= self.last + 1_000 {
            self.last = answered;
            anstream::eprintln!("read {answered} {part}");
        }
    }
}
